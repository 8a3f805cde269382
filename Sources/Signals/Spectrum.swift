import Foundation

/// The strength of the frequencies in a signal.
public enum Spectrum {
  /// The magnitudes of the discrete Fourier transform of a real signal at its lowest frequencies.
  ///
  /// - Parameters:
  ///   - signal: any number n of equally spaced samples.
  ///   - count: how many frequencies, at most n / 2 + 1 of which are computed.
  /// - Returns: at index k the magnitude of the sum of `signal[t] exp(-2 pi i k t / n)`, which is
  ///   the frequency of k cycles over the whole signal.
  public static func magnitudes(of signal: [Double], count: Int) -> [Double] {
    let samples = signal.count
    let frequencies = min(count, samples / 2 + 1)
    guard samples > 0, frequencies > 0 else { return [] }
    // The lowest few of many frequencies are asked for: their sums are direct, with the roots of
    // unity from one table, so that any length is exact.
    let angles = (0..<samples).map { 2 * Double.pi * Double($0) / Double(samples) }
    let (cosines, sines) = (angles.map { cos($0) }, angles.map { sin($0) })
    return (0..<frequencies).map { frequency in
      var (real, imaginary) = (0.0, 0.0)
      var position = 0
      for value in signal {
        real += value * cosines[position]
        imaginary -= value * sines[position]
        position += frequency
        if position >= samples { position -= samples }
      }
      return (real * real + imaginary * imaginary).squareRoot()
    }
  }
}
