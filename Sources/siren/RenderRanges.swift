import ArgumentParser
import Fitting
import Signals

/// A range of coordinates on the command line: `-50:50`.
struct CoordinateRange: ExpressibleByArgument {
  let bounds: ClosedRange<Float>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Float($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low.isFinite, high.isFinite,
      low < high
    else { return nil }
    bounds = low...high
  }
}

/// A part of a clip on the command line, in seconds: `0.5:2`.
struct SecondsRange: ExpressibleByArgument {
  let bounds: ClosedRange<Double>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map {
      Double($0.hasSuffix("s") ? $0.dropLast() : $0)
    }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low >= 0, high.isFinite,
      low <= high, high < 1e9
    else { return nil }
    bounds = low...high
  }
}

extension FieldQuantity: ExpressibleByArgument {}
extension WAVSampleFormat: ExpressibleByArgument {}
