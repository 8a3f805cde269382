import Files
import Foundation

/// Writes a container by sending the samples to the program ffmpeg.
///
/// The encoder is ffmpeg's own choice for the container. Colours are BT.709 and tagged so. Frames with an odd
/// side are encoded without loss of chroma detail, because formats with less need even sides.
final class FFmpegEncoder: FrameEncoder {
  static let purpose = "writing this kind of clip"

  /// The containers that are written, by extension.
  enum Container: String, CaseIterable {
    case mp4, mov, mkv, webm, gif

    /// ffmpeg's name of the container.
    var muxer: String { self == .mkv ? "matroska" : rawValue }

    /// Filters and options between the samples and the container.
    func arguments(width: Int, height: Int) -> [String] {
      if self == .gif {
        // A palette per frame, so the clip is not held in memory.
        let palette = "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1"
        return ["-filter_complex", palette, "-loop", "0"]
      }
      let isEven = width % 2 == 0 && height % 2 == 0
      return [
        "-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int",
        "-pix_fmt", isEven ? "yuv420p" : "yuv444p", "-colorspace", "bt709", "-color_range", "tv",
      ] + (self == .webm ? ["-b:v", "0", "-crf", "24"] : [])
    }
  }

  private let file: AtomicFileWriter
  private let program: ExternalProgram

  /// Starts the program.
  ///
  /// - Throws: `FileError`.
  init(
    _ path: String, _ container: Container, width: Int, height: Int, channels: Int,
    frameRate: FrameRate, overwrite: Bool, programs: ProgramFolders
  ) throws {
    let ffmpeg = try FFmpeg.program(in: programs, path: path, purpose: Self.purpose)
    file = try AtomicFileWriter(path, overwrite: overwrite, isNamed: true)
    var arguments = ["-v", "error", "-nostdin", "-y", "-f", "rawvideo"]
    arguments += ["-pix_fmt", channels == 1 ? "gray" : "rgb24"]
    arguments += [
      "-video_size", "\(width)x\(height)", "-framerate", "\(frameRate)", "-i", "pipe:0",
    ]
    arguments += container.arguments(width: width, height: height)
    arguments += ["-f", container.muxer, FFmpeg.argument(file.temporaryPath)]
    program = try ExternalProgram(ffmpeg, arguments, connection: .input, path: path)
  }

  func write(_ frame: Image) throws {
    try program.write(frame.values.map { $0 > 0 ? UInt8(min($0, 1) * 255 + 0.5) : 0 })
  }

  func finish() throws {
    // The program must have written everything before the file takes its name.
    try program.finish()
    try file.finish()
  }
}
