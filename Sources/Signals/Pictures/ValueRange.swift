/// The samples that become 0 (black) and 1 (white).
public struct ValueRange: Sendable, Equatable, Codable, CustomStringConvertible {
  /// The sample that becomes 0.
  public let low: Double
  /// The sample that becomes 1, above `low`.
  public let high: Double

  /// A range from its ends; nil unless both are finite and the first is the lower one.
  public init?(_ low: Double, _ high: Double) {
    guard low.isFinite, high.isFinite, low < high, (high - low).isFinite else { return nil }
    self.low = low
    self.high = high
  }

  /// A range from a text such as `0:4095` or `-1.5:3e2`; nil for any other text.
  public init?(parsing text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1] else { return nil }
    self.init(low, high)
  }

  /// The range of whole numbers of so many bits from 0.
  static func bits(_ count: Int) -> ValueRange {
    ValueRange(uncheckedLow: 0, high: Double((1 << min(max(count, 1), 52)) - 1))
  }

  /// From the smallest to the largest sample; a single value is black.
  static func spanning(_ smallest: Double, _ largest: Double) -> ValueRange {
    ValueRange(smallest, largest)
      ?? ValueRange(smallest, smallest + max(1, abs(smallest) * 1e-3))
      ?? ValueRange(uncheckedLow: 0, high: 1)
  }

  private init(uncheckedLow low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// The range as `LOW:HIGH`, as `init(parsing:)` reads it.
  public var description: String { "\(Self.text(low)):\(Self.text(high))" }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// Decodes a range and checks it.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    let ends = (try container.decode(Double.self), try container.decode(Double.self))
    guard let range = ValueRange(ends.0, ends.1) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(ends.0) to \(ends.1) is no range")
    }
    self = range
  }

  /// Encodes the two ends.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(low)
    try container.encode(high)
  }
}
