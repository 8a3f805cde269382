import Foundation

/// Densities that theory predicts for a sine network, and the distance of a histogram from them.
public enum Distribution: Sendable, Equatable {
  /// The normal distribution with mean 0 and a deviation.
  case normal(deviation: Double)
  /// The arcsine distribution on -1...1: of the sine of a uniform angle (arXiv 2006.09661,
  /// supplement, lemma 1.1 as the notebook plots it).
  case arcsine

  /// The density at a number; the arcsine's is infinite at -1 and 1, and 0 beyond.
  public func density(at x: Double) -> Double {
    switch self {
    case .normal(let deviation):
      exp(-x * x / (2 * deviation * deviation)) / (deviation * (2 * Double.pi).squareRoot())
    case .arcsine: abs(x) > 1 ? 0 : 1 / (Double.pi * (1 - x * x).squareRoot())
    }
  }

  /// The cumulative distribution function.
  public func cumulative(at x: Double) -> Double {
    switch self {
    case .normal(let deviation): 0.5 * erfc(-x / (deviation * 2.0.squareRoot()))
    case .arcsine: 0.5 + asin(min(1, max(-1, x))) / Double.pi
    }
  }
}

extension Histogram {
  /// The largest difference of the cumulative distributions at the edges of bins (Kolmogorov and
  /// Smirnov), 0...1.
  public func distance(to distribution: Distribution) -> Double {
    zip(edges, cumulative).reduce(0) { max($0, abs($1.1 - distribution.cumulative(at: $1.0))) }
  }

  /// The largest difference of two histograms' cumulative distributions at common edges of their
  /// bins (Kolmogorov and Smirnov), 0...1.
  public func distance(to other: Histogram) -> Double {
    // Merging with the other's range, but not its numbers, brings both to common bins.
    var (a, b) = (self, other)
    a.merge(Histogram.empty(like: other))
    b.merge(Histogram.empty(like: self))
    return zip(a.cumulative, b.cumulative).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}
