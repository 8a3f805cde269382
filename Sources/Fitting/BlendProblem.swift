import DifferentiableCore
import Fields
import Signals

/// A picture restored from the gradients of two pictures.
///
/// See arXiv 2006.09661, section 4.1, and Perez, Gangnet and Blake 2003.
public struct BlendProblem: Sendable {
  /// The target differences of the picture.
  public let gradient: PictureGradient
  /// The objective to which one network is fitted.
  public let objective: any FieldObjective
  /// The differences to which the cells of a grid can be fitted.
  public let gridDifferences: GridDifferences
  /// The solution without a network, values 0...1, not clipped.
  public let classicalSolution: Image
  /// The picture that gives the means; nil where known pixels give the values.
  private let means: Image?

  /// Creates a blend of two pictures.
  ///
  /// Its gradient is `(1 - share)` times that of `a` plus `share` times that of `b`, and its mean is blended in the
  /// same way.
  ///
  /// - Parameters:
  ///   - a: a picture with values 0...1.
  ///   - b: a picture of the same shape.
  public init(_ a: Image, _ b: Image, share: Float) {
    gradient = PictureGradient(of: a).mixed(with: PictureGradient(of: b), share: share)
    let target = Self.doubled(gradient)
    objective = GridObjective(
      height: a.height, width: a.width, channels: a.channels, [(.gradient(target), 1)])
    let mixed = a.mixed(with: b, share: share)
    means = mixed
    classicalSolution = ClassicalPoisson.solve(gradient: gradient).withMeans(of: mixed)
    gridDifferences = Self.gridDifferences(target, classicalSolution)
  }

  /// Creates a seamless clone of `b` into the picture `a`.
  ///
  /// It has the gradient of `b` where the mask is set, and the values and the gradient of `a` elsewhere.
  ///
  /// - Parameters:
  ///   - a: a picture with values 0...1.
  ///   - b: a picture of the same shape.
  ///   - mask: `[height * width]`, neither all true nor all false.
  public init(background a: Image, cloning b: Image, where mask: [Bool]) {
    gradient = PictureGradient(of: a).replaced(by: PictureGradient(of: b), where: mask)
    let (target, values) = (Self.doubled(gradient), PoissonProblem.networkValues(a))
    let isKnown = mask.map { !$0 }
    objective = GridObjective(
      height: a.height, width: a.width, channels: a.channels,
      [(.gradient(target), 1), (.values(values, where: isKnown), 1)])
    means = nil
    classicalSolution = SeamlessCloning.solve(background: a, gradient: gradient, mask: mask)
    gridDifferences = Self.gridDifferences(target, classicalSolution)
  }

  private static func gridDifferences(_ target: PictureGradient, _ classical: Image)
    -> GridDifferences
  {
    GridDifferences(
      .neighbours, down: target.down, right: target.right,
      values: PoissonProblem.networkValues(classical))
  }

  /// Differences of network values, which are twice those of a picture.
  private static func doubled(_ gradient: PictureGradient) -> PictureGradient {
    var result = gradient
    for index in result.down.values.indices {
      result.down.values[index] *= 2
      result.right.values[index] *= 2
    }
    return result
  }

  /// The field with the constant that the gradients alone do not determine.
  public func restored<Fitted: AffineField>(_ field: Fitted) -> Fitted {
    guard let means else { return field }
    let found = FieldRenderer.unclippedImage(of: field, like: means)
    let shifted = found.withMeans(of: means)
    return field.mappingValues(
      scale: 1,
      offset: (0..<means.channels).map { 2 * (shifted.values[$0] - found.values[$0]) })
  }

  /// The root mean square error of a picture's differences against the target, in values 0...1 per pixel.
  public func gradientError(of image: Image) -> Double {
    let found = PictureGradient(of: image)
    let mse =
      Quality.meanSquaredError(found.down.values, gradient.down.values)
      + Quality.meanSquaredError(found.right.values, gradient.right.values)
    return (mse / 2).squareRoot()
  }
}
