import Files

/// A stream of bytes from a file or from another program.
protocol ByteInput: AnyObject {
  /// The next bytes, at most `count`; empty at the end only.
  func read(upTo count: Int) throws -> [UInt8]
}

/// A file read from its start to its end.
final class FileInput: ByteInput {
  private let file: BoundedFile
  private(set) var position = 0

  init(_ file: BoundedFile) { self.file = file }

  func read(upTo count: Int) throws -> [UInt8] {
    let bytes = try file.bytes(from: position, count: min(count, max(0, file.size - position)))
    position += bytes.count
    return bytes
  }

  /// Skips bytes; false if the file ends before.
  func skip(_ count: Int) -> Bool {
    guard count <= file.size - position else { return false }
    position += count
    return true
  }
}

/// Lines and blocks of an input.
final class BufferedInput {
  private let input: any ByteInput
  private var buffer: [UInt8] = []
  private var start = 0

  init(_ input: any ByteInput) { self.input = input }

  /// The bytes up to the next line feed, without it; nil if there is none within `limit` bytes.
  func line(limit: Int) throws -> [UInt8]? {
    while true {
      if let end = buffer[start...].prefix(limit + 1).firstIndex(of: 10) {
        let line = Array(buffer[start..<end])
        start = end + 1
        return line
      }
      guard buffer.count - start <= limit else { return nil }
      let more = try input.read(upTo: 4096)
      guard !more.isEmpty else { return nil }
      buffer = Array(buffer[start...]) + more
      start = 0
    }
  }

  /// Whether the input has ended.
  func isAtEnd() throws -> Bool {
    if start < buffer.count { return false }
    buffer = try input.read(upTo: 4096)
    start = 0
    return buffer.isEmpty
  }

  /// The next bytes, fewer at the end.
  func bytes(_ count: Int) throws -> [UInt8] {
    let buffered = min(count, buffer.count - start)
    var result: [UInt8] = []
    result.reserveCapacity(count)
    result += buffer[start..<start + buffered]
    start += buffered
    while result.count < count {
      let more = try input.read(upTo: min(count - result.count, 1 << 18))
      if more.isEmpty { break }
      result += more
    }
    return result
  }
}
