// Why this is not done by FFTW 3.3.10 (measured on two cores, Zen 4 with AVX-512; Docs/EXPERIMENTS.md,
// "Which libraries replace code of ours?"):
// - Licence: FFTW is under the GPL. A program under the Apache licence that links it can only be
//   distributed under the GPL, version 3. Debian's KissFFT, under the BSD licence, has single
//   precision (off by 6e-4 where double precision is off by 8e-12).
// - Speed: the 101 frequencies of 16,384 samples that an activation study needs take 2.6 ms here
//   and 1.7 ms by FFTW with its plan. A study of 11 layers needs 44 such spectra.

import Foundation

/// The strength of the frequencies in a signal.
public enum Spectrum {
  /// The magnitudes of the discrete Fourier transform of a real signal at its lowest frequencies.
  ///
  /// - Parameters:
  ///   - signal: any number n of equally spaced samples.
  ///   - count: the number of frequencies, of which at most n / 2 + 1 are computed.
  /// - Returns: at index k the magnitude of the sum of `signal[t] exp(-2 pi i k t / n)`, which is
  ///   the frequency of k cycles over the whole signal.
  public static func magnitudes(of signal: [Double], count: Int) -> [Double] {
    let samples = signal.count
    let frequencies = min(count, samples / 2 + 1)
    guard samples > 0, frequencies > 0 else { return [] }
    // Only the lowest few of many frequencies are needed. They are summed directly with the roots
    // of unity from one table, so any length is exact.
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
