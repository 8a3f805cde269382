import CommandSupport
import Fitting
import Signals

extension ActivationSettings {
  /// The settings as JSON.
  var json: [String: JSONValue] {
    [
      "width": .integer(width), "layers": .integer(hiddenLayers), "points": .integer(points),
      "omega_first": .number(omegaFirst), "omega_hidden": .number(omegaHidden),
      "seed": .integer(Int(truncatingIfNeeded: seed)),
    ]
  }
}

extension ActivationStatistics {
  /// Mean, deviation and spectrum as JSON, and the distance to what theory expects.
  func json(_ theory: Distribution?) -> JSONValue {
    .object([
      "mean": .number(histogram.mean), "deviation": .number(histogram.deviation),
      "distance_to_theory": theory.map { .number(histogram.distance(to: $0)) } ?? .null,
      "mean_frequency": .number(meanFrequency),
      "spectrum": .array(spectrum.map { .number(Float($0)) }),
      "histogram": [
        "low": .number(histogram.edges[0]), "bin_width": .number(histogram.binWidth),
        "counts": .array(histogram.counts.map { .integer($0) }),
      ],
    ])
  }
}
