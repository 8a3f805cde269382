import Foundation

/// A cursor over the lines and words of a text file with numbers.
///
/// The bytes are those of a file, which may be hostile: no accessor reads past the end.
struct ShapeText {
  private let bytes: [UInt8]
  private var position = 0
  private let end: Int
  /// The number of the current line, from 1.
  private(set) var line = 1

  /// - Parameter bytes: the text; a zero byte ends it.
  init(_ bytes: [UInt8]) {
    // The zero at the end stops `strtod`.
    self.bytes = bytes + [0]
    end = bytes.firstIndex(of: 0) ?? bytes.count
  }

  /// Whether the whole text has been read.
  var isAtEnd: Bool { position >= end }

  /// Number of bytes read.
  var offset: Int { position }

  /// Skips blanks; returns whether the line goes on, and not with a comment.
  mutating func hasWord() -> Bool {
    while position < end, isBlank(bytes[position]) { position += 1 }
    return position < end && !isNewline(bytes[position]) && bytes[position] != 0x23
  }

  /// Moves to the next line.
  mutating func skipLine() {
    while position < end, !isNewline(bytes[position]) { position += 1 }
    guard position < end else { return }
    // A line may end in CR LF.
    if bytes[position] == 0x0D, bytes[position + 1] == 0x0A { position += 1 }
    position += 1
    line += 1
  }

  /// The next word of the line; empty at its end.
  mutating func word() -> ArraySlice<UInt8> {
    guard hasWord() else { return [] }
    let start = position
    while position < end, !isBlank(bytes[position]), !isNewline(bytes[position]) { position += 1 }
    return bytes[start..<position]
  }

  /// The next number of the line; nil if there is something else.
  ///
  /// "nan" and "inf" are numbers here, which the caller rejects.
  mutating func number() -> Double? {
    guard hasWord() else { return nil }
    let start = position
    let (value, length) = bytes.withUnsafeBytes { buffer -> (Double, Int) in
      guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else {
        return (0, 0)
      }
      var stop: UnsafeMutablePointer<CChar>?
      let value = strtod(base + start, &stop)
      return (value, stop.map { UnsafePointer($0) - (base + start) } ?? 0)
    }
    let next = min(end, start + length)
    guard length > 0, next == end || isBlank(bytes[next]) || isNewline(bytes[next]) else {
      return nil
    }
    position = next
    return value
  }

  /// The next whole number of the line; nil if there is something else.
  mutating func integer() -> Int? {
    Self.integer(word())
  }

  /// A whole number from its digits; nil if there is something else.
  static func integer(_ word: ArraySlice<UInt8>) -> Int? {
    guard word.count <= 19 else { return nil }
    return Int(String(decoding: word, as: UTF8.self))
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x2C || byte == 0x3B
  }

  private func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}

extension ArraySlice<UInt8> {
  /// Whether the bytes are those of a word.
  func equals(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount
      && withUnsafeBufferPointer { own in
        own.baseAddress.map { memcmp($0, word.utf8Start, count) == 0 } ?? (count == 0)
      }
  }
}
