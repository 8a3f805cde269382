import Signals
import Testing

/// The elements of two collections side by side, to loop over in a test.
///
/// Records an issue if the counts differ or there is nothing to compare. `zip` silently stops at
/// the end of the shorter one, and an empty loop checks nothing.
public func pairs<First: Collection, Second: Collection>(
  _ first: First, _ second: Second, sourceLocation: SourceLocation = #_sourceLocation
) -> [(First.Element, Second.Element)] {
  if let problem = countMismatch(first.count, second.count) {
    Issue.record(Comment(rawValue: problem), sourceLocation: sourceLocation)
  }
  return Array(zip(first, second))
}

/// The largest difference of two arrays of the same count.
///
/// It is infinite if a difference is not a number. If the counts differ or there is nothing to
/// compare, it is infinite too and an issue is recorded, so neither `< tolerance` nor `> tolerance`
/// passes.
public func maximumDifference(
  _ actual: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
  if let problem = countMismatch(actual.count, expected.count) {
    Issue.record(Comment(rawValue: problem), sourceLocation: sourceLocation)
    return .infinity
  }
  var worst = 0.0
  for index in actual.indices where actual[index] != expected[index] {
    worst = larger(worst, abs(actual[index] - expected[index]))
  }
  return worst
}

/// The same of numbers in float32.
public func maximumDifference(
  _ actual: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
  maximumDifference(
    actual.map(Double.init), expected.map(Double.init), sourceLocation: sourceLocation)
}

/// The same of numbers in float32 and an expectation in double precision.
public func maximumDifference(
  _ actual: [Float], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
  maximumDifference(actual.map(Double.init), expected, sourceLocation: sourceLocation)
}

/// The same of pictures, whose shapes are compared first.
public func maximumDifference(
  _ actual: Image, _ expected: Image, sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
  let shapes = [actual, expected].map { [$0.height, $0.width, $0.channels] }
  guard shapes[0] == shapes[1] else {
    Issue.record("shape \(shapes[0]), expected \(shapes[1])", sourceLocation: sourceLocation)
    return .infinity
  }
  return maximumDifference(actual.values, expected.values, sourceLocation: sourceLocation)
}

/// The larger one of a worst error so far and a new error; infinite if one is not a number.
///
/// `max` keeps the worst error so far where the new one is not a number, and a broken result passes.
public func larger(_ worst: Double, _ error: Double) -> Double {
  worst.isNaN || error.isNaN ? .infinity : max(worst, error)
}

/// Why two counts leave nothing to compare, if they do.
private func countMismatch(_ first: Int, _ second: Int) -> String? {
  if first != second { return "\(first) elements beside \(second)" }
  return first == 0 ? "no elements to compare" : nil
}
