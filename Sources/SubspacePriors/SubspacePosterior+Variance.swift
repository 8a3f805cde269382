import Numerics
import Signals

extension SubspacePosterior {
  /// The predictive variance of each value of a picture.
  ///
  /// For a large picture it is computed on a grid that determines it everywhere; see
  /// `VarianceGrid`.
  ///
  /// - Returns: row-major `[height, width, c]`, for values 0...1, with the noise of a measurement.
  /// - Throws: `PriorError/withoutUncertainty` if something was observed and the posterior was made
  ///   without its uncertainty.
  public func variance(width: Int, height: Int) throws -> [Float] {
    if let gridTargets, width == prior.imageSize, height == prior.imageSize {
      return try variance(at: gridTargets)
    }
    let coordinates = CoordinateGrid.points(height: height, width: width)
    let grid = VarianceGrid(prior.basis)
    guard grid.count < width * height else {
      return scaled(try unscaledVariances(at: coordinates), at: coordinates)
    }
    let values = try unscaledVariances(at: grid.coordinates)
    return scaled(grid.variances(values, width: width, height: height), at: coordinates)
  }

  /// The predictive variance of each value at points that many pictures share, `[m, c]`.
  ///
  /// - Parameter targets: of this posterior's prior.
  /// - Throws: as ``variance(width:height:)``.
  func variance(at targets: PriorTargets) throws -> [Float] {
    scaled(
      TargetLoadings(prior, evidence, targets).variances(try codeCovariance()),
      at: targets.coordinates)
  }

  /// The variances before noise and scaling, `[m, c]`; threads share the points.
  private func unscaledVariances(at coordinates: [Float]) throws -> [Double] {
    let (total, block, covariance) = (coordinates.count / 2, 512, try codeCovariance())
    let blocks = Parallel.map((total + block - 1) / block) { number -> [Double] in
      let own = number * block..<min(total, (number + 1) * block)
      let targets = PriorTargets(
        prior, Array(coordinates[2 * own.lowerBound..<2 * own.upperBound]))
      return TargetLoadings(prior, evidence, targets).variances(covariance)
    }
    return Array(blocks.joined())
  }

  /// The variances with noise, scaled as the intervals are.
  private func scaled(_ variances: [Double], at coordinates: [Float]) -> [Float] {
    let factors = widening?.factors(at: coordinates)
    return variances.indices.map { index in
      let scale = deviationScale * (factors?[index / prior.channels] ?? 1)
      return Float(scale * scale * (variances[index] + prior.noise))
    }
  }

  /// The covariance of the code, before scaling.
  ///
  /// - Throws: `PriorError/withoutUncertainty` if something was observed and covariances were not
  ///   computed.
  func codeCovariance() throws -> DoubleMatrix {
    try codes?.covariance(calibration.stackingWeights) ?? DoubleMatrix.identity(prior.codeLength)
  }
}
