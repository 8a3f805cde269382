import Files

/// The format of a clip, detected from its content and never from its name.
public enum VideoFormat: String, Sendable, CaseIterable {
  /// A folder of numbered PNG or JPEG pictures.
  case pictures = "folder of pictures"
  /// An animated PNG.
  case animatedPNG = "animated PNG"
  /// Uncompressed YUV4MPEG2.
  case y4m
  /// A container that the program ffmpeg decodes: MP4, QuickTime, Matroska, WebM, AVI, GIF and others.
  case container
}

/// The number of frames per second, as a fraction.
public struct FrameRate: Sendable, Equatable, CustomStringConvertible {
  /// Frames, 1 to 2^31 - 1.
  public let numerator: Int
  /// Seconds, 1 to 2^31 - 1.
  public let denominator: Int

  /// A rate from its parts, reduced; nil unless both are in 1...2^31 - 1.
  public init?(_ numerator: Int, per denominator: Int = 1) {
    let range = 1...Int(Int32.max)
    guard range.contains(numerator), range.contains(denominator) else { return nil }
    var (a, b) = (numerator, denominator)
    while b != 0 { (a, b) = (b, a % b) }
    self.numerator = numerator / a
    self.denominator = denominator / a
  }

  /// Frames per second.
  public var framesPerSecond: Double { Double(numerator) / Double(denominator) }

  /// As a whole number or a fraction, such as "25" or "30000/1001".
  public var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}

/// The properties of a clip that are known before its frames are decoded.
public struct VideoInfo: Sendable, Equatable {
  /// The format of the clip.
  public var format: VideoFormat
  /// Number of columns, at least 1.
  public var width: Int
  /// Number of rows, at least 1.
  public var height: Int
  /// Channels of a decoded frame: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
  public var channels: Int
  /// Number of frames; nil if only decoding can count them, as for containers.
  public var frameCount: Int?
  /// Frames per second; nil if the clip has none, as a folder of pictures.
  public var frameRate: FrameRate?
  /// Whether samples have more than 8 bits.
  public var isDeep: Bool
  /// Names of what the clip has beside its samples and no reader keeps, such as sound.
  public var dropped: [String] = []

  /// A description from its parts.
  public init(
    format: VideoFormat, width: Int, height: Int, channels: Int, frameCount: Int?,
    frameRate: FrameRate?, isDeep: Bool
  ) {
    self.format = format
    self.width = width
    self.height = height
    self.channels = channels
    self.frameCount = frameCount
    self.frameRate = frameRate
    self.isDeep = isDeep
  }

  /// What is not kept from the clip, in one line for people; nil if that is nothing.
  public var droppedRemark: String? {
    dropped.isEmpty ? nil : "not kept from the clip: " + dropped.joined(separator: ", ")
  }
}

/// Limits on the size of a clip; a larger one is refused before memory or disk space is allocated.
public struct VideoLimits: Sendable, Equatable {
  /// Largest number of frames.
  public var maximumFrames: Int
  /// Largest number of pixels of a frame, width times height.
  public var maximumPixels: Int
  /// Largest file, in bytes.
  public var maximumFileBytes: Int
  /// Largest size of all decoded frames in ``VideoFrames``, in bytes.
  public var maximumStoredBytes: Int

  /// Limits from their values.
  ///
  /// The defaults are 100,000 frames (an hour at 25 frames per second is 90,000), 8K frames, 64 GiB of
  /// file and 16 GiB of decoded frames.
  public init(
    maximumFrames: Int = 100_000, maximumPixels: Int = 7680 * 4320,
    maximumFileBytes: Int = 64 << 30, maximumStoredBytes: Int = 16 << 30
  ) {
    self.maximumFrames = maximumFrames
    self.maximumPixels = maximumPixels
    self.maximumFileBytes = maximumFileBytes
    self.maximumStoredBytes = maximumStoredBytes
  }

  /// The defaults of `init`, unless the environment says otherwise; see `FileLimit`.
  public static let standard = VideoLimits(
    maximumFrames: FileLimit.frames.value(usually: 100_000),
    maximumPixels: FileLimit.pixels.value(usually: 7680 * 4320),
    maximumFileBytes: FileLimit.bytes.value(usually: 64 << 30),
    maximumStoredBytes: max(16 << 30, FileLimit.bytes.value(usually: 1)))
}
