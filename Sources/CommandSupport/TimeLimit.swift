import ArgumentParser

/// A time span of a command line: `30s`, `10m`, `1.5h`, or `1h30m`.
public struct TimeLimit: Sendable, Equatable, ExpressibleByArgument {
  /// The span in seconds, above 0.
  public let seconds: Double

  /// The accepted format, for help texts and messages.
  public static let expected = "a time such as 30s, 10m or 1.5h"

  /// A span of seconds, above 0.
  public init(seconds: Double) {
    precondition(seconds > 0 && seconds.isFinite, "a time limit of \(seconds) s")
    self.seconds = seconds
  }

  /// Parses numbers each followed by `s`, `m` or `h`; nil for other text and for a span of 0.
  public init?(argument: String) {
    var total = 0.0
    var digits = ""
    for character in argument.lowercased() {
      if character.isASCII && (character.isNumber || character == ".") {
        digits.append(character)
        continue
      }
      let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
      guard let unit = units[character], let number = Double(digits) else { return nil }
      total += number * unit
      digits = ""
    }
    // A number without its unit could mean seconds, minutes or steps.
    guard digits.isEmpty, total > 0, total.isFinite else { return nil }
    seconds = total
  }

  /// The span in seconds, `90s`.
  public var defaultValueDescription: String { "\(seconds)s" }
}

/// Checks `--for` and `--steps`, which exclude each other.
///
/// - Throws: `ValidationError` if both are given, or for fewer than 1 step.
public func checkRunLength(time: TimeLimit?, steps: Int?) throws {
  guard time == nil || steps == nil else {
    throw ValidationError("--for and --steps exclude each other, pass only one of them.")
  }
  guard steps.map({ $0 >= 1 }) ?? true else {
    throw ValidationError("--steps is \(steps ?? 0), expected at least 1.")
  }
}
