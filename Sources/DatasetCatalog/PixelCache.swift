import Files
import Foundation
import Numerics
import Signals

/// The decoded pixels of one split of a collection, all at one size, ready for training.
///
/// Each picture is composited on a background, converted to grey or RGB, cropped to its central square,
/// resized, and stored as one byte per value, or two where pictures have more than 8 bits. Every page of a
/// stack is a picture. Pictures are decoded once. The next time the pixels are read
/// from a file in the catalog's folder, unless a picture or an option has changed. If that folder cannot
/// be written or is full, the pixels are kept in memory.
///
/// ```swift
/// let cache = try PixelCache.open(catalog: catalog, split: .train, size: 32, channels: 3)
/// let values = try cache.values(at: 0)  // 32 * 32 * 3 values in 0...1
/// ```
public struct PixelCache: Sendable {
  /// Number of pictures.
  public var count: Int { key.count }
  /// Rows, and columns, of every picture.
  public var size: Int { key.size }
  /// Channels of every picture: 1 is grey, 3 is red, green, blue.
  public var channels: Int { key.channels }
  /// Relative paths of the pictures, with `#PAGE` for the further pages of a stack, in their order: by
  /// content hash, then by path, so that the order does not change when files are renamed or the catalog is
  /// made anew.
  public let paths: [String]
  /// The file that holds the pixels; nil if they are in memory alone.
  public let file: String?
  /// Whether the pixels were found in the file, so that no picture had to be read.
  public let wasReused: Bool

  /// A text that tells collections apart: it follows from the pictures' contents and the options.
  public var digest: String { ContentHash.hexadecimal(key.source) }
  private let key: PixelCacheFile.Key
  private let pixels: PixelCacheStorage

  /// Opens the pixels of a split, from the cache file if it matches and otherwise from the pictures.
  ///
  /// - Parameters:
  ///   - catalog: an indexed collection.
  ///   - split: the part of the collection.
  ///   - size: rows and columns to resize to, 1 to 4096.
  ///   - channels: 1 (grey) or 3 (RGB).
  ///   - background: the brightness behind transparent pixels, 0...1; white by default.
  ///   - scale: the samples that become 0...1; nil for the collection's own, `Catalog.scale()`.
  ///   - threads: pictures decoded at the same time; the result does not depend on it.
  ///   - progress: called periodically on the calling thread while pictures are decoded.
  ///   - isCancelled: polled periodically; true ends early with `CatalogError.cancelled`.
  /// - Throws: `CatalogError` for a shape out of range, a split without usable pictures, a picture
  ///   that cannot be read or has changed since it was indexed, or a cache file that could be
  ///   written in part and then not be read.
  public static func open(
    catalog: Catalog, split: Split, size: Int, channels: Int, background: Float = 1,
    scale: PictureScale? = nil, threads: Int = 2, progress: (IndexProgress) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws -> PixelCache {
    try open(
      catalog: catalog, split: split,
      format: PixelFormat(
        size: size, channels: channels, background: background,
        scale: try scale ?? catalog.scale()),
      disk: .system, threads: threads, progress: progress, isCancelled: isCancelled)
  }

  /// `open` with another way to write to the disk.
  package static func open(
    catalog: Catalog, split: Split, format: PixelFormat, disk: PixelCacheDisk, threads: Int = 2,
    progress: (IndexProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> PixelCache {
    guard format.isValid else {
      throw CatalogError.invalidCacheShape(size: format.size, channels: format.channels)
    }
    let records = try catalog.pictures(split: split, state: .usable)
      .sorted { ($0.contentHash, $0.path) < ($1.contentHash, $1.path) }
    guard !records.isEmpty else {
      throw CatalogError.emptySplit(split: split, directory: catalog.directory)
    }
    let pages = records.flatMap { record in record.pages.map { (record: record, page: $0) } }
    var options = "version 1, background \(format.background)"
    if let scale = format.scale { options += ", scale \(scale.json)" }
    let key = PixelCacheFile.Key(
      count: pages.count, size: format.size, channels: format.channels,
      source: source(of: records, options: options), depth: format.depth)
    guard key.pixelLength != nil else {
      throw CatalogError.invalidCacheShape(size: format.size, channels: format.channels)
    }
    let decoded = catalog.decodedPixels.withLock {
      $0.take(records.lazy.map(\.contentHash), as: format)
    }
    let paths = pages.map { $0.page == 1 ? $0.record.path : "\($0.record.path)#\($0.page)" }
    let stem = Self.stem(catalog: catalog)
    TemporaryCacheFile.removeAbandoned(beside: stem)
    let shape = "\(stem)\(split.rawValue)-\(key.size)x\(key.size)x\(key.channels)-"
    let path = shape + ContentHash.hexadecimal(Array(key.source[0..<8])) + ".cache"
    if let reader = PixelCacheFile.open(path, key: key) {
      return PixelCache(paths: paths, file: path, wasReused: true, key: key, pixels: .file(reader))
    }

    let reader = StackReader(catalog)
    var writer = try PixelCacheWriter(path: path, key: key, disk: disk)
    for start in stride(from: 0, to: pages.count, by: 64) {
      if isCancelled() { throw CatalogError.cancelled }
      let chunk = Array(pages[start..<min(start + 64, pages.count)])
      let rows = try Parallel.map(chunk.count, upTo: threads) { place in
        let (record, page) = chunk[place]
        return try decoded[record.contentHash]
          ?? decodedPixels(of: record, page: page, reader, format)
      }
      for row in rows { try writer.append(row) }
      progress(IndexProgress(completed: start + chunk.count, total: pages.count))
    }
    let stored = try writer.finish()
    if stored.isFile { removeOlder(than: path, shape: shape) }
    return PixelCache(
      paths: paths, file: stored.isFile ? path : nil, wasReused: false, key: key, pixels: stored)
  }

  /// The values of one picture, 0...1, row-major `[size, size, channels]`.
  ///
  /// - Throws: `CatalogError.cacheUnreadable` if another program has damaged the cache file.
  public func values(at index: Int) throws(CatalogError) -> [Float] {
    key.depth.decoded(try bytes(at: index))
  }

  /// The bytes of one picture, row-major `[size, size, channels]`: a value is one byte of 0...255, or where
  /// pictures have more than 8 bits two bytes of 0...65,535, the lower one first.
  ///
  /// - Throws: `CatalogError.cacheUnreadable` if another program has damaged the cache file.
  public func bytes(at index: Int) throws(CatalogError) -> ArraySlice<UInt8> {
    precondition(index >= 0 && index < count, "picture \(index) of a cache of \(count)")
    return switch pixels {
    case .file(let reader): try reader.bytes(key.range(of: index))[...]
    case .memory(let bytes): bytes[key.range(of: index)]
    }
  }

  /// What the names of a catalog's caches begin with: they lie beside it and are named after it,
  /// so that catalogs in one folder keep apart.
  private static func stem(catalog: Catalog) -> String {
    (catalog.path as NSString).deletingPathExtension + "-pixels-"
  }

  /// One hash for everything that the pixels follow from.
  private static func source(of records: [PictureRecord], options: String) -> [UInt8] {
    var hash = ContentHash()
    hash.update(Array(options.utf8))
    for record in records { hash.update(Array(record.contentHash.utf8)) }
    return hash.digest
  }

  private static func decodedPixels(
    of record: PictureRecord, page: Int, _ reader: StackReader, _ format: PixelFormat
  ) throws -> [UInt8] {
    guard let pixels = format.pixels(of: try reader.stored(record, page: page)) else {
      throw CatalogError.invalidCacheShape(size: format.size, channels: format.channels)
    }
    return pixels
  }

  /// Removes caches of this catalog, split and size that were made from other pictures.
  private static func removeOlder(than path: String, shape: String) {
    for file in FilePath.files(beginningWith: shape, endingIn: ".cache") where file != path {
      unlink(file)
    }
  }
}

extension UInt8 {
  /// The nearest byte of a value of 0...1, clipped.
  init(unit value: Float) { self.init(Swift.max(0, Swift.min(255, (value * 255).rounded()))) }
}
