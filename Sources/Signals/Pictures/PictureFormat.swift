import CImageCodecs
import Foundation

/// How a picture file stores its picture: everything that is kept from the file that is read to the
/// file that is written.
public struct PictureFormat: Sendable, Equatable, Codable {
  /// The type of the samples.
  public var type: SampleType
  /// Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
  public var channels: Int
  /// Bits of a sample that carry something, such as 12 of 16.
  public var significantBits: Int
  /// The samples that become 0 and 1.
  public var range: ValueRange
  /// Whether the smallest sample is white and the largest black (TIFF's WhiteIsZero).
  public var zeroIsWhite = false
  /// Whether colours are multiplied by alpha.
  public var isPremultiplied = false
  /// The ICC profile of the colours.
  public var profile: Data?
  /// Pixels per unit of length.
  public var resolution: PictureResolution?
  /// What ImageJ says about the unit of the resolution, and other text.
  public var note: String?
  /// Further texts on the picture, such as its author, in the order of the file.
  public var texts: [PictureText]?
  /// An EXIF block without a thumbnail, of an upright picture.
  public var exif: Data?
  /// The chunks of a PNG that say what its colours are: gamma, primaries, sRGB.
  public var colorChunks: Data?

  /// A format from its parts; without a range, that of all samples of 8 or 16 bits, and 0...1 for others.
  public init(
    type: SampleType, channels: Int, significantBits: Int? = nil, range: ValueRange? = nil
  ) {
    self.type = type
    self.channels = channels
    let bits = significantBits ?? type.bits
    self.significantBits = bits
    self.range = range ?? (type.hasFullRange ? .bits(bits) : .spanning(0, 1))
  }

  /// The format of ordinary pictures: 8 bits, 0...255.
  public static func ordinary(channels: Int) -> PictureFormat {
    PictureFormat(type: .unsigned8, channels: channels)
  }

  /// Whether the last channel is alpha.
  public var hasAlpha: Bool { channels == 2 || channels == 4 }

  /// The smallest and the largest sample that may be written.
  var limits: ClosedRange<Double> {
    if type.hasFullRange { return 0...Double((1 << significantBits) - 1) }
    return type.limits ?? -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  }

  /// The samples of colours that become 0 and 1.
  var colors: (black: Double, white: Double) {
    zeroIsWhite ? (range.high, range.low) : (range.low, range.high)
  }

  /// The samples of alpha that are transparent and opaque.
  var alphaRange: (black: Double, white: Double) {
    type.isFloat ? (0, 1) : (0, limits.upperBound)
  }

  /// The type and the channels for people, such as `16-bit grey`.
  public var summary: String {
    let names = ["grey", "grey with alpha", "RGB", "RGB with alpha"]
    return type.summary + " " + (1...4 ~= channels ? names[channels - 1] : "\(channels) channels")
  }
}

/// Pixels per unit of length.
public struct PictureResolution: Sendable, Equatable, Codable {
  /// The unit of length.
  public enum Unit: Int, Sendable, Codable {
    /// Only the ratio of both numbers is meant, or a unit that a text gives.
    case none = 1
    /// Per inch.
    case inch = 2
    /// Per centimetre.
    case centimetre = 3
  }

  /// Pixels per unit along the columns' axis.
  public var x: Double
  /// Pixels per unit along the rows' axis.
  public var y: Double
  /// The unit of length.
  public var unit: Unit

  /// A resolution from its parts; nil unless both numbers are positive and finite.
  public init?(x: Double, y: Double, unit: Unit) {
    guard x > 0, y > 0, x.isFinite, y.isFinite else { return nil }
    self.x = x
    self.y = y
    self.unit = unit
  }

  init?(_ codec: ImageCodecResolution) {
    guard let unit = Unit(rawValue: Int(codec.unit)) else { return nil }
    self.init(x: codec.x, y: codec.y, unit: unit)
  }

  /// Pixels per metre along both axes; nil without a unit.
  package var perMetre: (x: Double, y: Double)? {
    switch unit {
    case .none: nil
    case .inch: (x / 0.0254, y / 0.0254)
    case .centimetre: (x * 100, y * 100)
    }
  }

  /// The resolution of the picture turned by a quarter.
  var transposed: PictureResolution {
    var result = self
    (result.x, result.y) = (y, x)
    return result
  }

  /// The resolution of the picture in another number of pixels.
  package func scaled(
    fromWidth width: Int, height: Int, toWidth newWidth: Int, height newHeight: Int
  ) -> PictureResolution? {
    PictureResolution(
      x: x * Double(newWidth) / Double(width), y: y * Double(newHeight) / Double(height), unit: unit
    )
  }
}

extension PictureFormat {
  /// The name of the format in the metadata of a model.
  package static let metadataName = "picture_format"

  /// The format as JSON, as a model's metadata hold it.
  ///
  /// Plain 8 bits are stated too, since a model that says nothing may be that of an equation, whose values are no samples.
  package var json: String? {
    var kept = self
    // A model is not the place for a large profile.
    if (profile?.count ?? 0) > 1 << 16 { kept.profile = nil }
    let texts = (texts ?? []).reduce(0) { $0 + $1.text.utf8.count }
    if texts > 1 << 12 { kept.texts = nil }
    if (exif?.count ?? 0) > 1 << 12 { kept.exif = nil }
    if (colorChunks?.count ?? 0) > 1 << 12 { kept.colorChunks = nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(kept)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A format from JSON, which may have been written by anybody; nil for anything else.
  package init?(json text: String) {
    guard let format = try? JSONDecoder().decode(PictureFormat.self, from: Data(text.utf8)),
      (1...4).contains(format.channels), (1...format.type.bits).contains(format.significantBits),
      format.resolution.map({ PictureResolution(x: $0.x, y: $0.y, unit: $0.unit) != nil }) ?? true
    else { return nil }
    self = format
  }
}
