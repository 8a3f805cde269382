import Signals

/// The form in which a pixel cache keeps pictures.
public struct PixelFormat: Sendable, Equatable {
  /// Rows, and columns, 1 to 4096.
  public var size: Int
  /// 1 is grey, 3 is red, green, blue.
  public var channels: Int
  /// The brightness behind transparent pixels, 0...1.
  public var background: Float

  /// Creates a form from its parts; white is behind transparent pixels by default.
  public init(size: Int, channels: Int, background: Float = 1) {
    self.size = size
    self.channels = channels
    self.background = background
  }

  /// Whether there are caches of this form.
  var isValid: Bool { (1...4096).contains(size) && (channels == 1 || channels == 3) }

  /// Bytes of one picture.
  var rowLength: Int { size * size * channels }

  /// A picture's central square in this form, one byte a value, row-major
  /// `[size, size, channels]`; nil if there are no caches of this form.
  func pixels(of image: Image) -> [UInt8]? {
    guard isValid else { return nil }
    return
      image
      .composited(onto: background).converted(toChannels: channels)
      .croppedToSquare().resized(width: size, height: size)
      .values.map(UInt8.init(unit:))
  }
}

/// Pixels that indexing decoded, until the cache that they are for takes them.
struct DecodedPixels {
  /// Most bytes that are kept; the pictures of what does not fit are decoded again.
  static let byteLimit = 256 << 20

  private var format: PixelFormat?
  /// By the hash of the picture's content, so that a cache can only get what belongs to it.
  private var rows: [String: [UInt8]] = [:]

  init(format: PixelFormat? = nil) { self.format = format }

  /// Keeps rows, and drops those of another form.
  mutating func keep(_ found: [(hash: String, row: [UInt8])], as format: PixelFormat) {
    if self.format != format { self = DecodedPixels(format: format) }
    for (hash, row) in found where (rows.count + 1) * format.rowLength <= Self.byteLimit {
      rows[hash] = row
    }
  }

  /// Takes the rows of some contents out.
  mutating func take(_ hashes: some Sequence<String>, as format: PixelFormat) -> [String: [UInt8]] {
    guard self.format == format else { return [:] }
    var taken: [String: [UInt8]] = [:]
    for hash in hashes where taken[hash] == nil { taken[hash] = rows.removeValue(forKey: hash) }
    return taken
  }
}
