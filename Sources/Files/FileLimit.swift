import Foundation

/// A limit on what is read from files, which a variable of the environment raises or lowers.
///
/// Sizes in a file's header are checked against it before memory is allocated, so that a damaged or
/// crafted file takes no more memory than an honest one.
public enum FileLimit: String, CaseIterable, Sendable {
  /// Pixels of a picture or of a frame, width times height.
  case pixels = "SIREN_MAX_PIXELS"
  /// Bytes of a file of a picture, a sound, a clip, a table or a shape.
  case bytes = "SIREN_MAX_BYTES"
  /// Points of a table, and vertices of a shape.
  case points = "SIREN_MAX_POINTS"
  /// Samples of a sound, frames times channels.
  case samples = "SIREN_MAX_SAMPLES"
  /// Frames of a clip, and pages of a stack.
  case frames = "SIREN_MAX_FRAMES"

  /// The limit in the environment, or the usual one.
  package func value(usually usual: Int) -> Int {
    text.flatMap(Self.parsed) ?? usual
  }

  /// What to try with a file over the limit.
  package var advice: String { "or raise the limit with \(rawValue)" }

  private var text: String? { ProcessInfo.processInfo.environment[rawValue] }

  /// What is wrong with the variables in the environment, as one line; nil if nothing is.
  public static var problem: String? {
    for limit in allCases {
      guard let text = limit.text, parsed(text) == nil else { continue }
      return
        "\(limit.rawValue) is '\(text.onOneLine)', expected a number from 1 such as 250000000, 250M "
        + "or 4G"
    }
    return nil
  }

  /// A whole number from 1 to 2^50, with K, M or G for thousands, millions or billions.
  package static func parsed(_ text: String) -> Int? {
    let factors: [Character: Int] = ["K": 1_000, "M": 1_000_000, "G": 1_000_000_000]
    let factor = text.last.flatMap { factors[$0] }
    let digits = factor == nil ? Substring(text) : text.dropLast()
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int(digits)
    else { return nil }
    let (value, overflow) = number.multipliedReportingOverflow(by: factor ?? 1)
    return overflow || !(1...1 << 50).contains(value) ? nil : value
  }
}
