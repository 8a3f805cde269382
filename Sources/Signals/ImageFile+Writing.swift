import Files
import Foundation

extension ImageFile {
  /// A picture as the bytes of an 8-bit PNG.
  ///
  /// Values are clipped to 0...1 and rounded to the nearest of the 256 levels; a value that isn't
  /// a number becomes 0.
  ///
  /// - Throws: `FileError` for a picture of more than 4 channels, or when memory runs out.
  public static func encodePNG(_ image: Image) throws -> Data {
    try encodePNG(image, path: "")
  }

  /// Writes a picture as an 8-bit PNG, whole or not at all; see `encodePNG(_:)`.
  ///
  /// - Parameter overwrite: whether an existing file may be replaced.
  /// - Throws: `FileError`.
  public static func writePNG(_ image: Image, to path: String, overwrite: Bool) throws {
    try AtomicFile.write(encodePNG(image, path: path), to: path, overwrite: overwrite)
  }

  static func encodePNG(_ image: Image, path: String) throws -> Data {
    guard (1...4).contains(image.channels) else {
      throw tooManyChannels(image.width, image.height, image.channels, path: path)
    }
    return try PictureFile.encode(
      StoredPicture(image, as: .ordinary(channels: image.channels)), as: .png, path: path
    ).data
  }

  /// 8-bit samples as the bytes of a PNG.
  ///
  /// - Parameters:
  ///   - samples: row-major `[height, width, channels]`.
  ///   - path: for messages only.
  /// - Throws: `FileError` for more than 4 channels, or when memory runs out.
  public static func encodePNG(
    samples: [UInt8], width: Int, height: Int, channels: Int, path: String
  ) throws -> Data {
    precondition(
      samples.count == width * height * channels,
      "\(samples.count) samples do not fill \(width)x\(height)x\(channels)")
    guard (1...4).contains(channels) else {
      throw tooManyChannels(width, height, channels, path: path)
    }
    return try PictureFile.encode(
      StoredPicture(
        width: width, height: height, format: .ordinary(channels: channels), samples: samples),
      as: .png, path: path
    ).data
  }

  private static func tooManyChannels(
    _ width: Int, _ height: Int, _ channels: Int, path: String
  ) -> FileError {
    FileError(
      kind: .unsupported, path: path,
      reason: "a picture has 1 to 4 channels, not \(width)x\(height)x\(channels)",
      advice: "write fewer channels")
  }

  /// Writes a picture in the format of the path's extension, whole or not at all: 8 bits where the format has
  /// bits, float32 values of 0...1 as an array of NumPy.
  ///
  /// - Parameter overwrite: whether an existing file may be replaced.
  /// - Throws: `FileError`, of kind `unsupported` for an extension that names no picture.
  public static func write(_ image: Image, to path: String, overwrite: Bool) throws {
    guard (1...4).contains(image.channels) else {
      throw tooManyChannels(image.width, image.height, image.channels, path: path)
    }
    let isArray = try PictureContainer(path: path) == .npy
    try PictureFile.write(
      StoredPicture(
        image, as: PictureFormat(type: isArray ? .float32 : .unsigned8, channels: image.channels)),
      to: path, overwrite: overwrite)
  }
}
