import Signals

/// A method of inpainting: a trained prior, or a baseline with which it is compared.
public protocol InpaintingMethod: Sendable {
  /// A short name for tables, such as `nearest`.
  var name: String { get }

  /// Restores a picture from observations.
  ///
  /// It may be called from several threads at once.
  ///
  /// - Parameters:
  ///   - observations: at least one point, all within the picture.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels.
  /// - Throws: `InpaintingMethodError` if the method cannot use the observations or the size.
  func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate
}

/// A restored picture and, if the method estimates them, the variances of its values.
public struct InpaintingEstimate: Sendable, Equatable {
  /// The picture, values in 0...1.
  public var image: Image
  /// The predictive variance of each value in the order of `image.values`; 0 at observed pixels.
  public var variance: [Float]?
  /// The picture with the observed values pasted in, if it is to be evaluated too in a row of its own.
  public var pasted: Image?

  /// An estimate from its parts.
  public init(image: Image, variance: [Float]? = nil, pasted: Image? = nil) {
    precondition(
      variance.map { $0.count == image.values.count } ?? true,
      "\(variance?.count ?? 0) variances for \(image.values.count) values")
    self.image = image
    self.variance = variance
    self.pasted = pasted
  }
}

/// An error in restoring a picture or preparing a method; the description is one line.
public enum InpaintingMethodError: Error, Equatable, CustomStringConvertible {
  /// No pixel is observed.
  case noObservations(method: String)
  /// An observation has a position or a value that is not finite.
  case notFinite(method: String, index: Int)
  /// An observation lies outside the picture by more than half a pixel.
  case outside(method: String, row: Float, column: Float, width: Int, height: Int)
  /// The method was prepared for pictures of another shape.
  case shape(method: String, expected: PictureShape, actual: PictureShape)
  /// The method was given no pictures to learn from.
  case noPictures(method: String)
  /// The picture needs more memory than the method may use.
  case tooLarge(method: String, shape: PictureShape, limit: String)

  /// The message.
  public var description: String {
    switch self {
    case .noObservations(let method):
      "\(method): no pixel is observed, expected at least one; keep more pixels"
    case .notFinite(let method, let index):
      "\(method): observation \(index) has a position or value that is not finite; remove it"
    case .outside(let method, let row, let column, let width, let height):
      "\(method): an observation at x \(column), y \(row) is outside a picture of "
        + "\(width)x\(height); x must be -0.5...\(Float(width) - 0.5) and y "
        + "-0.5...\(Float(height) - 0.5)"
    case .shape(let method, let expected, let actual):
      "\(method): expected a picture of \(expected), got \(actual); resize the picture"
    case .noPictures(let method):
      "\(method): there is no training picture; pass a collection with at least one usable picture"
    case .tooLarge(let method, let shape, let limit):
      "\(method): a picture of \(shape) is too large (\(limit)); reduce its size"
    }
  }
}

/// Size and number of channels of a picture.
public struct PictureShape: Sendable, Equatable, CustomStringConvertible {
  /// Number of columns.
  public var width: Int
  /// Number of rows.
  public var height: Int
  /// Number of interleaved channels.
  public var channels: Int

  /// A shape from its three numbers.
  public init(width: Int, height: Int, channels: Int) {
    self.width = width
    self.height = height
    self.channels = channels
  }

  /// Number of values, `width * height * channels`.
  public var valueCount: Int { width * height * channels }

  /// For example `32x32 with 3 channels`.
  public var description: String {
    "\(width)x\(height) with \(channels) channel\(channels == 1 ? "" : "s")"
  }
}
