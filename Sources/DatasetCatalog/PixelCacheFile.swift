import Files
import Foundation

/// The layout of a pixel cache on disk: a header, then one row of bytes per picture.
///
/// All numbers are little-endian. The file is exactly as long as its header says.
///
/// | bytes | content |
/// | --- | --- |
/// | 0..<8 | `SHpixels` |
/// | 8..<16 | bytes of a value, 1 or 2 |
/// | 16..<24 | number of pictures |
/// | 24..<32 | size: rows, and columns |
/// | 32..<40 | channels |
/// | 40..<72 | SHA-256 of what the pixels were made from |
/// | 72..<104 | SHA-256 of the pixels |
/// | 104..<128 | zero |
enum PixelCacheFile {
  static let headerLength = 128
  private static let magic = Array("SHpixels".utf8)

  /// The content that a cache must have.
  struct Key: Sendable, Equatable {
    var count: Int
    var size: Int
    var channels: Int
    /// SHA-256 of the pictures' hashes and of the options.
    var source: [UInt8]
    var depth = PixelDepth.bits8

    /// Bytes of one picture.
    var rowLength: Int { size * size * channels * depth.bytes }
    /// The range of the bytes of one picture.
    func range(of index: Int) -> Range<Int> {
      let start = headerLength + index * rowLength
      return start..<start + rowLength
    }
    /// Bytes of all pictures; nil if they do not fit in memory addresses.
    var pixelLength: Int? {
      let (length, overflow) = count.multipliedReportingOverflow(by: rowLength)
      return overflow ? nil : length
    }
  }

  static func header(_ key: Key, pixels: [UInt8]) -> [UInt8] {
    var bytes = magic
    for number in [key.depth.bytes, key.count, key.size, key.channels] {
      withUnsafeBytes(of: UInt64(number).littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes += key.source + pixels
    return bytes + [UInt8](repeating: 0, count: headerLength - bytes.count)
  }

  /// Opens a cache file and reads it once; nil if there is none or its content is not the expected
  /// one.
  static func open(_ path: String, key: Key) -> PixelCacheReader? {
    guard let length = key.pixelLength,
      let reader = PixelCacheReader(path, length: headerLength + length),
      let header = try? reader.bytes(0..<headerLength)
    else { return nil }
    var hash = ContentHash()
    let piece = 1 << 20
    for start in stride(from: headerLength, to: headerLength + length, by: piece) {
      let end = min(start + piece, headerLength + length)
      guard let bytes = try? reader.bytes(start..<end) else { return nil }
      hash.update(bytes)
    }
    return header == self.header(key, pixels: hash.digest) ? reader : nil
  }
}

/// An open cache file.
///
/// It is not mapped into memory, because another program that shortens the file would then end this
/// one by a signal. Reading a shortened file is an error. A file that is removed or replaced stays
/// readable.
final class PixelCacheReader: Sendable {
  let path: String
  private let descriptor: Int32

  /// Takes ownership of an open descriptor and closes it at the end.
  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Opens a file; nil unless it is a regular one of this length.
  convenience init?(_ path: String, length: Int) {
    // Without O_NONBLOCK a named pipe would wait for its writer forever.
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    self.init(path: path, descriptor: descriptor)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      Int(status.st_size) == length
    else { return nil }
  }

  deinit { close(descriptor) }

  /// The bytes in this range of the file.
  ///
  /// - Throws: `CatalogError.cacheUnreadable`, also if the file ends before them.
  func bytes(_ range: Range<Int>) throws(CatalogError) -> [UInt8] {
    // The standard library would write a length of 0 into the empty array that all threads share.
    guard !range.isEmpty else { return [] }
    var problem: String?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      filled = 0
      while filled < range.count, let base = buffer.baseAddress {
        let position = range.lowerBound + filled
        let got = pread(descriptor, base + filled, range.count - filled, off_t(position))
        if got > 0 {
          filled += got
        } else if got == 0 {
          problem = cutShort(expected: range.upperBound)
          return
        } else if errno != EINTR {
          problem = FileProblem(code: errno).description
          return
        }
      }
    }
    if let problem { throw CatalogError.cacheUnreadable(path: path, reason: problem) }
    return bytes
  }

  private func cutShort(expected: Int) -> String {
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? "\(status.st_size)" : "fewer"
    return "it was cut short: it has \(size) bytes, expected at least \(expected)"
  }
}
