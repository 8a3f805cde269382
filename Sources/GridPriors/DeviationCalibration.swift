/// The factor on a predicted scale that makes it a standard deviation whose 90% intervals hold 90% of the values.
///
/// It depends on the predicted scale relative to the local deviation of the observations, and was measured on
/// validation pictures.
public struct DeviationCalibration: Sendable, Equatable {
  /// Logarithms of the relative scale, ascending.
  public private(set) var logarithms: [Float]
  /// The factor at each of them, above 0.
  public private(set) var factors: [Float]

  /// For a Laplace density, whose 90% interval is 2.303 scales on each side; a normal one's is 1.645 deviations.
  static let laplace: Float = 2.303 / 1.645

  /// The calibration of a network that has not been trained.
  public init() {
    logarithms = [0]
    factors = [Self.laplace]
  }

  /// A calibration from its points; nil if they are not ascending, finite and positive.
  public init?(logarithms: [Float], factors: [Float]) {
    guard !logarithms.isEmpty, logarithms.count == factors.count,
      logarithms.allSatisfy(\.isFinite), factors.allSatisfy({ $0.isFinite && $0 > 0 }),
      zip(logarithms, logarithms.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.logarithms = logarithms
    self.factors = factors
  }

  /// The factor for a scale, linear between the points and constant beyond them.
  package func factor(at logarithm: Float) -> Float {
    guard let above = logarithms.firstIndex(where: { $0 >= logarithm }) else {
      return factors[factors.count - 1]
    }
    guard above > 0 else { return factors[0] }
    let (low, high) = (logarithms[above - 1], logarithms[above])
    let part = (logarithm - low) / (high - low)
    return (1 - part) * factors[above - 1] + part * factors[above]
  }

  /// The calibration measured on validation pixels.
  ///
  /// - Parameter samples: the logarithm of each pixel's predicted relative scale, and its error divided by the scale.
  package init(measuredOn samples: [(logarithm: Float, ratio: Float)]) {
    let bins = 12
    let sorted = samples.sorted { $0.logarithm < $1.logarithm }
    var points: [(Float, Float)] = []
    if sorted.count >= 100 * bins {
      for bin in 0..<bins {
        let range = bin * sorted.count / bins..<(bin + 1) * sorted.count / bins
        let ratios = sorted[range].map(\.ratio).sorted()
        let middle = sorted[range.lowerBound + range.count / 2].logarithm
        let factor = max(0.05, ratios[ratios.count * 9 / 10] / 1.645)
        if let last = points.last, middle <= last.0 { continue }
        points.append((middle, factor))
      }
    }
    self =
      DeviationCalibration(logarithms: points.map(\.0), factors: points.map(\.1))
      ?? DeviationCalibration()
  }
}
