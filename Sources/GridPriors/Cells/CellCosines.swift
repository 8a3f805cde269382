import Fields
import Foundation
import Numerics

/// The cosines of a grid's cells, and the sine layer that computes them.
///
/// The pixels of a cell and its overlaps are a block of n x n values. A block is a sum of products of cosines
/// `a_u a_v cos(pi u (y + 1/2) / n) cos(pi v (x + 1/2) / n)` (the discrete cosine transform, Ahmed, Natarajan and Rao
/// 1974), where y and x are positions in the block. A product of cosines is half the sum of two plane waves, and a
/// plane wave is a unit `sin(omega (W x + b))`. So a cell is exactly a SIREN of one sine layer, which agrees with the
/// block at its pixels and is smooth between them.
package struct CellCosines: Sendable {
  /// Side n of a block, in pixels.
  package let side: Int
  package let grid: CellGrid
  /// Row u holds `a_u cos(pi u (i + 1/2) / n)` for each pixel i.
  private let transform: [Float]

  /// Cosines of the cells of a picture.
  package init(_ configuration: GridPriorConfiguration, width: Int, height: Int) {
    grid = CellGrid(
      [height, width].map { samples in
        CellAxis(
          samples: samples,
          cells: max(1, (samples + configuration.cellSize - 1) / configuration.cellSize),
          overlap: Double(configuration.cellOverlap))
      })
    let longest = grid.axes.reduce(0) { max($0, $1.length + 2 * $1.overlap) }
    let side = Int(longest.rounded(.up)) + 1
    self.side = side
    transform = (0..<side).flatMap { order in
      (0..<side).map { Float(Self.cosine(order, at: Double($0), side: side)) }
    }
  }

  /// `a_u cos(pi u (y + 1/2) / n)`.
  private static func cosine(_ order: Int, at position: Double, side: Int) -> Double {
    let scale = ((order == 0 ? 1 : 2) / Double(side)).squareRoot()
    return scale * cos(Double.pi * Double(order) * (position + 0.5) / Double(side))
  }

  /// The first pixel of a cell's block along each axis; it may lie outside the picture.
  package func origin(of cell: Int) -> (row: Int, column: Int) {
    let indices = grid.indices(of: cell)
    let starts = (0..<2).map { axis in
      Int((grid.axes[axis].middle(of: indices[axis]) - Double(side - 1) / 2).rounded())
    }
    return (starts[0], starts[1])
  }

  /// The coefficients of a block, `[n, n]`.
  package func coefficients(of block: [Float]) -> [Float] {
    product(transform, product(block, transform, transposed: true), transposed: false)
  }

  /// The block with given coefficients, `[n, n]`.
  package func block(of coefficients: [Float]) -> [Float] {
    let turned = (0..<side * side).map { transform[$0 % side * side + $0 / side] }
    return product(turned, product(coefficients, turned, transposed: true), transposed: false)
  }

  /// The cosines at a position in a block, `[n, n]`.
  func values(row: Double, column: Double) -> [Double] {
    let vertical = (0..<side).map { Self.cosine($0, at: row, side: side) }
    let horizontal = (0..<side).map { Self.cosine($0, at: column, side: side) }
    return vertical.flatMap { factor in horizontal.map { factor * $0 } }
  }

  /// `a b` or `a b^T` of n x n matrices.
  private func product(_ a: [Float], _ b: [Float], transposed: Bool) -> [Float] {
    var result = [Float](repeating: 0, count: side * side)
    for row in 0..<side {
      for column in 0..<side {
        var sum: Float = 0
        for inner in 0..<side {
          sum +=
            a[row * side + inner]
            * (transposed ? b[column * side + inner] : b[inner * side + column])
        }
        result[row * side + column] = sum
      }
    }
    return result
  }

  /// Waves per cell: two for each product of cosines, one where an order is 0.
  var waves: Int { 2 * (side - 1) * (side - 1) + 2 * (side - 1) }

  private static let omega = 30.0

  /// The shape of each cell's network.
  package func architecture(channels: Int) -> SirenArchitecture {
    SirenArchitecture(
      coordinates: 2, hiddenWidth: max(1, waves), hiddenLayers: 0, outputs: channels,
      omegaFirst: Float(Self.omega), omegaHidden: Float(Self.omega))
  }

  /// The parameters of a cell's network, whose coordinates span -1...1 from border to border.
  ///
  /// - Parameters:
  ///   - cell: the cell.
  ///   - coefficients: for each channel those of its block, `[c][n, n]`, for values -1...1.
  package func parameters(of cell: Int, _ coefficients: [[Float]]) -> [Float] {
    let indices = grid.indices(of: cell)
    let start = origin(of: cell)
    // The angle of order 1 is `slope * local + phase` along each axis.
    let angles = zip(grid.axes.indices, [start.row, start.column]).map { axis, origin in
      (
        slope: Double.pi * grid.axes[axis].length / Double(2 * side),
        phase: Double.pi
          * (grid.axes[axis].middle(of: indices[axis]) - Double(origin) + 0.5) / Double(side)
      )
    }
    var weights: [Float] = []
    var biases: [Float] = []
    var outputs = [[Float]](repeating: [], count: coefficients.count)
    for u in 0..<side {
      for v in 0..<side where u > 0 || v > 0 {
        let scale =
          ((u == 0 ? 1 : 2) / Double(side)).squareRoot()
          * ((v == 0 ? 1 : 2) / Double(side)).squareRoot()
        let signs: [Double] = u == 0 || v == 0 ? [1] : [1, -1]
        for sign in signs {
          weights.append(Float(Double(u) * angles[0].slope / Self.omega))
          weights.append(Float(sign * Double(v) * angles[1].slope / Self.omega))
          let phase = Double(u) * angles[0].phase + sign * Double(v) * angles[1].phase
          // Reduced to one period, so that it is exact in single precision.
          let reduced = (phase + Double.pi / 2).truncatingRemainder(dividingBy: 2 * Double.pi)
          biases.append(Float(reduced / Self.omega))
          for channel in coefficients.indices {
            outputs[channel].append(
              Float(scale * Double(coefficients[channel][u * side + v]) / Double(signs.count)))
          }
        }
      }
    }
    if biases.isEmpty {
      // A cell of one pixel is constant and still needs one unit.
      weights = [0, 0]
      biases = [0]
      outputs = outputs.map { _ in [0] }
    }
    let constants = coefficients.map { $0[0] / Float(side) }
    return weights + biases + outputs.flatMap { $0 } + constants
  }
}
