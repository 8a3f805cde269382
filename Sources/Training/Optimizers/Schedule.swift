import Foundation

/// The learning rate over a run, as a function of the fraction done.
public enum Schedule: Sendable, Equatable, Codable {
  /// Constant.
  case constant
  /// Rises linearly over the first `warmUp` of the run, then stays.
  case warmUp(Double)
  /// Rises linearly over the first `warmUp` of the run, then falls to 0 along a half cosine
  /// (Loshchilov and Hutter, arXiv 1608.03983).
  case cosine(warmUp: Double)

  /// The factor on the peak learning rate.
  ///
  /// - Parameter progress: 0 at the first step, 1 at the end. Larger numbers count as 1.
  public func factor(at progress: Double) -> Double {
    let progress = min(1, max(0, progress))
    switch self {
    case .constant: return 1
    case .warmUp(let warmUp): return progress < warmUp ? max(0.01, progress / warmUp) : 1
    case .cosine(let warmUp):
      if progress < warmUp { return max(0.01, progress / warmUp) }
      let rest = (progress - warmUp) / max(1e-12, 1 - warmUp)
      return 0.5 * (1 + cos(Double.pi * rest))
    }
  }
}
