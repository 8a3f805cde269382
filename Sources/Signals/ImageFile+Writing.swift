import CImageCodecs
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
    try encodePNG(
      samples: image.values.map(sample(of:)), width: image.width, height: image.height,
      channels: image.channels, path: path)
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
    guard channels <= 4, width <= Int(Int32.max), height <= Int(Int32.max) else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "a PNG has 1 to 4 channels and sides below 2^31, not "
          + "\(width)x\(height)x\(channels)",
        advice: "write fewer channels")
    }
    let size = ImageCodecSize(
      width: UInt32(width), height: UInt32(height), channels: UInt32(channels))
    var message = CodecMessage()
    var encoded: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = message.capture { text, capacity in
      samples.withUnsafeBufferPointer {
        image_codecs_encode_png($0.baseAddress, size, &encoded, &count, text, capacity)
      }
    }
    guard status == ImageCodecSucceeded, let encoded else {
      throw FileError(
        kind: .unwritable, path: path, reason: "the PNG could not be encoded (\(message.text))",
        advice: "write a smaller picture")
    }
    // Data takes the C memory over and frees it.
    return Data(bytesNoCopy: encoded, count: count, deallocator: .free)
  }

  private static func sample(of value: Float) -> UInt8 {
    guard value > 0 else { return 0 }  // NaN included
    return UInt8(min(value, 1) * 255 + 0.5)
  }
}
