/// The largest difference of two arrays relative to the largest magnitude of the expected one.
///
/// One number for a whole array, to be compared with a tolerance and reported. Infinite where the
/// arrays have different counts or none, where a number isn't finite, or where nothing but zeros
/// is expected and something else found, so that no comparison passes by accident.
public func errorRelativeToLargest(_ actual: [Float], _ expected: [Double]) -> Double {
  guard actual.count == expected.count, !expected.isEmpty else { return .infinity }
  let difference = zip(actual, expected).reduce(0.0) { worst, pair in
    let own = abs(Double(pair.0) - pair.1)
    return own.isFinite ? max(worst, own) : .infinity
  }
  let largest = expected.reduce(0.0) { max($0, abs($1)) }
  return difference == 0 ? 0 : difference / largest
}

/// The same with an expectation in float32.
public func errorRelativeToLargest(_ actual: [Float], _ expected: [Float]) -> Double {
  errorRelativeToLargest(actual, expected.map(Double.init))
}

/// The largest difference of two arrays, each element relative to its own expectation.
///
/// Infinite in the same cases as `errorRelativeToLargest`.
public func largestRelativeError(_ actual: [Float], _ expected: [Double]) -> Double {
  guard actual.count == expected.count, !expected.isEmpty else { return .infinity }
  return zip(actual, expected).reduce(0.0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1)
    if difference == 0 { return worst }
    let own = difference / abs(pair.1)
    return own.isFinite ? max(worst, own) : .infinity
  }
}
