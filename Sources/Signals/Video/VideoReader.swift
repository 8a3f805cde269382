import Files
import Foundation

/// Reads the frames of a clip one after the other, with memory for a few frames only.
///
///     let reader = try VideoReader("clip.y4m")
///     while let frame = try reader.nextFrame() { ... }
///
/// Every file is untrusted. Sizes are checked against ``VideoLimits`` and against the available
/// bytes before memory is allocated. Damage is an error and never yields a grey frame. One thread
/// at a time may use a reader.
public final class VideoReader {
  /// The properties of the clip.
  public let info: VideoInfo
  /// The path as it was given.
  public let path: String
  /// Number of frames that were read or skipped so far.
  public private(set) var position = 0

  private let decoder: any FrameDecoder
  private let limits: VideoLimits

  /// Opens a folder of pictures, an animated PNG, a y4m file, or what the program ffmpeg reads.
  ///
  /// - Throws: `FileError`.
  public convenience init(_ path: String, limits: VideoLimits = .standard) throws {
    try self.init(path, limits: limits, programs: .environment)
  }

  /// The same, with the folders in which ffmpeg is looked for.
  package init(_ path: String, limits: VideoLimits = .standard, programs: ProgramFolders) throws {
    decoder = try Self.decoder(path, limits: limits, programs: programs)
    info = decoder.info
    self.path = path
    self.limits = limits
  }

  /// The next frame, or nil after the last one.
  ///
  /// - Returns: a picture of the size and channels of `info`, values 0...1.
  /// - Throws: `FileError`.
  public func nextFrame() throws -> Image? {
    guard let frame = try decoder.next() else { return nil }
    try advance()
    return frame
  }

  /// Skips frames, faster than reading them if the format allows it.
  ///
  /// - Returns: the number of skipped frames, fewer than `count` at the end of the clip.
  /// - Throws: `FileError`.
  @discardableResult
  public func skip(_ count: Int) throws -> Int {
    for skipped in 0..<max(0, count) {
      guard try decoder.skip() else { return skipped }
      try advance()
    }
    return max(0, count)
  }

  private func advance() throws {
    position += 1
    guard position <= limits.maximumFrames else {
      throw Self.tooManyFrames(path, "more than \(limits.maximumFrames)", limits: limits)
    }
  }

  private static func decoder(
    _ path: String, limits: VideoLimits, programs: ProgramFolders
  ) throws -> any FrameDecoder {
    switch try VideoFormat(ofContentAt: path, limits: limits) {
    case .pictures: try PictureFolderDecoder(path, limits: limits)
    case .animatedPNG: try AnimatedPNGDecoder(path, limits: limits)
    case .y4m: try Y4MDecoder(file: path, limits: limits)
    case .container: try FFmpegDecoder(path, limits: limits, programs: programs)
    case nil:
      throw FileError(
        kind: .unknownFormat, path: path,
        reason: "this is no clip: neither an animated PNG nor y4m nor a container such as MP4, "
          + "Matroska or GIF", advice: "give one of these or a folder of PNG or JPEG pictures")
    }
  }

  /// Checks the size of a frame, and the number of frames if it is known.
  static func check(
    width: Int, height: Int, frames: Int?, path: String, limits: VideoLimits
  ) throws {
    try HeaderParser.check(
      width: width, height: height, path: path,
      limits: ImageLimits(maximumPixels: limits.maximumPixels))
    if let frames, frames > limits.maximumFrames {
      throw tooManyFrames(path, "\(frames)", limits: limits)
    }
  }

  private static func tooManyFrames(
    _ path: String, _ found: String, limits: VideoLimits
  ) -> FileError {
    FileError(
      kind: .tooLarge, path: path,
      reason: "the clip has \(found) frames, over the limit of \(limits.maximumFrames)",
      advice: "cut the clip first, \(FileLimit.frames.advice)")
  }
}

/// Decodes the frames of one kind of clip in order.
protocol FrameDecoder: AnyObject {
  var info: VideoInfo { get }

  /// The next frame, or nil after the last.
  func next() throws -> Image?

  /// Skips a frame; false after the last.
  func skip() throws -> Bool
}
