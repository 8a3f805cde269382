import DifferentiableCore
import Foundation
import Signals

/// How sure a prior is of each part of its training grid, worked out for many observations at once.
struct CorrectionGrid: Sendable, Equatable {
  /// How the mean over the channels depends on the code, at the centres of patches of 2x2 pixels,
  /// `[(size / 2)^2, J]`; deviations vary slowly.
  private let loadings: DoubleMatrix
  /// The leftover's variance there.
  private let leftover: [Double]
  private let size: Int
  private let half: Int

  init(_ prior: ComponentPrior) {
    size = prior.imageSize
    half = (size + 1) / 2
    let weights = (0..<prior.channels).map { axis in
      prior.channelAxes.row(axis).reduce(0, +) / Double(prior.channels)
    }
    var mixed = DoubleMatrix(rows: prior.basis.count, columns: prior.codeLength)
    for (axis, weight) in weights.enumerated() { mixed.add(prior.loadings[axis], times: weight) }
    let centres = (0..<half).map { [size] in
      CoordinateGrid.coordinate(ofIndex: 2 * Double($0) + 0.5, size: size)
    }
    let places = prior.basis.axisFunctions(at: centres)
    let turned = mixed.transposed()
    let columns = Parallel.map(turned.rows) { prior.basis.sums(turned.row($0), at: places) }
    loadings = DoubleMatrix(
      rows: columns.count, columns: half * half, values: Array(columns.joined())
    ).transposed()
    // Squares of products are products of squares.
    var squares = places
    for index in squares.values.indices { squares.values[index] *= squares.values[index] }
    let share = zip(weights, prior.channelScales).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    leftover = prior.basis.sums(prior.leftover.map { share * $0 }, at: squares)
  }

  /// The deviation of the channels' mean at each pixel, `[size, size]`, for a covariance of the code;
  /// what the observations say of the leftover does not count.
  func deviation(_ covariance: DoubleMatrix) -> [Float] {
    let variances = loadings.multiplied(by: covariance).rowProducts(with: loadings)
    let coarse = zip(variances, leftover).map { Float(max(0, $0 + $1).squareRoot()) }
    return (0..<size * size).map { coarse[$0 / size / 2 * half + $0 % size / 2] }
  }
}
