import Foundation

/// Mean squared errors on the validation pictures, with values clipped to 0...1.
///
/// They are means over random pixels, observed or not: 256 of each picture, or all of a smaller one. At most 128
/// pictures take part.
public struct ValidationResult: Sendable, Equatable {
  /// The error for each number of observed points.
  public let errors: [(points: Int, meanSquaredError: Double)]

  /// The mean over the numbers of points.
  public var mean: Double {
    errors.reduce(0) { $0 + $1.meanSquaredError } / Double(max(1, errors.count))
  }

  /// The mean logarithm, in which every number of points has the same weight; nil without pictures.
  var score: Double? {
    errors.isEmpty
      ? nil
      : errors.reduce(0) { $0 + log(max($1.meanSquaredError, 1e-12)) } / Double(errors.count)
  }

  /// Whether two results are exactly equal.
  public static func == (left: ValidationResult, right: ValidationResult) -> Bool {
    left.errors.map(\.points) == right.errors.map(\.points)
      && left.errors.map(\.meanSquaredError) == right.errors.map(\.meanSquaredError)
  }
}
