import Foundation

/// The shares of the three splits.
public struct SplitRatio: Sendable, Equatable, Codable {
  /// The share of the pictures to train on, above 0.
  public let train: Double
  /// The share of the pictures to validate on, 0 or more.
  public let validation: Double
  /// The share of the pictures to test on, 0 or more.
  public let test: Double

  /// Nine in ten, one in twenty, one in twenty.
  public static let standard = SplitRatio(90, 5, 5)

  private init(_ train: Double, _ validation: Double, _ test: Double) {
    (self.train, self.validation, self.test) = (train, validation, test)
  }

  /// Shares from three numbers; nil unless all are of 0 to 1e9, and the first above 0.
  private init?(checking numbers: [Double]) {
    guard numbers.count == 3, numbers.allSatisfy({ $0 >= 0 && $0 <= 1e9 }), numbers[0] > 0 else {
      return nil
    }
    self.init(numbers[0], numbers[1], numbers[2])
  }

  /// Decodes shares and checks them.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let numbers = try [CodingKeys.train, .validation, .test].map {
      try container.decode(Double.self, forKey: $0)
    }
    guard let ratio = SplitRatio(checking: numbers) else {
      throw DecodingError.dataCorruptedError(
        forKey: .train, in: container, debugDescription: "\(numbers) are no shares")
    }
    self = ratio
  }

  /// The shares in a text such as `80:10:10` or `0.8:0.1:0.1`, in any unit.
  ///
  /// - Returns: nil for anything but three numbers of 0 or more, the first above 0.
  public init?(parsing text: String) {
    self.init(
      checking: text.split(separator: ":", omittingEmptySubsequences: false)
        .map { Double($0) ?? .nan })
  }

  /// The share of a split, in the unit of all three.
  public subscript(split: Split) -> Double {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// The split at a place.
  ///
  /// - Parameter place: 0 up to 1; train lies before validation, and validation before test.
  func split(at place: Double) -> Split {
    let position = place * (train + validation + test)
    if position < train { return .train }
    return position < train + validation ? .validation : .test
  }
}

/// How a collection is split, where that is not by the hash of each content alone.
public struct SplitRule: Sendable, Equatable, Codable {
  /// The shares of the splits.
  public var ratio: SplitRatio
  /// A regular expression on the paths of pictures; nil takes each content for itself.
  ///
  /// Pictures belong together if its capture groups hold the same text, or its whole match if it has
  /// none. A picture whose path does not match stands for itself.
  public var groupPattern: String?

  /// A rule; the usual shares and no groups are what a collection without a rule has.
  public init(ratio: SplitRatio = .standard, groupPattern: String? = nil) {
    self.ratio = ratio
    self.groupPattern = groupPattern
  }
}

/// The groups of pictures that a regular expression makes of their paths.
struct PictureGroups {
  private let expression: Regex<AnyRegexOutput>
  private let pattern: String

  /// - Throws: `CatalogError.invalidPattern`.
  init(_ pattern: String) throws {
    self.pattern = pattern
    do {
      expression = try Regex(pattern)
    } catch {
      throw CatalogError.invalidPattern(pattern: pattern, reason: "\(error)")
    }
  }

  /// The name of a picture's group; nil if its path does not match.
  func name(of path: String) throws -> String? {
    let match: Regex<AnyRegexOutput>.Match?
    do {
      match = try expression.firstMatch(in: path)
    } catch {
      throw CatalogError.invalidPattern(pattern: pattern, reason: "\(error)")
    }
    guard let match else { return nil }
    let captured = match.output.dropFirst().compactMap(\.substring)
    return captured.isEmpty
      ? String(path[match.range]) : captured.joined(separator: "\u{1F}")
  }
}
