import Fields
import Fitting
import ImagePriors
import Interpolation
import Signals

extension GridPrior: PictureFieldPrior {
  /// Side of the square training windows, in pixels; pictures of any size are restored.
  public var imageSize: Int { configuration.windowSize }
  /// The kind of the prior with its sizes.
  public var kind: PriorKind {
    .grid(widths: configuration.widths, cell: configuration.cellSize)
  }

  /// The restored picture as a grid of SIRENs.
  ///
  /// - Throws: `PriorError`, `InpaintingMethodError` for an observation outside the picture, or `LinearAlgebraError`
  ///   for values that are not finite.
  public func pictureField(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> any Field {
    let observations = observations.merged()
    let cosines = CellCosines(configuration, width: width, height: height)
    let (plain, _) = try plainEstimate(
      observations, width: width, height: height, withDeviations: false)
    let correction = try CellCorrection(plain.image, observations, cosines)
    return try cosines.field(of: plain.image, correction)
  }

  /// Restores a picture from at least one observed pixel.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    let result = try estimate(observations, width: width, height: height, withDeviations: false)
    return Inpainting(nil, rendered: result.image.clipped, observations)
  }

  /// Restores a picture at two sizes, with one pass of the network.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int,
    otherSize: (width: Int, height: Int)
  ) throws -> (own: Inpainting, other: Image) {
    let merged = observations.merged()
    let cosines = CellCosines(configuration, width: width, height: height)
    let plain = try plainEstimate(merged, width: width, height: height, withDeviations: false).0
    let correction = try CellCorrection(plain.image, merged, cosines)
    let field = try cosines.field(of: plain.image, correction)
    let own = correction.applied(to: plain.image, cosines).clipped
    return (
      Inpainting(nil, rendered: own, observations),
      FieldRenderer.image(of: field, width: otherSize.width, height: otherSize.height)
    )
  }

  /// The computation of posteriors.
  public func posteriors() -> (any PosteriorSource)? { GridPosteriorSource(prior: self) }

  /// The restored picture at its pixels, which are those of ``pictureField(explaining:width:height:)``.
  ///
  /// - Parameter partSide: pixels along a side of the parts in which the picture is computed; the result does not depend
  ///   on it.
  package func estimate(
    _ observations: PixelObservations, width: Int, height: Int, withDeviations: Bool,
    partSide: Int = GridPrior.partSide
  ) throws -> PictureEstimate {
    let observations = observations.merged()
    var (result, isOnPixels) = try plainEstimate(
      observations, width: width, height: height, withDeviations: withDeviations,
      partSide: partSide)
    if isOnPixels { return result }
    let cosines = CellCosines(configuration, width: width, height: height)
    result.image = try CellCorrection(result.image, observations, cosines)
      .applied(to: result.image, cosines)
    return result
  }

  /// The network's picture, which agrees with the observations at the centres of pixels, and whether all are there.
  private func plainEstimate(
    _ observations: PixelObservations, width: Int, height: Int, withDeviations: Bool,
    partSide: Int = GridPrior.partSide
  ) throws -> (PictureEstimate, isOnPixels: Bool) {
    guard (1...4).contains(observations.channels) else {
      throw PriorError.channels(expected: channels, actual: observations.channels)
    }
    guard observations.count > 0 else { throw PriorError.needsObservations }
    let grid = try EncoderGrid(observations, width: width, height: height)
    let result = estimate(grid, withDeviations: withDeviations, partSide: partSide)
    guard result.image.values.allSatisfy(\.isFinite) else { throw PriorError.notFinite }
    return (result, grid.isOnPixels)
  }
}

extension Image {
  /// The picture with its values clipped to 0...1.
  var clipped: Image {
    var result = self
    for index in result.values.indices {
      result.values[index] = min(1, max(0, result.values[index]))
    }
    return result
  }
}
