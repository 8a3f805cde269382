import Files
import Numerics
import Signals

/// Square windows of a collection's pictures at their own resolution, one byte per value, or two where
/// pictures have more than 8 bits.
///
/// They are the training data of priors of textures, scans and photographs that are larger than the
/// structures the prior models. Transparent pictures are composited on a background, and all are converted
/// to grey or RGB but never resized. Pictures smaller than a window are skipped.
public struct PictureWindows: Sendable {
  /// The rows of a picture that windows are taken from.
  public enum Part: Sendable {
    /// All.
    case whole
    /// The upper three quarters, if the lowest quarter is held out.
    case upper
    /// The lowest quarter.
    case lower
  }

  /// The side of every window in pixels.
  public let size: Int
  /// Channels of every window: 1 is grey, 3 is red, green, blue.
  public let channels: Int
  /// The origin of each window, `PATH@ROW,COLUMN` of its first pixel.
  public let names: [String]
  /// Number of windows.
  public var count: Int { names.count }
  private let bytes: [UInt8]
  private let depth: PixelDepth

  /// The largest number of bytes of all windows.
  static let byteLimit = 256 << 20

  /// Cuts windows at random positions, about the same number from each picture.
  ///
  /// - Parameters:
  ///   - catalog: an indexed collection.
  ///   - split: the split of the collection.
  ///   - part: the rows of each picture.
  ///   - size: rows and columns of a window, 1 to 4096.
  ///   - channels: 1 (grey) or 3 (RGB).
  ///   - limit: the approximate number of windows, at least 1; small pictures may have fewer positions.
  ///   - byArea: whether large pictures give more windows than small ones; otherwise each gives about as many.
  ///   - background: the brightness behind transparent pixels, 0...1; white by default.
  ///   - scale: the samples that become 0...1; nil for the collection's own, `Catalog.scale()`.
  ///   - seed: the seed of the positions.
  ///   - threads: pictures decoded at the same time; the result does not depend on it.
  ///   - progress: called periodically on the calling thread while pictures are decoded.
  ///   - isCancelled: polled periodically; true ends early with `CatalogError.cancelled`.
  /// - Throws: `CatalogError` for a shape out of range, a split without a picture that is large enough,
  ///   or a picture that cannot be read or has changed since it was indexed.
  public static func cut(
    catalog: Catalog, split: Split, part: Part = .whole, size: Int, channels: Int, limit: Int,
    byArea: Bool = false, background: Float = 1, scale: PictureScale? = nil, seed: UInt64,
    threads: Int = 2,
    progress: (IndexProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> PictureWindows {
    guard (1...4096).contains(size), channels == 1 || channels == 3, limit >= 1 else {
      throw CatalogError.invalidCacheShape(size: size, channels: channels)
    }
    let records = try catalog.pictures(split: split, state: .usable)
      .filter { $0.width >= size && part.rows(of: $0.height).count >= size }
      .sorted { ($0.contentHash, $0.path) < ($1.contentHash, $1.path) }
    guard !records.isEmpty else {
      throw CatalogError.noWindow(split: split, size: size, directory: catalog.directory)
    }
    let format = PixelFormat(
      size: size, channels: channels, background: background,
      scale: try scale ?? catalog.scale())
    let pages = records.flatMap { record in record.pages.map { (record: record, page: $0) } }
    let most = max(1, min(limit, byteLimit / format.rowLength))
    let each = (most + pages.count - 1) / pages.count
    let area = pages.reduce(0.0) { $0 + Double($1.record.width) * Double($1.record.height) }
    var names: [String] = []
    var bytes: [UInt8] = []
    // The members of a group share the pictures of a chunk. Their numbers of threads may differ.
    let group = WorkGroup.current
    let chunkLength = group.isAlone ? 2 * max(1, threads) : 16 * group.count
    for start in stride(from: 0, to: pages.count, by: chunkLength) {
      if isCancelled() { throw CatalogError.cancelled }
      let chunk = Array(pages.indices[start..<min(start + chunkLength, pages.count)])
      let cut = try group.map(chunk.count, upTo: threads) {
        place throws -> ([String], [[UInt8]]) in
        let index = chunk[place]
        let (record, page) = pages[index]
        let image = try catalog.stored(record, page: page)
          .choosingRange(.automatic, scale: format.scale).image
          .composited(onto: background).converted(toChannels: channels)
        var random = Xoshiro256(seed: seed, UInt64(index))
        let own = Double(image.width) * Double(image.height)
        let count = byArea ? max(1, Int((Double(most) * own / area).rounded(.up))) : each
        let found = places(
          count, of: size, width: image.width, rows: part.rows(of: image.height), &random)
        return (
          found.map { "\(record.path)\(page == 1 ? "" : "#\(page)")@\($0.row),\($0.column)" },
          found.map { Self.bytes(of: image, $0.row, $0.column, size: size, format.depth) }
        )
      }
      for (ownNames, windows) in cut {
        for (name, window) in zip(ownNames, windows) where names.count < most {
          names.append(name)
          bytes += window
        }
      }
      progress(IndexProgress(completed: start + chunk.count, total: pages.count))
    }
    return PictureWindows(
      size: size, channels: channels, names: names, bytes: bytes, depth: format.depth)
  }

  /// The SHA-256 of all values in hexadecimal, which does not depend on the pictures' names.
  public var digest: String {
    var hash = ContentHash()
    bytes.withUnsafeBytes { hash.update($0) }
    return ContentHash.hexadecimal(hash.digest)
  }

  /// The values of one window, 0...1, row-major `[size, size, channels]`.
  public func values(at index: Int) -> [Float] {
    precondition(index >= 0 && index < count, "window \(index) of \(count)")
    let length = size * size * channels * depth.bytes
    return depth.decoded(bytes[index * length..<(index + 1) * length])
  }

  /// Different positions of the first pixel of a window, in random order.
  private static func places(
    _ count: Int, of size: Int, width: Int, rows: Range<Int>, _ random: inout Xoshiro256
  ) -> [(row: Int, column: Int)] {
    let (down, across) = (rows.count - size + 1, width - size + 1)
    // The file may have changed since its size was recorded.
    guard down > 0, across > 0 else { return [] }
    let total = down * across
    let wanted = min(count, total)
    var numbers: [Int] = []
    if 2 * wanted > total {
      numbers = random.sample(wanted, of: total)
    } else {
      // A picture has millions of positions, so rejecting duplicates is cheaper than listing them
      // all.
      var taken = Set<Int>()
      while numbers.count < wanted {
        let place = Int.random(in: 0..<total, using: &random)
        if taken.insert(place).inserted { numbers.append(place) }
      }
    }
    return numbers.map { (rows.lowerBound + $0 / across, $0 % across) }
  }

  /// The square with the given first pixel.
  private static func bytes(
    of image: Image, _ row: Int, _ column: Int, size: Int, _ depth: PixelDepth
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size * size * image.channels * depth.bytes)
    for row in row..<row + size {
      let start = (row * image.width + column) * image.channels
      bytes += depth.encoded(image.values[start..<start + size * image.channels])
    }
    return bytes
  }
}

extension PictureWindows.Part {
  /// The rows of this part in a picture of the given height.
  func rows(of height: Int) -> Range<Int> {
    switch self {
    case .whole: 0..<height
    case .upper: 0..<3 * height / 4
    case .lower: 3 * height / 4..<height
    }
  }
}
