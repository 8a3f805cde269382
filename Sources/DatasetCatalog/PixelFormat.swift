import Signals

/// The form in which a pixel cache keeps pictures.
public struct PixelFormat: Sendable, Equatable {
  /// Rows, and columns, 1 to 4096.
  public var size: Int
  /// 1 is grey, 3 is red, green, blue.
  public var channels: Int
  /// The brightness behind transparent pixels, 0...1.
  public var background: Float
  /// The ranges of samples that become 0...1; nil for the full ranges of 8 bits.
  public let scale: PictureScale?

  /// Creates a form from its parts; white is behind transparent pixels by default.
  ///
  /// - Parameter scale: the ranges of samples; 8 bits alone are as none.
  public init(size: Int, channels: Int, background: Float = 1, scale: PictureScale? = nil) {
    self.size = size
    self.channels = channels
    self.background = background
    self.scale = scale.flatMap { $0.isPlain ? nil : $0 }
  }

  /// Whether there are caches of this form.
  var isValid: Bool { (1...4096).contains(size) && (channels == 1 || channels == 3) }

  /// How values are kept: in 8 bits where the pictures have no more, otherwise in 16.
  var depth: PixelDepth { scale == nil ? .bits8 : .bits16 }

  /// Bytes of one picture.
  var rowLength: Int { size * size * channels * depth.bytes }

  /// A picture's central square in this form, row-major `[size, size, channels]`, each value as the depth
  /// says; nil if there are no caches of this form.
  func pixels(of stored: StoredPicture) -> [UInt8]? {
    guard isValid else { return nil }
    return depth.encoded(
      stored.choosingRange(.automatic, scale: scale).image
        .composited(onto: background).converted(toChannels: channels)
        .croppedToSquare().resized(width: size, height: size)
        .values[...])
  }
}

/// How a cache keeps a value of 0...1.
enum PixelDepth: Int, Sendable {
  case bits8 = 1
  /// Little-endian.
  case bits16 = 2

  /// Bytes of one value.
  var bytes: Int { rawValue }

  /// The nearest numbers of values, which are clipped to 0...1.
  func encoded(_ values: ArraySlice<Float>) -> [UInt8] {
    switch self {
    case .bits8: return values.map(UInt8.init(unit:))
    case .bits16:
      var bytes: [UInt8] = []
      bytes.reserveCapacity(2 * values.count)
      for value in values {
        let number = UInt16(max(0, min(65_535, (value * 65_535).rounded())))
        bytes.append(UInt8(number & 0xFF))
        bytes.append(UInt8(number >> 8))
      }
      return bytes
    }
  }

  /// The values of such bytes, 0...1.
  func decoded(_ bytes: ArraySlice<UInt8>) -> [Float] {
    switch self {
    case .bits8: bytes.map { Float($0) / 255 }
    case .bits16:
      stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map {
        Float(UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8) / 65_535
      }
    }
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
