import Files
import Foundation

/// Where the pixels of a cache are.
enum PixelCacheStorage: Sendable {
  case file(PixelCacheReader)
  /// Laid out as in the file, header included.
  case memory([UInt8])

  var isFile: Bool {
    if case .file = self { true } else { false }
  }
}

/// How bytes get to the disk; tests put a full one in its place.
package struct PixelCacheDisk: Sendable {
  /// Writes bytes to a descriptor, as `write(2)`: the number accepted, or -1 and `errno`.
  let write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int

  /// A disk from its `write`.
  package init(write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int) {
    self.write = write
  }

  /// The system's disk.
  package static let system = PixelCacheDisk { Foundation.write($0, $1.baseAddress, $1.count) }

  /// Writes all of some bytes; false if the disk does not take them all.
  fileprivate func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var position = 0
      while position < buffer.count {
        let written = write(descriptor, UnsafeRawBufferPointer(rebasing: buffer[position...]))
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return false }
        position += written
      }
      return true
    }
  }
}

/// Where the rows of a new cache go: a file, written whole or not at all, or memory.
struct PixelCacheWriter: ~Copyable {
  private let key: PixelCacheFile.Key
  private let path: String
  private let disk: PixelCacheDisk
  /// The hash of the appended rows.
  private var hash = ContentHash()
  /// The file while it can be written.
  private var file: TemporaryCacheFile?
  /// Bytes of the file that were accepted whole, append by append; what a failed write left
  /// behind them does not count.
  private var length = 0
  /// Used when the file cannot be written.
  private var memory: [UInt8] = []

  /// Begins a cache file; if its folder cannot be written, the rows are kept in memory.
  init(path: String, key: PixelCacheFile.Key, disk: PixelCacheDisk) throws {
    self.key = key
    self.path = path
    self.disk = disk
    file = TemporaryCacheFile.create(for: path)
    try store([UInt8](repeating: 0, count: PixelCacheFile.headerLength))
  }

  /// Appends rows of pixels.
  ///
  /// - Throws: `CatalogError.cacheUnreadable` if the disk takes no more and does not give back
  ///   what it took either.
  mutating func append(_ bytes: [UInt8]) throws {
    try store(bytes)
    hash.update(bytes)
  }

  private mutating func store(_ bytes: [UInt8]) throws {
    if let file {
      if disk.writeAll(bytes, to: file.descriptor) {
        length += bytes.count
        return
      }
      try fallBackToMemory(file)
    }
    memory += bytes
  }

  /// Goes on in memory with what the file took whole.
  private mutating func fallBackToMemory(_ file: TemporaryCacheFile) throws {
    let pixels = try file.reader.bytes(
      PixelCacheFile.headerLength..<max(length, PixelCacheFile.headerLength))
    guard ContentHash.digest(of: pixels) == hash.digest else {
      throw CatalogError.cacheUnreadable(
        path: path, reason: "the disk is full, and gives back other bytes than were written")
    }
    memory = [UInt8](repeating: 0, count: min(length, PixelCacheFile.headerLength)) + pixels
    self.file = nil
  }

  /// Completes the cache.
  ///
  /// - Throws: as `append`.
  consuming func finish() throws -> PixelCacheStorage {
    let header = PixelCacheFile.header(key, pixels: hash.digest)
    if let file {
      if lseek(file.descriptor, 0, SEEK_SET) == 0, disk.writeAll(header, to: file.descriptor),
        fsync(file.descriptor) == 0, file.rename(to: path)
      {
        return .file(file.reader)
      }
      try fallBackToMemory(file)
    }
    memory.replaceSubrange(0..<header.count, with: header)
    return .memory(memory)
  }
}

/// A file that becomes a cache when it is whole, and is removed otherwise.
///
/// It is locked as long as its writer lives, so that one that a killed program left can be told
/// from one that is being written, also by programs that do not see each other's processes.
final class TemporaryCacheFile {
  /// Reads it, and holds its descriptor.
  let reader: PixelCacheReader
  let descriptor: Int32
  private let path: String
  private var isRenamed = false

  private init(path: String, cache: String, descriptor: Int32) {
    reader = PixelCacheReader(path: cache, descriptor: descriptor)
    self.descriptor = descriptor
    self.path = path
  }

  /// A new file beside a cache; nil if its folder cannot be written.
  static func create(for cache: String) -> TemporaryCacheFile? {
    let process = ProcessInfo.processInfo.processIdentifier
    for _ in 0..<16 {
      let path = "\(cache).\(process)-\(UInt32.random(in: 0...UInt32.max)).tmp"
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0 && (errno == EEXIST || errno == EINTR) { continue }
      guard descriptor >= 0 else { return nil }
      let file = TemporaryCacheFile(path: path, cache: cache, descriptor: descriptor)
      _ = flock(descriptor, LOCK_EX | LOCK_NB)
      var status = stat()
      // Another program may have found it abandoned before it was locked.
      if fstat(descriptor, &status) == 0 && status.st_nlink > 0 { return file }
    }
    return nil
  }

  deinit {
    if !isRenamed { unlink(path) }
  }

  /// Gives the file its name; false if the system refuses.
  func rename(to cache: String) -> Bool {
    isRenamed = Foundation.rename(path, cache) == 0
    return isRenamed
  }

  /// Removes files that programs which are gone have left.
  ///
  /// - Parameter stem: what the paths of the caches begin with.
  static func removeAbandoned(beside stem: String) {
    for path in FilePath.files(beginningWith: stem, endingIn: ".tmp") {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }
}
