import Fields
import Fitting
import GridPriors
import ImagePriors
import Interpolation
import Signals

/// A simple method in the place of a prior: it restores pictures of any size and channels, and knows none.
public struct InterpolationPrior: PictureFieldPrior {
  /// The simple methods that can be chosen instead of a model.
  public enum Method: String, Sendable, CaseIterable {
    /// Linear interpolation in Delaunay triangles.
    case linear
    /// The surface of least curvature.
    case biharmonic

    var method: any InpaintingMethod {
      switch self {
      case .linear: LinearInterpolation()
      case .biharmonic: BiharmonicInpainting()
      }
    }
  }

  /// The method.
  public let method: Method

  /// A method in the place of a prior.
  public init(_ method: Method) { self.method = method }

  /// 1, because nothing was learned from pictures.
  public var imageSize: Int { 1 }
  /// The method's name.
  public var kind: PriorKind { .interpolation(method.rawValue) }

  /// The restored picture as a grid of SIRENs.
  public func pictureField(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> any Field {
    try PictureGrid.field(
      of: restored(observations, width: width, height: height), observations)
  }

  /// Restores a picture from at least one observed pixel.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    Inpainting(
      nil, rendered: try restored(observations, width: width, height: height), observations)
  }

  /// Restores a picture at two sizes, with one interpolation.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int,
    otherSize: (width: Int, height: Int)
  ) throws -> (own: Inpainting, other: Image) {
    let image = try restored(observations, width: width, height: height)
    let field = try PictureGrid.field(of: image, observations)
    return (
      Inpainting(nil, rendered: image, observations),
      FieldRenderer.image(of: field, width: otherSize.width, height: otherSize.height)
    )
  }

  private func restored(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Image {
    guard observations.count > 0 else { throw PriorError.needsObservations }
    return try method.method.inpaint(observations, width: width, height: height).image
  }
}
