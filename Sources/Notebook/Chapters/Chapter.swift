import Foundation
import Reporting

/// One part of the notebook, reproduced: its page section and its measurements.
public struct Chapter: Sendable {
  /// A measured number.
  public struct Measure: Sendable, Equatable {
    /// A short and stable key for machines, such as `image_psnr`.
    public var key: String
    /// A name for people, such as `image, PSNR`.
    public var name: String
    /// The value in the unit.
    public var value: Double
    /// The unit, such as `dB`; empty for none.
    public var unit: String
    /// The value from the paper, the notebook or theory, with its source; empty for none.
    public var reference: String

    /// Creates a measured number.
    public init(_ key: String, _ name: String, _ value: Double, unit: String, reference: String) {
      self.key = key
      self.name = name
      self.value = value
      self.unit = unit
      self.reference = reference
    }

    /// The number and its unit, formatted for people.
    public var text: String {
      let size = abs(value)
      let digits =
        unit == "dB" || unit == "s"
        ? "%.1f" : size == 0 || (0.001..<1e4).contains(size) ? "%.3f" : "%.1e"
      return shortExponent(String(format: digits, value)) + (unit.isEmpty ? "" : " \(unit)")
    }
  }

  /// The section of the page.
  public var section: Page.Section
  /// The measured numbers.
  public var measures: [Measure]
  /// The duration in seconds.
  public var seconds: Double
}

/// Reports the progress of a chapter: the fraction 0...1, and a detail.
public typealias ChapterProgress = (_ fraction: Double, _ detail: String) -> Void

/// A number such as `1.1e-05` with the exponent as short as it can be, `1.1e-5`.
func shortExponent(_ text: String) -> String {
  text.replacing("e-0", with: "e-").replacing("e+0", with: "e+")
}

/// Seconds since a fixed moment.
///
/// They never go back.
func uptime() -> Double { ProcessInfo.processInfo.systemUptime }

/// A time span of a chapter, `12.3 s`.
func secondsText(_ seconds: Double) -> String { String(format: "%.1f s", seconds) }
