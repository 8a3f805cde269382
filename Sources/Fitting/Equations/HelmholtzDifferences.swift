import Foundation
import Numerics

/// The Helmholtz equation by finite differences of fourth order, as a solution to compare with.
///
/// A band matrix over the inner points of a square grid, factored once.
package struct HelmholtzDifferences: Sendable {
  private let real: GridFunction
  private let imaginary: GridFunction

  /// Solves the equation on a grid.
  ///
  /// - Parameter cells: cells along each axis.
  /// - Throws: `LinearAlgebraError`.
  package init(_ equation: HelmholtzEquation, cells: Int, _ medium: HelmholtzEquation.Medium) throws
  {
    let inner = cells - 1
    let h = 2 / Double(cells)
    let place = { (index: Int) in -1 + h * Double(index + 1) }
    let band = 2 * inner
    let width = 3 * band + 1
    let order = inner * inner
    var bands = [Double](repeating: 0, count: 2 * order * width)
    var right = [Double](repeating: 0, count: 2 * order)
    let square = equation.waveNumber * equation.waveNumber
    // Factors of the neighbours at distances -2...2: first and second derivative.
    let fourth = (
      first: [1.0, -8, 0, 8, -1].map { $0 / (12 * h) },
      second: [-1.0, 16, -30, 16, -1].map { $0 / (12 * h * h) }
    )
    let plain = (
      first: [0, -1.0, 0, 1, 0].map { $0 / (2 * h) },
      second: [0, 1.0, -2, 1, 0].map { $0 / (h * h) }
    )
    let stretches = (0..<inner).map { equation.stretch(place($0)) }
    for row in 0..<inner {
      for column in 0..<inner {
        let index = row * inner + column
        func add(_ other: Int, _ number: Complex) {
          let at = 2 * (other * width + 2 * band + index - other)
          bands[at] += number.real
          bands[at + 1] += number.imaginary
        }
        for (own, step) in [(row, inner), (column, 1)] {
          let (d, slope) = stretches[own]
          // Next to the border, deep in the absorbing layer, the second order does.
          let factors = own >= 1 && own < inner - 1 ? fourth : plain
          for offset in -2...2 where (0..<inner).contains(own + offset) {
            add(
              index + offset * step,
              factors.second[offset + 2] * (d * d) + factors.first[offset + 2] * slope)
          }
        }
        let (y, x) = (place(row), place(column))
        add(index, Complex(square * medium(y, x), 0))
        right[2 * index] = -equation.source(row: y, column: x)
      }
    }
    let solution = try LinearAlgebra.solveComplexBands(
      order: order, bandwidth: band, &bands, right)
    let grid = { (part: Int) -> GridFunction in
      var values = [Double](repeating: 0, count: (cells + 1) * (cells + 1))
      for row in 0..<inner {
        for column in 0..<inner {
          values[(row + 1) * (cells + 1) + column + 1] =
            solution[2 * (row * inner + column) + part]
        }
      }
      return GridFunction(side: cells + 1, values: values)
    }
    (real, imaginary) = (grid(0), grid(1))
  }

  /// The real and the imaginary part at a point of -1...1.
  package func values(row: Double, column: Double) -> [Double] {
    [real, imaginary].map { $0.value(row: (row + 1) / 2, column: (column + 1) / 2) }
  }
}
