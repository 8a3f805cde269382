import Foundation
import Reporting

/// One part of the notebook, done again: what it shows and what was measured.
public struct Chapter: Sendable {
  /// A number that was measured.
  public struct Measure: Sendable, Equatable {
    /// Short and stable, for machines, such as `image_psnr`.
    public var key: String
    /// For people, such as `image, PSNR`.
    public var name: String
    /// In the unit.
    public var value: Double
    /// Such as `dB`; empty for none.
    public var unit: String
    /// What the paper, the notebook or theory has, with its source; empty for nothing.
    public var reference: String

    /// A number.
    public init(_ key: String, _ name: String, _ value: Double, unit: String, reference: String) {
      self.key = key
      self.name = name
      self.value = value
      self.unit = unit
      self.reference = reference
    }

    /// The number and its unit, as a person writes them.
    public var text: String {
      let size = abs(value)
      let digits =
        unit == "dB" || unit == "s"
        ? "%.1f" : size == 0 || (0.001..<1e4).contains(size) ? "%.3f" : "%.1e"
      return shortExponent(String(format: digits, value)) + (unit.isEmpty ? "" : " \(unit)")
    }
  }

  /// What it shows.
  public var section: Page.Section
  /// What was measured.
  public var measures: [Measure]
  /// How long it took.
  public var seconds: Double
}

/// Tells how far a chapter has come: the fraction 0...1, and a detail.
public typealias ChapterProgress = (_ fraction: Double, _ detail: String) -> Void

/// A number such as `1.1e-05` with the exponent as short as it can be, `1.1e-5`.
func shortExponent(_ text: String) -> String {
  text.replacing("e-0", with: "e-").replacing("e+0", with: "e+")
}

/// Seconds since some fixed moment, never going back.
func uptime() -> Double { ProcessInfo.processInfo.systemUptime }

/// A time span of a chapter, `12.3 s`.
func secondsText(_ seconds: Double) -> String { String(format: "%.1f s", seconds) }
