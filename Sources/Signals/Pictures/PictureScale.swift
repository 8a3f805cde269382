import Foundation

/// How the range of samples that become 0...1 is chosen.
public enum RangeChoice: Sendable, Equatable, CustomStringConvertible {
  /// 8 and 16 bits: all their values, or those of fewer bits where the pictures use no more; other
  /// samples: the smallest and the largest.
  case automatic
  /// Everything but the outermost thousandths of each picture.
  case percentiles
  /// This range.
  case fixed(ValueRange)

  /// A choice from `auto`, `percentiles` or `LO:HI`; nil for any other text.
  public init?(parsing text: String) {
    switch text {
    case "auto": self = .automatic
    case "percentiles": self = .percentiles
    default:
      guard let range = ValueRange(parsing: text) else { return nil }
      self = .fixed(range)
    }
  }

  /// The choice as `init(parsing:)` reads it.
  public var description: String {
    switch self {
    case .automatic: "auto"
    case .percentiles: "percentiles"
    case .fixed(let range): "\(range)"
    }
  }

  /// The range for pictures of one type of samples.
  ///
  /// - Parameter pictures: at least one.
  func range(for type: SampleType, _ pictures: [SampleStatistics]) -> ValueRange {
    let smallest = pictures.map(\.smallest).min() ?? 0
    let largest = pictures.map(\.largest).max() ?? 1
    switch self {
    case .fixed(let range): return range
    case .percentiles:
      return .spanning(
        pictures.map(\.lowPercentile).min() ?? smallest,
        pictures.map(\.highPercentile).max() ?? largest)
    case .automatic:
      return Self.automatic(
        for: type, significantBits: pictures.map(\.significantBits).max() ?? 16, smallest, largest)
    }
  }

  /// The automatic range for samples of a type.
  static func automatic(
    for type: SampleType, significantBits: Int, _ smallest: Double, _ largest: Double
  ) -> ValueRange {
    switch type {
    case .unsigned8: .bits(8)
    case .unsigned16:
      .bits([8, 10, 12, 14].first { significantBits <= $0 || largest < Double(1 << $0) } ?? 16)
    default: .spanning(smallest, largest)
    }
  }
}

/// The ranges of samples that become 0...1, decided once for a collection; one for each type of
/// samples in it.
public struct PictureScale: Sendable, Equatable, Codable {
  /// The range of each type.
  public var ranges: [String: ValueRange]

  /// A scale from its ranges.
  public init(_ ranges: [SampleType: ValueRange] = [:]) {
    self.ranges = Dictionary(
      uniqueKeysWithValues: ranges.map { ($0.key.rawValue, $0.value) })
  }

  /// The scale of some pictures.
  public init(of pictures: [SampleStatistics], _ choice: RangeChoice = .automatic) {
    self.init(
      Dictionary(grouping: pictures, by: \.type).reduce(into: [:]) { ranges, group in
        ranges[group.key] = choice.range(for: group.key, group.value)
      })
  }

  /// The range of a type; nil for a type that the pictures did not have.
  public func range(of type: SampleType) -> ValueRange? { ranges[type.rawValue] }

  /// Whether all pictures are of 8 bits in their full range: there is nothing to record or to say, and 8 bits
  /// hold what they hold.
  public var isPlain: Bool {
    ranges.allSatisfy { $0.key == SampleType.unsigned8.rawValue && $0.value == .bits(8) }
  }

  /// One line for people, such as `16-bit samples of 0 to 4095`.
  public var summary: String {
    ranges.sorted { $0.key < $1.key }.map { name, range in
      "\(SampleType(rawValue: name)?.summary ?? name) samples \(range)"
    }.joined(separator: ", ")
  }

  /// A scale from JSON, as a model's metadata hold it; nil for anything else.
  public init?(json text: String) {
    guard let scale = try? JSONDecoder().decode(PictureScale.self, from: Data(text.utf8)) else {
      return nil
    }
    self = scale
  }

  /// The scale as JSON, the same for the same ranges.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// Decodes the ranges by type.
  public init(from decoder: any Decoder) throws {
    ranges = try decoder.singleValueContainer().decode([String: ValueRange].self)
  }

  /// Encodes the ranges by type.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(ranges)
  }
}
