/// The format of a picture file, detected from its first bytes and never from its name.
public enum ImageFormat: String, Sendable, Codable {
  /// Portable Network Graphics (ISO/IEC 15948).
  case png
  /// JPEG (ITU-T T.81), baseline or progressive, 8 bits.
  case jpeg
}

/// The properties of a picture file that are known before its pixels are decoded.
public struct ImageHeader: Sendable, Equatable {
  /// The file's format.
  public let format: ImageFormat
  /// Number of columns as displayed, after the rotation that `orientation` asks for.
  public let width: Int
  /// Number of rows as displayed, after the rotation that `orientation` asks for.
  public let height: Int
  /// Channels of the decoded picture: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
  ///
  /// A palette counts as RGB, and the four inks of a printer's JPEG are decoded to RGB.
  public let channels: Int
  /// Bits of one stored sample: 1, 2, 4, 8 or 16; of a palette picture, the bits of an index.
  public let bitDepth: Int
  /// EXIF orientation, 1 (upright) to 8; 1 where the file has none or a damaged one.
  public let orientation: Int

  /// A header from its parts.
  public init(
    format: ImageFormat, width: Int, height: Int, channels: Int, bitDepth: Int, orientation: Int
  ) {
    self.format = format
    self.width = width
    self.height = height
    self.channels = channels
    self.bitDepth = bitDepth
    self.orientation = orientation
  }
}

/// Limits on the size of a picture file; larger files are rejected before memory is allocated.
public struct ImageLimits: Sendable, Equatable {
  /// Largest number of pixels, width times height.
  public var maximumPixels: Int
  /// Largest file, in bytes.
  public var maximumBytes: Int

  /// Limits from their values.
  ///
  /// The defaults take any camera's picture (100 million pixels, 1 GiB of file) and keep one
  /// decoded RGB picture below 1.2 GB.
  public init(maximumPixels: Int = 100_000_000, maximumBytes: Int = 1 << 30) {
    self.maximumPixels = maximumPixels
    self.maximumBytes = maximumBytes
  }

  /// 100 million pixels and 1 GiB of file.
  public static let standard = ImageLimits()
}
