import CKernels
import DifferentiableCore

extension ParameterGradient {
  /// Its Euclidean length.
  ///
  /// Summed in double precision, piece by piece in order, so it does not depend on the number of
  /// threads.
  public var length: Double {
    parts.reduce(0) { total, part in
      total
        + part.withValues { values -> Double in
          guard let base = values.baseAddress else { return 0 }
          // No pointer outlives this call.
          nonisolated(unsafe) let source = base
          return FlatPieces.map(values.count) {
            ck_squared_length(source + $0.lowerBound, $0.count)
          }.reduce(0, +)
        }
    }.squareRoot()
  }
}

/// The factor that makes a gradient of some length at most `limit` long; 1 for one that is short
/// enough or not finite.
///
/// Optimizers take it as `scale`, which saves a pass over the gradient.
public func clippingFactor(length: Double, limit: Float) -> Float {
  length > Double(limit) && length.isFinite ? Float(Double(limit) / length) : 1
}
