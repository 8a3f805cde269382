import Foundation
import ImagePriors
import Interpolation
import Numerics
import Signals

/// The regularization of a sample covariance.
public struct GaussianRegularization: Sendable, Equatable {
  /// Variance of the noise on every value, above 0: values in 0...1, so 1e-4 is a noise of 1%.
  public var noise: Double
  /// The shrinkage of the covariances between different values towards 0, 0...1.
  ///
  /// With few pictures, small sample covariances are mostly noise.
  public var shrinkage: Double

  /// A regularization from its two numbers.
  public init(noise: Double, shrinkage: Double) {
    precondition(
      noise > 0 && (0...1).contains(shrinkage),
      "a noise above 0 and a shrinkage of 0...1 are needed, got \(noise) and \(shrinkage)")
    self.noise = noise
    self.shrinkage = shrinkage
  }

  /// The default candidates of `GaussianPosterior.selectingRegularization`.
  public static let candidates: [GaussianRegularization] = [1e-5, 1e-4, 1e-3, 1e-2].flatMap {
    noise in
    [0, 0.01, 0.05].map { GaussianRegularization(noise: noise, shrinkage: $0) }
  }
}

/// The posterior mean of a Gaussian of the training pictures, conditioned on the observations.
///
/// With the mean `m` and the covariance `S` of the training pictures (all channels of all pixels
/// jointly), the unobserved values `u` given the observed ones `o` are Gaussian with mean
/// `m_u + S_uo (S_oo + noise I)^-1 (x_o - m_o)` and covariance
/// `S_uu + noise I - S_uo (S_oo + noise I)^-1 S_ou`, where covariances between different values are
/// first multiplied by 1 - shrinkage. No linear method has a lower expected squared error on
/// pictures of this mean and covariance. The mean is clipped to 0...1.
///
/// Observations are rounded to the nearest pixel, and those of one pixel are averaged. Observed pixels
/// keep their values.
///
/// Memory: the covariance in float32, `4 (width * height * channels)^2` bytes (38 MB for 32x32x3,
/// 604 MB for 64x64x3, which is the limit), and `8 n^2` bytes per picture in progress with `n`
/// observed values. Training pictures are read in batches and not kept.
public struct GaussianPosterior: InpaintingMethod {
  /// The largest number of values of a picture: 64x64 with three channels.
  public static let valueLimit = 12_288

  /// `gaussian`.
  public let name = "gaussian"
  /// The shape of the training pictures.
  public let shape: PictureShape
  /// The noise and the shrinkage.
  public var regularization: GaussianRegularization
  /// Whether `inpaint` also computes the variances, which takes most of the time.
  public var predictsVariance = true

  private let mean: [Float]
  /// `[n, n]`, full, before regularization.
  private let covariance: [Float]

  /// The Gaussian of a collection.
  ///
  /// - Parameters:
  ///   - shape: the shape of every picture, with at most `valueLimit` values.
  ///   - pictureCount: the number of pictures, at least 1.
  ///   - regularization: the regularization; `selectingRegularization` chooses one.
  ///   - picture: returns the `shape.valueCount` values of one picture in 0...1, row-major with
  ///     interleaved channels. It is called twice per picture.
  /// - Throws: `InpaintingMethodError.noPictures`, `.tooLarge`, or the errors of `picture`.
  public init(
    shape: PictureShape, pictureCount: Int,
    regularization: GaussianRegularization = GaussianRegularization(noise: 1e-4, shrinkage: 0),
    picture: (Int) throws -> [Float]
  ) throws {
    let count = shape.valueCount
    guard count <= Self.valueLimit else {
      throw InpaintingMethodError.tooLarge(
        method: name, shape: shape, limit: "at most \(Self.valueLimit) values")
    }
    guard pictureCount > 0 else { throw InpaintingMethodError.noPictures(method: name) }
    self.shape = shape
    self.regularization = regularization
    mean = try MeanPicture(shape: shape, pictureCount: pictureCount, picture: picture).image.values

    var accumulator = GramAccumulator(order: count)
    let batchSize = 256
    var batch: [Float] = []
    batch.reserveCapacity(min(batchSize, pictureCount) * count)
    for index in 0..<pictureCount {
      let values = try picture(index)
      for position in 0..<count { batch.append(values[position] - mean[position]) }
      if batch.count == batchSize * count || index == pictureCount - 1 {
        accumulator.add(batch)
        batch.removeAll(keepingCapacity: true)
      }
    }
    covariance = accumulator.finish(scale: 1 / Float(pictureCount))
  }

  /// The posterior mean, and the variances if `predictsVariance` is set.
  ///
  /// - Throws: `InpaintingMethodError` for invalid observations or another size,
  ///   `LinearAlgebraError.notPositiveDefinite` if the noise is too small for float32.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    let actual = PictureShape(width: width, height: height, channels: observations.channels)
    guard actual == shape else {
      throw InpaintingMethodError.shape(method: name, expected: shape, actual: actual)
    }
    if observations.count > 0 {
      try observations.validate(for: name, width: width, height: height)
    }
    let observed = ObservedPixels(observations, width: width, height: height)
    return try condition(on: observed, regularization, withVariance: predictsVariance)
  }

  private func condition(
    on observed: ObservedPixels, _ regularization: GaussianRegularization, withVariance: Bool
  ) throws -> InpaintingEstimate {
    let total = shape.valueCount
    let channels = shape.channels
    var image = Image(
      width: shape.width, height: shape.height, channels: channels, values: mean)
    let known = observed.pixels.flatMap { pixel in (0..<channels).map { pixel * channels + $0 } }
    let unknown = (0..<total).filter { !observed.isObserved[$0 / channels] }
    let keep = 1 - regularization.shrinkage

    var variance: [Float]?
    if withVariance {
      variance = [Float](repeating: 0, count: total)
      for value in unknown {
        variance?[value] = covariance[value * total + value] + Float(regularization.noise)
      }
    }
    guard !known.isEmpty, !unknown.isEmpty else {
      observed.copy(to: &image)
      return InpaintingEstimate(image: image, variance: variance)
    }

    let factor = try LinearAlgebra.choleskyFactor(
      observedCovariance(known, regularization))
    let residual = known.indices.map { Double(observed.values[$0]) - Double(mean[known[$0]]) }
    let weights = factor.solve(residual)
    for value in unknown {
      var sum = 0.0
      for (index, other) in known.enumerated() {
        sum += weights[index] * Double(covariance[value * total + other])
      }
      image.values[value] = min(max(mean[value] + Float(keep * sum), 0), 1)
    }
    observed.copy(to: &image)

    // Blocks keep the memory of the right-hand sides small compared with the factor.
    for start in stride(from: 0, to: withVariance ? unknown.count : 0, by: 512) {
      let block = unknown[start..<min(start + 512, unknown.count)]
      var cross = DoubleMatrix(rows: known.count, columns: block.count)
      for (row, other) in known.enumerated() {
        for (column, value) in block.enumerated() {
          cross.values[row * block.count + column] =
            keep * Double(covariance[other * total + value])
        }
      }
      let explained = factor.solveLower(cross)
      for (column, value) in block.enumerated() {
        var sum = 0.0
        for row in known.indices {
          let part = explained.values[row * block.count + column]
          sum += part * part
        }
        let prior = Double(covariance[value * total + value]) + regularization.noise
        variance?[value] = Float(max(prior - sum, regularization.noise))
      }
    }
    return InpaintingEstimate(image: image, variance: variance)
  }

  private func observedCovariance(
    _ known: [Int], _ regularization: GaussianRegularization
  ) -> DoubleMatrix {
    let total = shape.valueCount
    let keep = 1 - regularization.shrinkage
    var matrix = DoubleMatrix(rows: known.count, columns: known.count)
    for (row, first) in known.enumerated() {
      for column in 0..<row {
        matrix.values[row * known.count + column] =
          keep * Double(covariance[first * total + known[column]])
      }
      matrix.values[row * known.count + row] =
        Double(covariance[first * total + first]) + regularization.noise
    }
    return matrix
  }

  /// The same Gaussian with the regularization of the lowest error on validation pictures.
  ///
  /// Every candidate restores every picture from a random context of each size. The candidate with the
  /// lowest geometric mean of its mean squared errors over the context sizes is chosen. The arithmetic
  /// mean would be dominated by the sparsest contexts, whose errors are the largest.
  ///
  /// - Parameters:
  ///   - candidates: the candidates, at least one.
  ///   - pictures: validation pictures of `shape`, at least one; never test pictures.
  ///   - contextSizes: the numbers of observed pixels, each 1...width * height - 1.
  ///   - seed: the seed of the random contexts.
  /// - Throws: the errors of `inpaint`. A candidate whose noise is too small for the covariance is
  ///   skipped.
  public func selectingRegularization(
    from candidates: [GaussianRegularization] = GaussianRegularization.candidates,
    pictures: [Image], contextSizes: [Int], seed: UInt64
  ) throws -> GaussianPosterior {
    precondition(
      !candidates.isEmpty && !pictures.isEmpty && !contextSizes.isEmpty,
      "candidates, pictures and context sizes are needed, got \(candidates.count), "
        + "\(pictures.count) and \(contextSizes.count)")
    let cases = contextSizes.flatMap { size in pictures.indices.map { (size, $0) } }
    let outcomes = try WorkGroup.current.map(cases.count) { position -> [Double] in
      let (size, index) = cases[position]
      let picture = pictures[index]
      let observations = RandomContext.observations(
        of: picture, imageIndex: index, count: size, seed: seed)
      let observed = ObservedPixels(
        observations, width: picture.width, height: picture.height)
      return try candidates.map { candidate in
        do {
          let result = try condition(on: observed, candidate, withVariance: false)
          return Quality.meanSquaredError(result.image, picture, where: nil)
        } catch LinearAlgebraError.notPositiveDefinite {
          return .infinity
        }
      }
    }
    var scores = [Double](repeating: 0, count: candidates.count)
    for sizeIndex in contextSizes.indices {
      var sums = [Double](repeating: 0, count: candidates.count)
      for picture in pictures.indices {
        let errors = outcomes[sizeIndex * pictures.count + picture]
        for candidate in candidates.indices { sums[candidate] += errors[candidate] }
      }
      for candidate in candidates.indices {
        scores[candidate] += log(max(sums[candidate], 1e-12))
      }
    }
    var result = self
    let best = scores.indices.min { scores[$0] < scores[$1] } ?? 0
    result.regularization = candidates[best]
    return result
  }
}
