import Signals
import Testing

/// Expects a number within a tolerance of another.
///
/// Passes when `|actual - expected| <= absolute + relative * |expected|`; equal infinities pass,
/// and what isn't a number never does. A tolerance that is negative or not finite fails, whatever
/// the numbers.
public func expectClose<Number: BinaryFloatingPoint>(
  actual: Number, expected: Number, absolute: Double = 0, relative: Double = 0,
  _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    actual: [actual], expected: [expected], absolute: absolute, relative: relative, comment,
    sourceLocation: sourceLocation)
}

/// Expects arrays of the same count, and each number within a tolerance of its counterpart.
///
/// Records one issue that names the worst element. An empty expectation fails: it would check
/// nothing.
///
/// - Parameters:
///   - actualShape: the shape that the actual numbers have, compared first where given.
///   - expectedShape: the shape that they should have.
public func expectClose<Number: BinaryFloatingPoint>(
  actual: [Number], expected: [Number], absolute: Double = 0, relative: Double = 0,
  actualShape: [Int]? = nil, expectedShape: [Int]? = nil,
  _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let failure = mismatch(
    actual: actual, expected: expected, absolute: absolute, relative: relative,
    actualShape: actualShape, expectedShape: expectedShape)
  guard let failure else { return }
  Issue.record(
    Comment(rawValue: comment.isEmpty ? failure : "\(comment): \(failure)"),
    sourceLocation: sourceLocation)
}

/// Expects pictures of the same shape, and each value within a tolerance of its counterpart.
public func expectClose(
  actual: Image, expected: Image, absolute: Double = 0, relative: Double = 0,
  _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    actual: actual.values, expected: expected.values, absolute: absolute, relative: relative,
    actualShape: [actual.height, actual.width, actual.channels],
    expectedShape: [expected.height, expected.width, expected.channels],
    comment, sourceLocation: sourceLocation)
}

private func mismatch<Number: BinaryFloatingPoint>(
  actual: [Number], expected: [Number], absolute: Double, relative: Double,
  actualShape: [Int]?, expectedShape: [Int]?
) -> String? {
  guard absolute >= 0, relative >= 0, absolute.isFinite, relative.isFinite else {
    return "tolerances must be at least 0 and finite, got \(absolute) and \(relative)"
  }
  if actualShape != expectedShape {
    return "shape \(description(actualShape)), expected \(description(expectedShape))"
  }
  if actual.count != expected.count {
    return "\(actual.count) numbers, expected \(expected.count)"
  }
  if expected.isEmpty { return "no numbers to compare" }

  var worst: (index: Int, excess: Double)?
  var failures = 0
  for index in expected.indices {
    let a = Double(actual[index])
    let e = Double(expected[index])
    if a == e { continue }
    let error = abs(a - e)
    let tolerance = absolute + relative * abs(e)
    // Written so that NaN, and infinities that differ, fail.
    if error.isFinite && error <= tolerance { continue }
    failures += 1
    let excess = error.isFinite ? error - tolerance : .infinity
    if excess > (worst?.excess ?? -1) { worst = (index, excess) }
  }
  guard let worst else { return nil }
  return "\(failures) of \(expected.count) numbers differ; the worst, at index \(worst.index), is "
    + "\(actual[worst.index]), expected \(expected[worst.index]) within \(absolute) + "
    + "\(relative) relative"
}

private func description(_ shape: [Int]?) -> String {
  shape.map { "\($0)" } ?? "unstated"
}
