import Foundation
import Signals

/// The decoded pixels of one split of a collection, all at one size, ready for training.
///
/// Each picture is composited on a background where it is transparent, converted to grey or RGB,
/// cut to its central square, resized, and kept as one byte a value. They are decoded once: the
/// next time the file beside the catalog is mapped into memory, unless a picture or an option has
/// changed. Where that folder cannot be written, the pixels are kept in memory.
///
/// ```swift
/// let cache = try PixelCache.open(catalog: catalog, split: .train, size: 32, channels: 3)
/// let values = cache.values(at: 0)  // 32 * 32 * 3 values in 0...1
/// ```
public struct PixelCache: Sendable {
  /// Number of pictures.
  public var count: Int { key.count }
  /// Rows, and columns, of every picture.
  public var size: Int { key.size }
  /// Channels of every picture: 1 is grey, 3 is red, green, blue.
  public var channels: Int { key.channels }
  /// Relative paths of the pictures, in their order: by content hash, then by path, so that the
  /// order does not change when files are renamed or the catalog is made anew.
  public let paths: [String]
  /// The file that holds the pixels; nil if they are in memory alone.
  public let file: String?
  /// Whether the pixels were found in the file, so that no picture had to be read.
  public let wasReused: Bool

  /// A text that tells collections apart: it follows from the pictures' contents and the options.
  public var digest: String { ContentHash.hexadecimal(key.source) }
  private let key: PixelCacheFile.Key
  private let data: Data

  /// The pixels of a split, from the cache file if it fits, and else from the pictures.
  ///
  /// - Parameters:
  ///   - catalog: an indexed collection.
  ///   - split: which part of it.
  ///   - size: rows and columns to resize to, 1 to 4096.
  ///   - channels: 1 (grey) or 3 (RGB).
  ///   - background: what shows through transparent pixels, 0...1; white unless told.
  ///   - threads: pictures decoded at the same time; the result does not depend on it.
  ///   - progress: called on the calling thread, now and then, while pictures are decoded.
  ///   - isCancelled: asked now and then; true ends early with `CatalogError.cancelled`.
  /// - Throws: `CatalogError` for a shape out of range, a split without usable pictures, or a
  ///   picture that cannot be read or has changed since it was indexed.
  public static func open(
    catalog: Catalog, split: Split, size: Int, channels: Int, background: Float = 1,
    threads: Int = 2, progress: (IndexProgress) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws -> PixelCache {
    guard (1...4096).contains(size), channels == 1 || channels == 3 else {
      throw CatalogError.invalidCacheShape(size: size, channels: channels)
    }
    let records = try catalog.pictures(split: split, state: .usable)
      .sorted { ($0.contentHash, $0.path) < ($1.contentHash, $1.path) }
    guard !records.isEmpty else {
      throw CatalogError.emptySplit(split: split, directory: catalog.directory)
    }
    let options = "version 1, background \(background)"
    let key = PixelCacheFile.Key(
      count: records.count, size: size, channels: channels,
      source: source(of: records, options: options))
    guard key.pixelLength != nil else {
      throw CatalogError.invalidCacheShape(size: size, channels: channels)
    }
    let paths = records.map(\.path)
    let stem = Self.stem(catalog: catalog, split: split, key: key)
    let path = stem + ContentHash.hexadecimal(Array(key.source[0..<8])) + ".cache"
    if let data = PixelCacheFile.map(path, key: key) {
      return PixelCache(paths: paths, file: path, wasReused: true, key: key, data: data)
    }

    var writer = PixelCacheWriter(path: path, key: key)
    for start in stride(from: 0, to: records.count, by: 64) {
      if isCancelled() { throw CatalogError.cancelled }
      let chunk = Array(records[start..<min(start + 64, records.count)])
      let rows = concurrentMap(chunk, threads: threads) { record in
        Result { try pixels(of: record, catalog: catalog, key: key, background: background) }
      }
      for row in rows { writer.append(try row.get()) }
      progress(IndexProgress(completed: start + chunk.count, total: records.count))
    }
    let (data, isFile) = writer.finish()
    if isFile { removeOlder(than: path, stem: stem) }
    return PixelCache(
      paths: paths, file: isFile ? path : nil, wasReused: false, key: key, data: data)
  }

  /// The values of one picture, 0...1, row-major `[size, size, channels]`.
  public func values(at index: Int) -> [Float] {
    withPixels(at: index) { pixels in pixels.map { Float($0) / 255 } }
  }

  /// Gives access to the bytes of one picture, 0...255, row-major `[size, size, channels]`.
  ///
  /// - Parameter body: must not keep the buffer.
  public func withPixels<Value>(
    at index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
  ) rethrows -> Value {
    precondition(index >= 0 && index < count, "picture \(index) of a cache of \(count)")
    let start = PixelCacheFile.headerLength + index * key.rowLength
    return try data.withUnsafeBytes { bytes in
      let row = UnsafeRawBufferPointer(rebasing: bytes[start..<start + key.rowLength])
      return try body(row.bindMemory(to: UInt8.self))
    }
  }

  /// Beside the catalog, and named after it, so that catalogs in one folder keep apart.
  private static func stem(catalog: Catalog, split: Split, key: PixelCacheFile.Key) -> String {
    let name = (catalog.path as NSString).deletingPathExtension
    return "\(name)-pixels-\(split.rawValue)-\(key.size)x\(key.size)x\(key.channels)-"
  }

  /// One hash for everything that the pixels follow from.
  private static func source(of records: [PictureRecord], options: String) -> [UInt8] {
    var hash = ContentHash()
    hash.update(Array(options.utf8))
    for record in records { hash.update(Array(record.contentHash.utf8)) }
    return hash.digest
  }

  private static func pixels(
    of record: PictureRecord, catalog: Catalog, key: PixelCacheFile.Key, background: Float
  ) throws -> [UInt8] {
    let image = try catalog.image(of: record)
      .composited(onto: background).converted(toChannels: key.channels)
      .croppedToSquare().resized(width: key.size, height: key.size)
    return image.values.map(UInt8.init(unit:))
  }

  /// Removes caches of this catalog, split and size that were made from other pictures.
  private static func removeOlder(than path: String, stem: String) {
    let folder = (path as NSString).deletingLastPathComponent
    let prefix = (stem as NSString).lastPathComponent
    let current = (path as NSString).lastPathComponent
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) && name.hasSuffix(".cache") && name != current {
      unlink(folder.isEmpty ? name : folder + "/" + name)
    }
  }
}

extension UInt8 {
  /// The nearest byte of a value of 0...1, clipped.
  init(unit value: Float) { self.init(Swift.max(0, Swift.min(255, (value * 255).rounded()))) }
}
