/// The pictures that a prior is trained on, decoded and of one size.
public protocol TrainingPictures: Sendable {
  /// Number of pictures.
  var count: Int { get }
  /// Side of the square pictures, in pixels.
  var size: Int { get }
  /// Channels of a pixel.
  var channels: Int { get }
  /// The values of one picture, 0...1, row-major `[size, size, channels]`.
  ///
  /// - Throws: whatever keeps the pictures from being read.
  func values(at index: Int) throws -> [Float]
}
