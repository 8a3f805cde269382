import Foundation

/// A training run or another long command on a collection.
public struct RunRecord: Sendable, Equatable {
  /// Number of the run, from 1.
  public var id: Int64
  /// When it began, UTC.
  public var started: Date
  /// The command, such as `train`.
  public var command: String
  /// Its arguments.
  public var arguments: [String]
  /// The model file that it writes; nil if none.
  public var modelPath: String?
  /// When it ended; nil while it runs, or if it was killed.
  public var finished: Date?
  /// Its result as a JSON text; nil until it has finished.
  public var result: String?
  /// Its settings by name; empty if an earlier version recorded the run.
  public var settings: [String: RunSetting] = [:]
  /// Why it ended without a result; nil if it did not.
  public var failure: String?
  /// The interrupted run that it continues; nil if it began from the start.
  public var continues: Int64?
}

/// The value of a run's setting.
public enum RunSetting: Sendable, Equatable, Codable, CustomStringConvertible {
  /// Yes or no.
  case flag(Bool)
  /// A number.
  case number(Double)
  /// A text.
  case text(String)

  /// A whole number.
  public static func number(_ value: Int) -> RunSetting { .number(Double(value)) }

  /// Reads a JSON value: a truth value, a number or a string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Writes a JSON value; a number that is not finite becomes a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .flag(let flag): try container.encode(flag)
    case .number(let number) where number.isFinite: try container.encode(number)
    case .number(let number): try container.encode("\(number)")
    case .text(let text): try container.encode(text)
    }
  }

  /// The value as a person writes it.
  public var description: String {
    switch self {
    case .flag(let flag): return flag ? "yes" : "no"
    case .number(let number):
      let text = "\(number)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    case .text(let text): return text
    }
  }
}
