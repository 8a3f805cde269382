import Foundation
import Numerics
import Signals

/// A prior's standard deviations on its training grid, prepared for many sets of observations.
package struct ResidualGrid: Sendable, Equatable {
  /// How the mean over the channels depends on the code, at the centres of patches of 2x2 pixels,
  /// `[(size / 2)^2, J]`; a coarse grid is enough, since deviations vary slowly.
  private let loadings: SingleMatrix
  /// The residual variance at these centres.
  private let residualVariance: [Double]
  private let size: Int
  private let half: Int

  package init(_ prior: SubspacePrior) {
    size = prior.imageSize
    half = (size + 1) / 2
    let weights = (0..<prior.channels).map { axis in
      prior.channelAxes.row(axis).reduce(0, +) / Double(prior.channels)
    }
    let centres = (0..<half).map { [size] in
      CoordinateGrid.coordinate(ofIndex: 2 * Double($0) + 0.5, size: size)
    }
    let places = prior.basis.axisFunctions(at: centres)
    loadings = Self.loadings(prior, weights.map { Float($0) }, SingleMatrix(places))
    // The square of a product of cosines is the product of their squares.
    var squares = places
    for index in squares.values.indices { squares.values[index] *= squares.values[index] }
    let share = zip(weights, prior.channelScales).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    residualVariance = prior.basis.sums(prior.residualVariance.map { share * $0 }, at: squares)
  }

  /// The weighted loadings at all pairs of positions, `[p^2, J]`: transformed first along columns, then along
  /// rows.
  ///
  /// - Parameters:
  ///   - prior: holds the loadings.
  ///   - weights: of the channel axes, `[c]`.
  ///   - places: `[size, p]`: row u holds function u of an axis at the positions.
  private static func loadings(
    _ prior: SubspacePrior, _ weights: [Float], _ places: SingleMatrix
  ) -> SingleMatrix {
    let (size, length) = (prior.imageSize, prior.codeLength)
    // The functions of each v, by their u.
    var members = [[(u: Int, function: Int)]](repeating: [], count: size)
    for (function, index) in prior.basis.indices.enumerated() {
      members[index % size].append((index / size, function))
    }
    let used = members.indices.filter { !members[$0].isEmpty }
    let groups = used.map { members[$0] }
    // For each v, the sums over u at every row position, [p, J].
    let down = Parallel.map(used.count) { number -> SingleMatrix in
      let own = groups[number]
      var mixed = SingleMatrix(rows: own.count, columns: length)
      for (axis, weight) in weights.enumerated() {
        mixed.add(prior.loadings[axis].rows(own.map(\.function)), times: weight)
      }
      return places.rows(own.map(\.u)).transposedMultiplied(by: mixed)
    }
    let along = places.rows(used)
    let lines = Parallel.map(places.columns) { place -> [Float] in
      let sums = SingleMatrix(
        rows: used.count, columns: length,
        values: down.flatMap { $0.values[place * length..<(place + 1) * length] })
      return along.transposedMultiplied(by: sums).values
    }
    return SingleMatrix(
      rows: places.columns * places.columns, columns: length, values: Array(lines.joined()))
  }

  /// The standard deviation of the channels' mean at each pixel, `[size, size]`, for a covariance of the
  /// code.
  ///
  /// The observations' information about the residual is left out.
  func deviation(_ covariance: DoubleMatrix) -> [Float] {
    let variances = loadings.multiplied(by: SingleMatrix(covariance)).rowProducts(with: loadings)
    let coarse = zip(variances, residualVariance).map { Float(max(0, $0 + $1).squareRoot()) }
    return (0..<size * size).map { coarse[$0 / size / 2 * half + $0 % size / 2] }
  }
}
