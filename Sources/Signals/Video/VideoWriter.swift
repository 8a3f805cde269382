import Files
import Foundation

/// Writes a clip frame by frame, whole or not at all.
///
///     let writer = try VideoWriter("clip.mp4", width: 64, height: 48, channels: 3, frameRate: rate)
///     for frame in frames { try writer.write(frame) }
///     try writer.finish()
///
/// The extension of the name gives the format: `.y4m`; `.png` or `.apng` for an animated PNG;
/// `.mp4`, `.mov`, `.mkv`, `.webm` or `.gif`, which need the program ffmpeg. A name without
/// extension, or with a slash at its end, gives a folder of pictures `frame-000001.png` and so on.
/// Samples are written with 8 bits. One thread at a time may use a writer.
public final class VideoWriter {
  /// Number of frames that were written so far.
  public private(set) var frameCount = 0
  /// The path as it was given.
  public let path: String

  private let encoder: any FrameEncoder
  private let shape: (width: Int, height: Int, channels: Int)
  private var isFinished = false

  /// Begins a clip.
  ///
  /// Nothing has its name yet.
  ///
  /// - Parameters:
  ///   - width: columns of every frame, at least 1.
  ///   - height: rows of every frame, at least 1.
  ///   - channels: 1 or 3, and 1 to 4 for PNG.
  ///   - frameRate: frames per second; pictures in a folder have none.
  ///   - overwrite: whether an existing file may be replaced, or a folder that holds nothing but
  ///     frames.
  /// - Throws: `FileError`.
  public convenience init(
    _ path: String, width: Int, height: Int, channels: Int, frameRate: FrameRate,
    overwrite: Bool = false
  ) throws {
    try self.init(
      path, width: width, height: height, channels: channels, frameRate: frameRate,
      overwrite: overwrite, programs: .environment)
  }

  /// The same, with the folders in which ffmpeg is looked for.
  package init(
    _ path: String, width: Int, height: Int, channels: Int, frameRate: FrameRate,
    overwrite: Bool = false, programs: ProgramFolders
  ) throws {
    precondition(
      width > 0 && height > 0 && channels > 0, "a frame of \(width)x\(height)x\(channels) is none")
    self.path = path
    shape = (width, height, channels)
    let target = try Target(path)
    let largest = target.holdsTransparency ? 4 : 3
    guard channels <= largest, channels != 2 || target.holdsTransparency else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "frames of \(channels) channels cannot be written to this kind of clip",
        advice: target.holdsTransparency
          ? "write 1 to 4 channels"
          : "write 1 or 3 channels, or an animated PNG or a folder of pictures")
    }
    switch target {
    case .y4m:
      encoder = try Y4MEncoder(
        path, width: width, height: height, channels: channels, frameRate: frameRate,
        overwrite: overwrite)
    case .animatedPNG:
      encoder = try AnimatedPNGFileEncoder(path, frameRate: frameRate, overwrite: overwrite)
    case .pictures: encoder = try PictureFolderEncoder(path, overwrite: overwrite)
    case .container(let container):
      encoder = try FFmpegEncoder(
        path, container, width: width, height: height, channels: channels, frameRate: frameRate,
        overwrite: overwrite, programs: programs)
    }
  }

  /// Checks that a clip can probably be written to a path, so that a long command fails before its
  /// work.
  ///
  /// Nothing is created.
  ///
  /// - Throws: `FileError` for an unknown ending, a missing ffmpeg, or a path that cannot be written.
  public static func checkWritable(_ path: String, overwrite: Bool) throws {
    try checkWritable(path, overwrite: overwrite, programs: .environment)
  }

  /// The same, with the folders in which ffmpeg is looked for.
  package static func checkWritable(
    _ path: String, overwrite: Bool, programs: ProgramFolders
  ) throws {
    switch try Target(path) {
    case .pictures: try PictureFolderEncoder.check(path, overwrite: overwrite)
    case .container:
      _ = try FFmpeg.program(in: programs, path: path, purpose: FFmpegEncoder.purpose)
      try AtomicFile.checkWritable(path, overwrite: overwrite)
    case .y4m, .animatedPNG: try AtomicFile.checkWritable(path, overwrite: overwrite)
    }
  }

  /// Writes the next frame.
  ///
  /// - Parameter frame: of the clip's size and channels; values are clipped to 0...1.
  /// - Throws: `FileError`.
  public func write(_ frame: Image) throws {
    precondition(!isFinished, "the clip \(path) is finished already")
    precondition(
      (frame.width, frame.height, frame.channels) == shape,
      "a frame of \(frame.width)x\(frame.height)x\(frame.channels) is not of the clip's size \(shape)"
    )
    try encoder.write(frame)
    frameCount += 1
  }

  /// Completes the clip and gives it its name.
  ///
  /// - Throws: `FileError`; also for a clip without a frame.
  public func finish() throws {
    precondition(!isFinished, "the clip \(path) is finished already")
    guard frameCount > 0 else {
      throw FileError(
        kind: .empty, path: path, reason: "a clip without a frame cannot be written",
        advice: "write at least one frame")
    }
    try encoder.finish()
    isFinished = true
  }

  /// The format that the extension of a name requests.
  private enum Target {
    case y4m, animatedPNG, pictures
    case container(FFmpegEncoder.Container)

    init(_ path: String) throws {
      let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
      guard !name.isEmpty, let dot = name.dropFirst().lastIndex(of: ".") else {
        self = .pictures
        return
      }
      let ending = name[name.index(after: dot)...].lowercased()
      if let container = FFmpegEncoder.Container(rawValue: ending) {
        self = .container(container)
        return
      }
      switch ending {
      case "y4m": self = .y4m
      case "png", "apng": self = .animatedPNG
      default:
        throw FileError(
          kind: .unsupported, path: path,
          reason: "a clip isn't written as \(ending.debugDescription)",
          advice:
            "end the name in y4m, apng, png, mp4, mov, mkv, webm or gif, or in a slash for a folder "
            + "of pictures")
      }
    }

    var holdsTransparency: Bool {
      switch self {
      case .animatedPNG, .pictures: true
      case .y4m, .container: false
      }
    }
  }
}

/// Writes the frames of one kind of clip.
protocol FrameEncoder: AnyObject {
  func write(_ frame: Image) throws

  /// Completes the clip and gives it its name.
  func finish() throws
}
