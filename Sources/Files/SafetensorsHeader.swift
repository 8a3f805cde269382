import Foundation

/// What the beginning of a safetensors file says, checked against the size of the file.
///
/// Every length, shape, type and offset is checked before memory is taken for the arrays.
struct SafetensorsHeader {
  /// An array of the file.
  struct Entry {
    /// Unique in the file.
    let name: String
    /// Row-major extents.
    let shape: [Int]
    /// Bytes of a number: 2, 4 or 8.
    let width: Int
    /// Where the numbers lie in the file.
    let bytes: Range<Int>
  }

  /// The file's `__metadata__`.
  let metadata: [String: String]
  /// The arrays in the order of their bytes.
  let entries: [Entry]

  /// Number of bytes at the beginning of a file that hold the header.
  ///
  /// - Parameter beginning: at least the first eight bytes of the file, if it has them.
  static func length(_ beginning: [UInt8]) -> Int {
    let claimed = beginning.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return 8 + Int(min(claimed, UInt64(SafetensorsArchive.longestHeader)))
  }

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - data: the beginning of the file, or the whole file.
  ///   - fileSize: the size of the whole file, in bytes.
  ///   - path: for messages.
  /// - Throws: ``SafetensorsError``.
  init(beginning data: Data, fileSize: Int, path: String) throws {
    let fail = { (problem: String) in SafetensorsError(path: path, problem: problem) }
    let data = data.startIndex == 0 ? data : Data(data)
    // What torch.save writes: a zip archive, or in old versions pickled objects.
    if data.starts(with: [0x50, 0x4B, 0x03, 0x04]) || data.starts(with: [0x80, 0x02, 0x8A, 0x0A]) {
      throw fail(
        "it is a file of torch.save (.pth, .pt), whose pickled objects are programs and not read; write "
          + "its arrays with safetensors.torch.save_file(torch.load(FILE, weights_only=True), NEW)")
    }
    guard fileSize >= 8, data.count >= 8 else {
      throw fail("it has \(fileSize) bytes, fewer than the format's 8-byte length")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(data[$1]) << (8 * UInt64($1)) }
    guard length <= UInt64(min(SafetensorsArchive.longestHeader, fileSize - 8)), length >= 2 else {
      throw fail("its header claims \(length) bytes, the file has \(fileSize)")
    }
    let bodyStart = 8 + Int(length)
    guard data.count >= bodyStart else { throw fail("it became shorter while it was read") }
    guard
      data[8] == UInt8(ascii: "{"),
      let header = try? JSONSerialization.jsonObject(with: data[8..<bodyStart]) as? [String: Any]
    else { throw fail("its header is not JSON") }
    let count = header.count - (header[SafetensorsArchive.metadataName] == nil ? 0 : 1)
    guard count <= SafetensorsArchive.mostArrays else {
      throw fail("it has \(count) arrays, over the limit of \(SafetensorsArchive.mostArrays)")
    }
    // Of two equal names, a JSON reader keeps an arbitrary one.
    let (written, kept) = (Self.nameCount(inJSON: data[8..<bodyStart]), Self.nameCount(in: header))
    guard written == kept else {
      throw fail("its header has \(written) names, \(kept) different ones; a name occurs twice")
    }

    var metadata: [String: String] = [:]
    var found: [(start: Int, end: Int, name: String, shape: [Int], type: String)] = []
    for (name, entry) in header {
      if name == SafetensorsArchive.metadataName {
        guard let texts = entry as? [String: String] else { throw fail("its metadata is not text") }
        metadata = texts
        continue
      }
      guard
        let entry = entry as? [String: Any], let type = entry["dtype"] as? String,
        let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
        offsets.count == 2
      else { throw fail("the entry of '\(name)' lacks a type, a shape or two offsets") }
      found.append((offsets[0], offsets[1], name, shape, type))
    }
    found.sort { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }

    var entries: [Entry] = []
    var expectedStart = 0
    let available = fileSize - bodyStart
    for entry in found {
      guard let width = ["F16": 2, "F32": 4, "F64": 8][entry.type] else {
        throw fail("'\(entry.name)' has type \(entry.type), expected F16, F32 or F64")
      }
      guard entry.start == expectedStart, entry.end >= entry.start, entry.end <= available else {
        throw fail(
          "'\(entry.name)' claims bytes \(entry.start) to \(entry.end) of \(available)")
      }
      let bytes = entry.end - entry.start
      var count = 1
      for extent in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow, product <= available else {
          throw fail("'\(entry.name)' claims the shape \(entry.shape)")
        }
        count = product
      }
      guard count * width == bytes else {
        throw fail(
          "'\(entry.name)' of shape \(entry.shape) needs \(count * width) bytes, has \(bytes)")
      }
      entries.append(
        Entry(
          name: entry.name, shape: entry.shape, width: width,
          bytes: bodyStart + entry.start..<bodyStart + entry.end))
      expectedStart = entry.end
    }
    guard expectedStart == available else {
      throw fail("\(available - expectedStart) bytes at its end belong to no array")
    }
    self.metadata = metadata
    self.entries = entries
  }

  /// The number of names in valid JSON text.
  ///
  /// A colon outside of strings follows each name.
  private static func nameCount(inJSON text: Data) -> Int {
    var (count, isString, isEscaped) = (0, false, false)
    for byte in text {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        isString.toggle()
      } else if isString {
        isEscaped = byte == UInt8(ascii: "\\")
      } else if byte == UInt8(ascii: ":") {
        count += 1
      }
    }
    return count
  }

  /// The number of names in a decoded JSON value, at every depth.
  private static func nameCount(in value: Any) -> Int {
    switch value {
    case let object as [String: Any]:
      object.values.reduce(object.count) { $0 + nameCount(in: $1) }
    case let list as [Any]: list.reduce(0) { $0 + nameCount(in: $1) }
    default: 0
    }
  }
}
