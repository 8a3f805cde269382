import Foundation

/// The layout of a pixel cache on disk: a header, then one row of bytes a picture.
///
/// All numbers are little-endian. The file is exactly as long as its header says.
///
/// | bytes | content |
/// | --- | --- |
/// | 0..<8 | `SHpixels` |
/// | 8..<16 | version of the layout, 1 |
/// | 16..<24 | number of pictures |
/// | 24..<32 | size: rows, and columns |
/// | 32..<40 | channels |
/// | 40..<72 | SHA-256 of what the pixels were made from |
/// | 72..<104 | SHA-256 of the pixels |
/// | 104..<128 | zero |
enum PixelCacheFile {
  static let headerLength = 128
  private static let magic = Array("SHpixels".utf8)
  private static let version = 1

  /// What a cache must hold to be the one that is wanted.
  struct Key: Sendable, Equatable {
    var count: Int
    var size: Int
    var channels: Int
    /// SHA-256 of the pictures' hashes and of the options.
    var source: [UInt8]

    /// Bytes of one picture.
    var rowLength: Int { size * size * channels }
    /// Bytes of all pictures; nil if they do not fit in memory addresses.
    var pixelLength: Int? {
      let (length, overflow) = count.multipliedReportingOverflow(by: rowLength)
      return overflow ? nil : length
    }
  }

  static func header(_ key: Key, pixels: [UInt8]) -> [UInt8] {
    var bytes = magic
    for number in [version, key.count, key.size, key.channels] {
      withUnsafeBytes(of: UInt64(number).littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes += key.source + pixels
    return bytes + [UInt8](repeating: 0, count: headerLength - bytes.count)
  }

  /// Maps a cache file into memory; nil if there is none or it is not exactly what is wanted.
  static func map(_ path: String, key: Key) -> Data? {
    guard let length = key.pixelLength,
      let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe),
      data.count == headerLength + length
    else { return nil }
    let header = [UInt8](data.prefix(headerLength))
    var hash = ContentHash()
    data.withUnsafeBytes {
      hash.update(UnsafeRawBufferPointer(rebasing: $0[headerLength...]))
    }
    return header == self.header(key, pixels: hash.digest) ? data : nil
  }
}

/// Where the rows of a new cache go: a file, written whole or not at all, or memory.
struct PixelCacheWriter: ~Copyable {
  private let key: PixelCacheFile.Key
  private let path: String
  private let temporary: String
  private var descriptor: Int32
  private var hash = ContentHash()
  /// Used when the file cannot be written.
  private var memory: [UInt8] = []

  /// Begins a cache file; if its folder cannot be written, the rows are kept in memory.
  init(path: String, key: PixelCacheFile.Key) {
    self.key = key
    self.path = path
    temporary = path + ".\(ProcessInfo.processInfo.processIdentifier).tmp"
    descriptor = Foundation.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    append([UInt8](repeating: 0, count: PixelCacheFile.headerLength), isPixels: false)
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Appends rows of pixels.
  mutating func append(_ bytes: [UInt8]) {
    append(bytes, isPixels: true)
  }

  private mutating func append(_ bytes: [UInt8], isPixels: Bool) {
    if isPixels { hash.update(bytes) }
    if descriptor >= 0 && !Self.write(bytes, to: descriptor) { fallBackToMemory() }
    if descriptor < 0 { memory += bytes }
  }

  /// The file is full, or was refused: goes on in memory with what was written so far.
  private mutating func fallBackToMemory() {
    let written = try? Data(contentsOf: URL(fileURLWithPath: temporary))
    memory = [UInt8](written ?? Data())
    close(descriptor)
    unlink(temporary)
    descriptor = -1
  }

  /// Completes the cache and gives its bytes, header included, and whether they are in the file.
  consuming func finish() -> (data: Data, isFile: Bool) {
    let header = PixelCacheFile.header(key, pixels: hash.digest)
    hash = ContentHash()
    if descriptor >= 0, lseek(descriptor, 0, SEEK_SET) == 0,
      Self.write(header, to: descriptor), fsync(descriptor) == 0,
      rename(temporary, path) == 0,
      let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    {
      return (data, true)
    }
    if descriptor >= 0 { fallBackToMemory() }
    memory.replaceSubrange(0..<header.count, with: header)
    return (Data(memory), false)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var position = 0
      while position < buffer.count, let base = buffer.baseAddress {
        let written = Foundation.write(descriptor, base + position, buffer.count - position)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return false }
        position += written
      }
      return true
    }
  }
}
