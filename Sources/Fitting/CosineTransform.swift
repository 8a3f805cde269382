// Why this is not done by FFTW 3.3.10 (measured on two cores, Zen 4 with AVX-512, one thread;
// Docs/EXPERIMENTS.md, "Which libraries replace code of ours?"):
// - Licence: FFTW is under the GPL. A program under the Apache licence that links it can only be
//   distributed under the GPL, version 3. Of the libraries under a permissive licence, Debian 12 has
//   no pocketfft, and its KissFFT has single precision and no cosine transform.
// - Speed: the matrix products here are done by OpenBLAS. FFTW is faster, but a program transforms
//   a picture only two or three times per channel, beside a fit of seconds to minutes: 11 instead of
//   4 ms at 512x512, equal at 509x509 (a prime size), 0.59 instead of 0.08 s at 2048x2048. The
//   coefficients agree to 4e-11.

import Foundation
import Numerics

/// The discrete cosine and sine bases of a picture with reflecting borders, in double precision.
///
/// Along an axis of n pixels the functions `cos(w_k (i + 1/2))`, `w_k = pi k / n`, k = 0..<n, are those that
/// reflection about both borders continues (the DCT-II basis). Differences map them to `sin(w_k (i + 1/2))` and back.
/// Products are dense matrices, exact and fast enough for pictures of a few thousand pixels per side.
struct CosineTransform {
  let height: Int
  let width: Int
  /// `[height, height]`, `[width, width]`: row k is the orthonormal cosine of frequency k.
  private let rowCosines: DoubleMatrix
  private let columnCosines: DoubleMatrix

  init(height: Int, width: Int) {
    self.height = height
    self.width = width
    rowCosines = Self.basis(height, cos)
    columnCosines = height == width ? rowCosines : Self.basis(width, cos)
  }

  /// The frequency of basis function k of n, in radians per pixel.
  static func frequency(_ k: Int, of n: Int) -> Double { Double.pi * Double(k) / Double(n) }

  private static func basis(_ n: Int, _ function: (Double) -> Double) -> DoubleMatrix {
    var result = DoubleMatrix(rows: n, columns: n)
    for k in 0..<n {
      let norm = (k == 0 ? 1 / Double(n) : 2 / Double(n)).squareRoot()
      for i in 0..<n {
        result[k, i] = norm * function(frequency(k, of: n) * (Double(i) + 0.5))
      }
    }
    return result
  }

  /// Coefficients on products of cosines, `[height, width]`.
  func coefficients(_ picture: DoubleMatrix) -> DoubleMatrix {
    rowCosines.multiplied(by: picture).multiplied(by: columnCosines.transposed())
  }

  /// Coefficients on sines along the rows' axis times cosines along the columns' axis.
  func sineCosineCoefficients(_ picture: DoubleMatrix) -> DoubleMatrix {
    Self.basis(height, sin).multiplied(by: picture).multiplied(by: columnCosines.transposed())
  }

  /// Coefficients on cosines along the rows' axis times sines along the columns' axis.
  func cosineSineCoefficients(_ picture: DoubleMatrix) -> DoubleMatrix {
    rowCosines.multiplied(by: picture).multiplied(by: Self.basis(width, sin).transposed())
  }

  /// The picture with those coefficients on products of cosines.
  func picture(_ coefficients: DoubleMatrix) -> DoubleMatrix {
    rowCosines.transposed().multiplied(by: coefficients).multiplied(by: columnCosines)
  }
}
