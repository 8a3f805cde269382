import DatasetCatalog
import Foundation
import GridPriors
import HyperNetworks
import SubspacePriors

/// What a validation of a training measures.
public enum ValidationMeasure: String, Sendable, Equatable, CaseIterable {
  /// The mean squared error, for values 0...1; less is better.
  case meanSquaredError = "mse"
  /// The squared error divided by that of the closed form; less is better.
  case errorRatio = "ratio"
  /// Decibels gained on linear interpolation; more is better.
  case gain = "gain_db"

  /// The quantity, for the axis of a plot.
  public var title: String {
    switch self {
    case .meanSquaredError: "mean squared error"
    case .errorRatio: "error relative to the closed form"
    case .gain: "gain on linear interpolation (dB)"
    }
  }

  /// A value with its measure, as a person writes it.
  public func text(_ value: Double) -> String {
    switch self {
    case .meanSquaredError: "mse " + String(format: "%.4g", value)
    case .errorRatio: String(format: "%.3f of closed form", value)
    case .gain: String(format: "%+.2f dB", value)
    }
  }

  /// A value without its measure.
  public func number(_ value: Double) -> String {
    switch self {
    case .meanSquaredError: String(format: "%.4g", value)
    case .errorRatio: String(format: "%.3f", value)
    case .gain: String(format: "%+.2f", value)
    }
  }

  /// Whether one value is better than another.
  public func isBetter(_ value: Double, than other: Double) -> Bool {
    self == .gain ? value > other : value < other
  }
}

extension NetworkValidation {
  /// The measure, its mean, and its value for each number or share of observed pixels.
  ///
  /// Nil without validation pictures. The mean of ratios is geometric, and that of gains is their
  /// mean in decibels.
  public var summary: (measure: ValidationMeasure, value: Double, parts: [RunValidation.Part])? {
    switch self {
    case .errors(let result):
      guard !result.errors.isEmpty else { return nil }
      let parts = result.errors.map {
        RunValidation.Part(observed: "\($0.points) points", value: $0.meanSquaredError)
      }
      return (.meanSquaredError, result.mean, parts)
    case .ratios(let result):
      guard !result.ratios.isEmpty else { return nil }
      let parts = result.ratios.map {
        RunValidation.Part(observed: "\($0.points) points", value: $0.ratio)
      }
      let logarithms = result.ratios.reduce(0) { $0 + log(max(1e-12, $1.ratio)) }
      return (.errorRatio, exp(logarithms / Double(parts.count)), parts)
    case .grid(let result):
      guard let gain = result.gain else { return nil }
      let parts = result.ratios.map {
        RunValidation.Part(
          observed: String(format: "%g%%", 100 * $0.share),
          value: -10 * log10(max(1e-12, $0.ratio)))
      }
      return (.gain, gain, parts)
    }
  }
}
