import Files

/// The format of a picture file, detected from its first bytes and never from its name.
public enum ImageFormat: String, Sendable, Codable {
  /// Portable Network Graphics (ISO/IEC 15948).
  case png
  /// JPEG (ITU-T T.81), baseline or progressive, 8 bits.
  case jpeg
  /// Tagged Image File Format (TIFF 6.0 and BigTIFF), with all of libtiff's compressions.
  case tiff
  /// WebP, with or without loss, 8 bits.
  case webp
  /// An array of NumPy (`.npy`).
  case npy
  /// Arrays of NumPy in a zip file (`.npz`).
  case npz

  /// The format's name for people.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .tiff: "TIFF"
    case .webp: "WebP"
    case .npy: "NPY"
    case .npz: "NPZ"
    }
  }

  /// The names of all formats that are read, in a sentence.
  public static let names = "PNG, JPEG, TIFF, WebP, NPY or NPZ"

  /// Bytes that tell the format of any file.
  public static let signatureLength = 64

  /// The format of a file that begins with these bytes, at least ``signatureLength`` where it has as many;
  /// nil for any other file.
  ///
  /// A zip file is one of NumPy if the first file in it is an array.
  public init?(signatureOf start: some Collection<UInt8>) {
    let bytes = Array(start.prefix(Self.signatureLength))
    let starts: (ImageFormat, [UInt8])? = [
      (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
      (.jpeg, [0xFF, 0xD8, 0xFF]),
      (.tiff, [0x49, 0x49, 0x2A, 0x00]), (.tiff, [0x4D, 0x4D, 0x00, 0x2A]),
      (.tiff, [0x49, 0x49, 0x2B, 0x00]), (.tiff, [0x4D, 0x4D, 0x00, 0x2B]),
      (.npy, [0x93] + Array("NUMPY".utf8)),
      (.npz, [0x50, 0x4B, 0x03, 0x04]),
      (.webp, Array("RIFF".utf8)),
    ].first { bytes.starts(with: $0.1) }
    switch starts?.0 {
    case nil: return nil
    case .webp?:
      guard bytes.count >= 12, bytes[8..<12].elementsEqual("WEBP".utf8) else { return nil }
      self = .webp
    case .npz?:
      guard bytes.count >= 30 else { return nil }
      let length = Int(bytes[26]) | Int(bytes[27]) << 8
      let name = bytes[30...].prefix(length)
      // A name that goes on beyond the signature is checked when the file is opened.
      guard name.count < length || name.suffix(4).elementsEqual(".npy".utf8) else { return nil }
      self = .npz
    case let format?: self = format
    }
  }
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
  /// Bits of one stored sample, 1 to 64; of a PNG's palette, the bits of an index.
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
  /// Largest number of a stack's pages, 1 to ``mostPages``.
  public var maximumPages: Int

  /// The largest number of pages that any limit allows.
  public static let mostPages = 65_535

  /// Limits from their values.
  ///
  /// The defaults take any camera's picture (100 million pixels, 1 GiB of file) and keep one
  /// decoded RGB picture below 1.2 GB. Of a stack they take 4,096 pages, because finding a page of a TIFF
  /// takes time in proportion to its number.
  public init(
    maximumPixels: Int = 100_000_000, maximumBytes: Int = 1 << 30, maximumPages: Int = 4_096
  ) {
    self.maximumPixels = maximumPixels
    self.maximumBytes = maximumBytes
    self.maximumPages = min(max(1, maximumPages), Self.mostPages)
  }

  /// 100 million pixels, 1 GiB of file and 4,096 pages, unless the environment says otherwise; see `FileLimit`.
  public static let standard = ImageLimits(
    maximumPixels: FileLimit.pixels.value(usually: 100_000_000),
    maximumBytes: FileLimit.bytes.value(usually: 1 << 30),
    maximumPages: FileLimit.frames.value(usually: 4_096))
}
