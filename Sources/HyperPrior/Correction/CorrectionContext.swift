import DifferentiableCore
import Signals

/// The Gaussian posterior of one prior for the observed pixels of one mask, ready for many pictures.
package struct CorrectionContext: Sendable {
  private let prior: ComponentPrior
  private let evidence: ComponentEvidence
  private let wide: DoubleMatrix
  private let deviation: [Float]
  private let mask: PixelMask
  /// The observed pixels.
  private let points: [Int]

  /// - Parameter mask: of the prior's size, with at least one observed pixel and at most as many as the
  ///   prior has functions.
  package init(_ prior: ComponentPrior, _ grid: CorrectionGrid, _ mask: PixelMask) throws {
    let size = prior.imageSize
    let coordinates = CoordinateGrid.points(height: size, width: size)
    let points = mask.observed.indices.filter { mask.observed[$0] }
    self.points = points
    evidence = try ComponentEvidence(
      prior, coordinates: points.flatMap { [coordinates[2 * $0], coordinates[2 * $0 + 1]] },
      values: [Double](repeating: 0, count: points.count * prior.channels),
      counts: [Double](repeating: 1, count: points.count))
    wide = try CodePosterior.collectionCovariance(evidence)
    deviation = grid.deviation(wide)
    self.prior = prior
    self.mask = mask
  }

  /// What the network is shown of some pictures, each row-major `[size, size, c]` in 0...1.
  package func inputs(of pictures: [[Float]]) -> [CorrectionInputs] {
    let channels = prior.channels
    let seen = evidence.whitened(
      pictures.map { picture in
        DoubleMatrix(
          rows: points.count, columns: channels,
          values: points.flatMap { point in
            picture[point * channels..<(point + 1) * channels].map { Double($0) }
          })
      }, prior)
    let restored = evidence.pictures(
      prior, codes: wide.multiplied(by: seen.projections), residuals: seen.residuals)
    return zip(pictures, restored).map { picture, gaussian in
      CorrectionInputs(
        gaussian: gaussian, deviation: deviation,
        observed: picture.indices.map { mask.observed[$0 / channels] ? picture[$0] : 0 },
        mask: mask.observed.map { $0 ? 1 : 0 })
    }
  }
}
