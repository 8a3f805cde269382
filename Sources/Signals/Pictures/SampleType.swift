import CImageCodecs

/// The type of one sample of a picture file.
public enum SampleType: String, Sendable, Codable, CaseIterable {
  /// A whole number of 8 bits, 0...255.
  case unsigned8
  /// A whole number of 16 bits, 0...65,535.
  case unsigned16
  /// A whole number of 32 bits from 0.
  case unsigned32
  /// A whole number of 64 bits from 0.
  case unsigned64
  /// A whole number of 8 bits, -128...127.
  case signed8
  /// A whole number of 16 bits, -32,768...32,767.
  case signed16
  /// A whole number of 32 bits with a sign.
  case signed32
  /// A whole number of 64 bits with a sign.
  case signed64
  /// A floating-point number of 16 bits (IEEE 754 binary16).
  case float16
  /// A floating-point number of 32 bits.
  case float32
  /// A floating-point number of 64 bits.
  case float64

  /// Bytes of one sample.
  public var byteCount: Int { image_codecs_sample_bytes(codec) }

  /// Bits of one sample.
  public var bits: Int { 8 * byteCount }

  /// Whether samples are floating-point numbers.
  public var isFloat: Bool { [.float16, .float32, .float64].contains(self) }

  /// Whether samples are whole numbers of 8 or 16 bits from 0, which have a full range of their own.
  public var hasFullRange: Bool { self == .unsigned8 || self == .unsigned16 }

  /// The smallest and the largest sample; nil for floating-point numbers.
  public var limits: ClosedRange<Double>? {
    switch self {
    case .unsigned8: 0...255
    case .unsigned16: 0...65_535
    case .unsigned32: 0...Double(UInt32.max)
    case .unsigned64: 0...Double(UInt64.max)
    case .signed8: -128...127
    case .signed16: -32_768...32_767
    case .signed32: Double(Int32.min)...Double(Int32.max)
    case .signed64: Double(Int64.min)...Double(Int64.max)
    case .float16, .float32, .float64: nil
    }
  }

  /// The type for people, such as `16-bit` or `float64`.
  public var summary: String {
    switch self {
    case .unsigned8, .unsigned16, .unsigned32, .unsigned64: "\(bits)-bit"
    case .signed8, .signed16, .signed32, .signed64: "signed \(bits)-bit"
    case .float16, .float32, .float64: rawValue
    }
  }

  /// The number of the type in the codecs.
  var codec: ImageCodecSample {
    switch self {
    case .unsigned8: ImageCodecUnsigned8
    case .unsigned16: ImageCodecUnsigned16
    case .unsigned32: ImageCodecUnsigned32
    case .unsigned64: ImageCodecUnsigned64
    case .signed8: ImageCodecSigned8
    case .signed16: ImageCodecSigned16
    case .signed32: ImageCodecSigned32
    case .signed64: ImageCodecSigned64
    case .float16: ImageCodecFloat16
    case .float32: ImageCodecFloat32
    case .float64: ImageCodecFloat64
    }
  }

  /// A type from its number in the codecs.
  init?(codec: ImageCodecSample) {
    guard let type = Self.allCases.first(where: { $0.codec == codec }) else { return nil }
    self = type
  }
}
