import Foundation

/// An axis of a plot: its range and its ticks.
public struct Axis: Sendable, Equatable {
  /// How numbers become lengths.
  public enum Scale: Sendable, Equatable {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long; numbers must be above 0.
    case logarithmic
  }

  /// The quantity with its unit; empty for none.
  public var label: String
  /// How numbers become lengths.
  public var scale: Scale
  /// The first and last number; nil takes those of the data, and a little more.
  public var range: ClosedRange<Double>?

  /// An axis.
  public init(_ label: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    self.label = label
    self.scale = scale
    self.range = range
  }

  /// The axis fitted to numbers.
  ///
  /// Numbers that cannot be shown (not finite, or not above 0 on a logarithmic axis) are ignored.
  func fitted(to numbers: some Sequence<Double>, margin: Double) -> FittedAxis {
    var (low, high) = (Double.infinity, -Double.infinity)
    for number in numbers where number.isFinite && (scale == .linear || number > 0) {
      low = min(low, number)
      high = max(high, number)
    }
    if let range {
      (low, high) = (range.lowerBound, range.upperBound)
    } else if low > high {
      (low, high) = scale == .linear ? (0, 1) : (1, 10)
    } else if scale == .linear {
      let space = high > low ? (high - low) * margin : max(abs(high) * 0.1, 1e-12)
      (low, high) = (low - space, high + space)
    }
    if scale == .logarithmic {
      low = max(low, 1e-300)
      if high <= low * 1.01 { (low, high) = (low / 2, max(high, low) * 2) }
    } else if high <= low {
      high = low + 1
    }
    return FittedAxis(scale: scale, low: low, high: high)
  }
}

/// An axis whose ends are known.
struct FittedAxis: Sendable, Equatable {
  let scale: Axis.Scale
  let low: Double
  let high: Double

  /// The position of a number, 0 at the low end and 1 at the high one.
  func fraction(of number: Double) -> Double {
    switch scale {
    case .linear: (number - low) / (high - low)
    case .logarithmic: log(max(number, 1e-300) / low) / log(high / low)
    }
  }

  /// Round numbers on the axis.
  ///
  /// - Parameter count: the approximate number of ticks for which there is space.
  func ticks(_ count: Int) -> [Double] {
    switch scale {
    case .linear:
      let step = Self.roundStep((high - low) / Double(max(1, count)))
      let first = (low / step - 1e-9).rounded(.up)
      let last = (high / step + 1e-9).rounded(.down)
      guard first <= last, last - first < 100 else { return [] }
      return (0...Int(last - first)).map { (first + Double($0)) * step }
    case .logarithmic:
      let (first, last) = (Int(log10(low).rounded(.up)), Int(log10(high).rounded(.down)))
      guard first <= last else { return [low, high] }
      let every = max(1, (last - first + count) / max(1, count))
      return stride(from: first, through: last, by: every).map { pow(10, Double($0)) }
    }
  }

  /// The ticks as a person writes them, with as many digits as tell them apart.
  ///
  /// - Parameter ticks: ascending, of this axis.
  func labels(of ticks: [Double]) -> [String] {
    let step = zip(ticks.dropFirst(), ticks).map { $0 - $1 }.min() ?? (high - low)
    return ticks.map { label(of: $0, step: step) }
  }

  private func label(of tick: Double, step: Double) -> String {
    let digits = Self.digits(of: tick, step: step)
    if scale == .logarithmic {
      let exponent = log10(tick)
      guard abs(exponent - exponent.rounded()) < 1e-9 else {
        // An end of the axis is no multiple of the step.
        return String(format: "%.*g", max(2, digits + 1), tick)
      }
      if (0...3).contains(exponent) { return String(format: "%.0f", tick) }
      if (-2..<0).contains(exponent) { return String(format: "%g", tick) }
      return "10" + Self.superscript(Int(exponent.rounded()))
    }
    let largest = max(abs(low), abs(high))
    if tick == 0 || abs(tick) < 1e-9 * largest { return "0" }
    if largest < 1e-3 || largest >= 1e5 {
      return String(format: "%.*g", digits, tick).replacing("e-0", with: "e-")
        .replacing("e+0", with: "e")
    }
    return String(format: "%.*g", max(6, digits), tick).replacing("-", with: "\u{2212}")
  }

  /// The significant digits of a multiple of a step, 1 to 15.
  private static func digits(of tick: Double, step: Double) -> Int {
    let places = [abs(tick), abs(step)].map { (log10($0) + 1e-9).rounded(.down) }
    let digits = places[0] - places[1] + 1
    return digits.isFinite ? Int(min(max(digits, 1), 15)) : 1
  }

  private static func roundStep(_ step: Double) -> Double {
    guard step > 0, step.isFinite else { return 1 }
    let power = pow(10, log10(step).rounded(.down))
    let lead = step / power
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10)
  }

  private static func superscript(_ number: Int) -> String {
    let digits: [Character: Character] = [
      "0": "\u{2070}", "1": "\u{00b9}", "2": "\u{00b2}", "3": "\u{00b3}", "4": "\u{2074}",
      "5": "\u{2075}", "6": "\u{2076}", "7": "\u{2077}", "8": "\u{2078}", "9": "\u{2079}",
      "-": "\u{207b}",
    ]
    return String("\(number)".compactMap { digits[$0] })
  }
}
