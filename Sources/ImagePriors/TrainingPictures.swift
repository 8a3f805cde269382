/// Decoded training pictures of one size.
public protocol TrainingPictures: Sendable {
  /// Number of pictures.
  var count: Int { get }
  /// Side of the square pictures, in pixels.
  var size: Int { get }
  /// Channels per pixel.
  var channels: Int { get }
  /// The values of one picture, 0...1, row-major `[size, size, channels]`.
  ///
  /// - Throws: errors of reading the pictures.
  func values(at index: Int) throws -> [Float]
}
