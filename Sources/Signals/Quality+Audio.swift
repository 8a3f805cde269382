import Foundation

/// The agreement of a sound with another.
public struct AudioQuality: Sendable, Equatable {
  /// Mean squared error over all samples, in the unit of the signal squared.
  public var mse: Double
  /// Signal-to-noise ratio in dB; infinite for equal sounds.
  public var snr: Double

  /// Measures samples against the true ones.
  ///
  /// - Parameters:
  ///   - samples: the samples, as many as the truth has.
  ///   - truth: any number of channels, interleaved.
  public init(of samples: [Float], comparedWith truth: [Float]) {
    mse = Quality.meanSquaredError(samples, truth)
    snr = Quality.signalToNoise(
      meanSquaredError: mse, power: Quality.meanSquare(truth))
  }
}

extension Quality {
  /// The mean squared difference of samples, nothing clipped.
  public static func meanSquaredError(_ a: [Float], _ b: [Float]) -> Double {
    precondition(
      a.count == b.count && !a.isEmpty, "\(a.count) samples are compared with \(b.count)")
    var sum = 0.0
    for index in a.indices {
      let difference = Double(a[index]) - Double(b[index])
      sum += difference * difference
    }
    return sum / Double(a.count)
  }

  /// The mean of the squares: a sound's power.
  public static func meanSquare(_ samples: [Float]) -> Double {
    samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
  }

  /// Signal to noise: `10 log10(power / mse)` dB, +infinity for no error.
  ///
  /// - Parameter power: the mean square of the true signal.
  public static func signalToNoise(meanSquaredError: Double, power: Double) -> Double {
    meanSquaredError == 0 ? .infinity : 10 * log10(power / meanSquaredError)
  }
}
