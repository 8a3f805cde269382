import Numerics
import Signals

/// The Gaussian posterior of one prior for the observed pixels of one mask, prepared for many pictures.
package struct ResidualContext: Sendable {
  private let prior: SubspacePrior
  private let evidence: SubspaceEvidence
  private let wide: DoubleMatrix
  private let deviation: [Float]
  private let mask: PixelMask
  /// The observed pixels.
  private let points: [Int]
  private let isShownNeighbours: Bool
  /// Prepared for the neighbours' pictures; nil if they are not used or not worth their time.
  private let source: NeighbourSource?

  /// - Parameters:
  ///   - prior: with its codes, if neighbours are shown.
  ///   - grid: that of the prior.
  ///   - mask: of the prior's size, with at least one observed pixel and at most as many as the
  ///     prior has functions.
  ///   - neighbourhood: effective number of neighbours whose picture the network is shown; nil for none.
  ///   - codes: the prior's codes, if they were prepared for many masks.
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  package init(
    _ prior: SubspacePrior, _ grid: ResidualGrid, _ mask: PixelMask,
    neighbourhood: Double? = nil, codes: TrainingCodes? = nil
  ) throws {
    let size = prior.imageSize
    let coordinates = CoordinateGrid.points(height: size, width: size)
    let points = mask.observed.indices.filter { mask.observed[$0] }
    self.points = points
    evidence = try SubspaceEvidence(
      prior, coordinates: points.flatMap { [coordinates[2 * $0], coordinates[2 * $0 + 1]] },
      values: [Double](repeating: 0, count: points.count * prior.channels),
      counts: [Double](repeating: 1, count: points.count))
    wide = try CodePosterior.collectionCovariance(evidence)
    deviation = grid.deviation(wide)
    isShownNeighbours = neighbourhood != nil
    source =
      evidence.isWorthNeighbours
      ? try neighbourhood.map { [evidence, wide] in
        let conditioning = evidence.conditioning(of: codes ?? prior.trainingCodes, forMeans: true)
        return NeighbourSource(
          count: $0,
          distances: try CodeDistances(conditioning, wide, hasMirror: prior.mirror != nil),
          conditioning: conditioning)
      } : nil
    self.prior = prior
    self.mask = mask
  }

  /// The codes prepared for one mask.
  private struct NeighbourSource: Sendable {
    let count: Double
    let distances: CodeDistances
    let conditioning: NeighbourhoodConditioning
  }

  /// The network's inputs for some pictures, each row-major `[size, size, c]` in 0...1.
  package func inputs(of pictures: [[Float]]) throws -> [ResidualInputs] {
    let channels = prior.channels
    let seen = evidence.whitened(
      pictures.map { picture in
        DoubleMatrix(
          rows: points.count, columns: channels,
          values: points.flatMap { point in
            picture[point * channels..<(point + 1) * channels].map { Double($0) }
          })
      }, prior)
    let codes = wide.multiplied(by: seen.projections)
    let restored = evidence.pictures(prior, codes: codes, residuals: seen.residuals)
    let near = try source.map { try neighbours(of: seen, codes, $0) }
    return pictures.indices.map { index in
      let (picture, gaussian) = (pictures[index], restored[index])
      return ResidualInputs(
        gaussian: gaussian, deviation: deviation,
        observed: picture.indices.map { mask.observed[$0 / channels] ? picture[$0] : 0 },
        mask: mask.observed.map { $0 ? 1 : 0 },
        neighbours: isShownNeighbours
          ? NeighbourDepartures(
            of: near?[index] ?? gaussian, from: gaussian, deviation: deviation,
            size: prior.imageSize) : nil)
    }
  }

  /// The neighbours' pictures.
  private func neighbours(
    of seen: WhitenedValues, _ means: DoubleMatrix, _ source: NeighbourSource
  ) throws -> [[Float]] {
    let codes = try (0..<means.columns).map { picture in
      let distances = source.distances.distances(
        residual: seen.residual(of: picture), collectionMean: means.column(picture))
      let found = Neighbours(distances, codes: prior.codeCount, largest: source.count)
      return try source.conditioning.posterior(
        found.neighbourhood(effectiveCount: source.count),
        projection: seen.projection(of: picture), residual: seen.residual(of: picture),
        withCovariance: false
      ).mean
    }
    return evidence.pictures(
      prior, codes: DoubleMatrix(columns: codes, rows: prior.codeLength),
      residuals: seen.residuals)
  }
}
