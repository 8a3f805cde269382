import Foundation

/// A safetensors file of which parts are read, for files that are larger than what is needed of them.
package final class SafetensorsFile {
  /// The file's `__metadata__`.
  package let metadata: [String: String]
  private let path: String
  private let file: BoundedFile
  private let entries: [String: SafetensorsHeader.Entry]

  /// Opens a file and reads its header.
  ///
  /// - Parameter maximumBytes: larger files are refused.
  /// - Throws: ``FileError`` or ``SafetensorsError``.
  package init(_ path: String, maximumBytes: Int) throws {
    self.path = path
    file = try BoundedFile(path: path, maximumBytes: maximumBytes)
    let length = SafetensorsHeader.length(try file.bytes(upTo: min(8, file.size)))
    let header = try SafetensorsHeader(
      beginning: file.data(upTo: min(length, file.size)), fileSize: file.size, path: path)
    metadata = header.metadata
    entries = Dictionary(
      header.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The row-major extents of an array; nil if the file has none of that name.
  package func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// Some values of an array in their row-major order; nil if the file has no such array or no such values.
  ///
  /// - Throws: ``FileError``, or ``SafetensorsError`` for a file that has become shorter.
  package func values(of name: String, in range: Range<Int>) throws -> [Float]? {
    guard let entry = entries[name], range.lowerBound >= 0,
      range.upperBound <= entry.bytes.count / entry.width
    else { return nil }
    var values: [Float] = []
    values.reserveCapacity(range.count)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceLength) {
      let count = min(Self.pieceLength, range.upperBound - start)
      let bytes = try file.bytes(
        from: entry.bytes.lowerBound + start * entry.width, count: count * entry.width)
      guard bytes.count == count * entry.width else {
        throw SafetensorsError(path: path, problem: "it became shorter while it was read")
      }
      values += bytes.withUnsafeBytes { SafetensorsNumbers.read($0, width: entry.width) }
    }
    return values
  }

  /// Values that are read at a time, which bounds the memory besides the result.
  private static let pieceLength = 1 << 20
}
