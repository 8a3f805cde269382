/// A JSON value with deterministic text: sorted keys, no spaces, one line.
///
/// ```swift
/// printJSON(["step": 100, "loss": .number(loss), "done": true])
/// ```
public enum JSONValue: Sendable, Equatable {
  /// `null`; a number that is not finite also prints as `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A number, in the fewest digits that represent it exactly.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Names and their values.
  case object([String: JSONValue])

  /// A number, in the fewest digits that represent the `Float` exactly.
  public static func number(_ value: Float) -> JSONValue {
    // The text is converted, because 0.1 as Float is 0.10000000149 as Double.
    .number(Double("\(value)") ?? .nan)
  }

  /// A number, or null.
  public static func number(_ value: Double?) -> JSONValue {
    value.map { .number($0) } ?? .null
  }

  /// A whole number, or null.
  public static func integer(_ value: Int?) -> JSONValue {
    value.map { .integer($0) } ?? .null
  }

  /// A text, or null.
  public static func string(_ value: String?) -> JSONValue {
    value.map { .string($0) } ?? .null
  }
}

extension JSONValue: CustomStringConvertible {
  /// The JSON text, on one line.
  public var description: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? Self.text(value) : "null"
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
    case .object(let values):
      "{"
        + values.sorted { $0.key < $1.key }
        .map { Self.quoted($0.key) + ":" + $0.value.description }.joined(separator: ",") + "}"
    }
  }

  private static func text(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  /// An object; the last value wins if a name is repeated.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }

  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }

  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }

  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }

  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }

  /// `null`.
  public init(nilLiteral: ()) { self = .null }
}

/// Prints one JSON value as one line on standard output and flushes it.
public func printJSON(_ value: JSONValue) { printLine(value.description) }

/// Prints one line on standard output and flushes it.
public func printLine(_ text: String) {
  print(text)
  // Output to a file or a pipe would otherwise stay in the buffer for thousands of characters.
  flushOutput()
}
