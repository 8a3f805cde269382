import Foundation

/// Errors on the held-out pictures: mean squared, over all pixels, clipped to 0...1.
public struct ValidationResult: Sendable, Equatable {
  /// Number of observed points and the error with that many.
  public let errors: [(points: Int, meanSquaredError: Double)]

  /// The mean over the numbers of points.
  public var mean: Double {
    errors.reduce(0) { $0 + $1.meanSquaredError } / Double(max(1, errors.count))
  }

  /// The mean logarithm, in which many and few points count alike; nil without pictures.
  var score: Double? {
    errors.isEmpty
      ? nil
      : errors.reduce(0) { $0 + log(max($1.meanSquaredError, 1e-12)) } / Double(errors.count)
  }

  /// Whether two results agree exactly.
  public static func == (left: ValidationResult, right: ValidationResult) -> Bool {
    left.errors.map(\.points) == right.errors.map(\.points)
      && left.errors.map(\.meanSquaredError) == right.errors.map(\.meanSquaredError)
  }
}
