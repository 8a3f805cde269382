import Foundation
import Numerics
import Signals

/// A function on the unit square, known at equally spaced points, between which it is a cubic polynomial.
package struct GridFunction: Sendable {
  /// Points along each axis, borders included.
  package let side: Int
  /// `[side, side]`.
  package let values: [Double]

  /// The value at a point of 0...1, by four points along each axis.
  package func value(row: Double, column: Double) -> Double {
    let (first, rows) = weights(row)
    let (second, columns) = weights(column)
    var sum = 0.0
    for i in 0..<4 {
      for j in 0..<4 { sum += rows[i] * columns[j] * values[(first + i) * side + second + j] }
    }
    return sum
  }

  private func weights(_ place: Double) -> (first: Int, weights: SIMD4<Double>) {
    let x = min(1, max(0, place)) * Double(side - 1)
    let first = min(side - 4, max(0, Int(x) - 1))
    let t = x - Double(first)
    // Lagrange's polynomials for the nodes 0, 1, 2, 3.
    return (
      first,
      SIMD4(
        -(t - 1) * (t - 2) * (t - 3) / 6, t * (t - 2) * (t - 3) / 2, -t * (t - 1) * (t - 3) / 2,
        t * (t - 1) * (t - 2) / 6)
    )
  }
}

/// A picture as a function with two continuous derivatives: cubic B-splines with the pixels as coefficients.
struct SmoothPicture: Sendable {
  private let side: Int
  private let pixels: [Double]

  /// Resizes the mean of the channels to a square.
  init(_ picture: Image, side: Int) {
    let small = picture.composited(onto: 1).resized(width: side, height: side)
    self.side = side
    pixels = (0..<side * side).map { pixel in
      let start = pixel * small.channels
      return small.values[start..<start + small.channels].reduce(0) { $0 + Double($1) }
        / Double(small.channels)
    }
  }

  /// The mean of the pixels.
  var mean: Double { pixels.reduce(0, +) / Double(pixels.count) }
  /// The standard deviation of the pixels.
  var deviation: Double {
    let mean = mean
    return (pixels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pixels.count))
      .squareRoot()
  }

  /// The value at a point of 0...1.
  func value(row: Double, column: Double) -> Double {
    let (first, rows) = weights(row)
    let (second, columns) = weights(column)
    var sum = 0.0
    for i in 0..<4 {
      let y = min(side - 1, max(0, first + i))
      for j in 0..<4 {
        sum += rows[i] * columns[j] * pixels[y * side + min(side - 1, max(0, second + j))]
      }
    }
    return sum
  }

  private func weights(_ place: Double) -> (first: Int, weights: SIMD4<Double>) {
    let x = min(1, max(0, place)) * Double(side) - 0.5
    let whole = x.rounded(.down)
    let t = x - whole
    return (
      Int(whole) - 1,
      SIMD4(
        (1 - t) * (1 - t) * (1 - t), 3 * t * t * t - 6 * t * t + 4,
        -3 * t * t * t + 3 * t * t + 3 * t + 1, t * t * t) / 6
    )
  }
}

/// The five-point solution of `-laplacian u = f` on the unit square with 0 on its border, by sine transforms.
package enum SquarePoisson {
  /// - Parameters:
  ///   - cells: cells along each side; the solution is known at their corners.
  ///   - source: f at a point (row, column) of 0...1.
  package static func solve(cells: Int, _ source: (Double, Double) -> Double) -> GridFunction {
    let inner = cells - 1
    let h = 1 / Double(cells)
    var sines = DoubleMatrix(rows: inner, columns: inner)
    for k in 0..<inner {
      for i in 0..<inner {
        sines[k, i] = (2 * h).squareRoot() * sin(Double.pi * Double((k + 1) * (i + 1)) * h)
      }
    }
    var right = DoubleMatrix(rows: inner, columns: inner)
    for row in 0..<inner {
      for column in 0..<inner {
        right[row, column] = source(Double(row + 1) * h, Double(column + 1) * h)
      }
    }
    // The basis is symmetric and its own inverse.
    var coefficients = sines.multiplied(by: right).multiplied(by: sines)
    let eigenvalue = { (k: Int) in (2 - 2 * cos(Double.pi * Double(k + 1) * h)) / (h * h) }
    for row in 0..<inner {
      for column in 0..<inner {
        coefficients[row, column] /= eigenvalue(row) + eigenvalue(column)
      }
    }
    let solution = sines.multiplied(by: coefficients).multiplied(by: sines)
    var values = [Double](repeating: 0, count: (cells + 1) * (cells + 1))
    for row in 0..<inner {
      for column in 0..<inner {
        values[(row + 1) * (cells + 1) + column + 1] = solution[row, column]
      }
    }
    return GridFunction(side: cells + 1, values: values)
  }
}
