import Signals

/// A way to make a whole picture from a few observed pixels: the learned model, or one of the
/// closed-form methods that it is compared to.
public protocol InpaintingMethod: Sendable {
  /// A short name for tables, such as `nearest`.
  var name: String { get }

  /// The picture that explains the observations.
  ///
  /// Called from several threads at once.
  ///
  /// - Parameters:
  ///   - observations: at least one pixel; positions within the picture.
  ///   - width: columns of the picture.
  ///   - height: rows of the picture.
  /// - Throws: `InpaintingMethodError` when the observations or the size do not suit the method.
  func reconstruct(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate
}

/// A reconstructed picture and, where the method knows it, how uncertain each value is.
public struct InpaintingEstimate: Sendable, Equatable {
  /// The picture, values in 0...1.
  public var image: Image
  /// Predictive variance of each value, laid out as `image.values`; 0 where a pixel was observed.
  public var variance: [Float]?
  /// The picture with observed pixels set to what was observed, where that is to be judged too; a
  /// table has it in a row of its own.
  public var pasted: Image?

  /// A inpainting from its parts.
  public init(image: Image, variance: [Float]? = nil, pasted: Image? = nil) {
    precondition(
      variance.map { $0.count == image.values.count } ?? true,
      "\(variance?.count ?? 0) variances for \(image.values.count) values")
    self.image = image
    self.variance = variance
    self.pasted = pasted
  }
}

/// Why a picture could not be reconstructed or a method could not be prepared.
public enum InpaintingMethodError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to go by.
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

  /// One line: what failed and what to try.
  public var description: String {
    switch self {
    case .noObservations(let method):
      "\(method): no pixel is observed, at least one is needed: keep more pixels"
    case .notFinite(let method, let index):
      "\(method): observation \(index) has a position or value that is not finite: remove it"
    case .outside(let method, let row, let column, let width, let height):
      "\(method): an observation at x \(column), y \(row) is outside a picture of "
        + "\(width)x\(height): x must be -0.5...\(Float(width) - 0.5) and y "
        + "-0.5...\(Float(height) - 0.5)"
    case .shape(let method, let expected, let actual):
      "\(method): was prepared for pictures of \(expected), got \(actual): "
        + "resize the picture to \(expected)"
    case .noPictures(let method):
      "\(method): no training picture: give a collection with at least one usable picture"
    case .tooLarge(let method, let shape, let limit):
      "\(method): a picture of \(shape) is too large (\(limit)): reduce its size"
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
