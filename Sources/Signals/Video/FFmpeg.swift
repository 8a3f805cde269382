import Files

/// The installed program ffmpeg.
enum FFmpeg {
  /// Its path.
  ///
  /// - Parameter purpose: its purpose, such as "reading this container".
  /// - Throws: `FileError` with the formats that work without it.
  static func program(
    in programs: ProgramFolders, path: String, purpose: String
  ) throws -> String {
    guard let program = programs.path(of: "ffmpeg") else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "\(purpose) needs the program ffmpeg, which is not installed",
        advice: "install it, or use y4m, an animated PNG or a folder of PNG pictures")
    }
    return program
  }

  /// A path as ffmpeg's argument: never an option, a network address or a device.
  static func argument(_ path: String) -> String { "file:" + path }

  /// The answer of ffprobe about a clip.
  struct Probe {
    var pixelFormat = ""
    var matrix: ColorMatrix?
    var isFullRange: Bool?

    /// Parses lines such as "pix_fmt=yuv420p".
    init(_ text: String) {
      for line in text.split(whereSeparator: \.isNewline) {
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { continue }
        switch (parts[0], parts[1]) {
        case ("pix_fmt", let name): pixelFormat = name
        case ("color_space", "bt709"): matrix = .bt709
        case ("color_space", "bt470bg"), ("color_space", "smpte170m"): matrix = .bt601
        case ("color_space", "bt2020nc"): matrix = .bt2020
        case ("color_range", "pc"): isFullRange = true
        case ("color_range", "tv"): isFullRange = false
        default: break
        }
      }
    }

    /// Whether ffmpeg passes on the clip's own samples as y4m; other kinds are converted.
    var isNative: Bool {
      let subsampled = ["yuv420p", "yuv422p", "yuv444p"].flatMap { base in
        [base] + ["10le", "12le", "16le"].map { base + $0 }
      }
      return (subsampled + ["gray", "gray10le", "gray12le", "gray16le"]).contains(pixelFormat)
    }

    /// Whether samples have more than 8 bits.
    var isDeep: Bool {
      pixelFormat.hasPrefix("p010") || pixelFormat.hasPrefix("x2")
        || pixelFormat.contains("48") || pixelFormat.contains("64")
        || ["9le", "10le", "12le", "14le", "16le", "9be", "10be", "12be", "14be", "16be"].contains {
          pixelFormat.hasSuffix($0)
        }
    }
  }
}

/// Frames of any container, decoded by the program ffmpeg and read as y4m through a socket.
///
/// Frames have the constant rate that ffmpeg chooses. Transparency is dropped. Samples of the
/// common kinds are not converted and keep the clip's colour tags. Others, such as those of GIF,
/// get 16 bits per channel, so no value is rounded twice.
final class FFmpegDecoder: FrameDecoder {
  let info: VideoInfo
  private let program: ExternalProgram
  private let frames: Y4MDecoder
  private let path: String
  private var position = 0
  private var isFinished = false

  /// Starts the program and reads the size.
  ///
  /// - Throws: `FileError`, with ffmpeg's message if it fails.
  init(_ path: String, limits: VideoLimits, programs: ProgramFolders) throws {
    self.path = path
    let ffmpeg = try FFmpeg.program(in: programs, path: path, purpose: "reading this container")
    let probe = Self.probe(path, programs: programs)
    // Without an answer the samples are converted, which always works.
    let isNative = probe?.isNative ?? false
    var arguments = ["-v", "error", "-nostdin", "-xerror", "-protocol_whitelist", "file"]
    arguments += ["-i", FFmpeg.argument(path), "-map", "0:V:0"]
    if !isNative {
      arguments += [
        "-vf", "scale=out_color_matrix=bt709:out_range=full:flags=accurate_rnd+full_chroma_int",
        "-pix_fmt", "yuv444p16le",
      ]
    }
    arguments += ["-strict", "-1", "-f", "yuv4mpegpipe", "pipe:1"]
    program = try ExternalProgram(ffmpeg, arguments, connection: .output, path: path)
    let input = BufferedInput(program)
    if try input.isAtEnd() {
      try program.finish()
      throw program.failed("it decoded no frame")
    }
    frames = try Y4MDecoder(
      input, path: path, limits: limits, format: .container,
      matrix: isNative ? probe?.matrix : .bt709, isFullRange: isNative ? probe?.isFullRange : true,
      isDeep: probe?.isDeep ?? true)
    // The first line of the y4m has the shape of the pixels.
    var info = frames.info
    info.dropped += Self.otherStreams(path, programs: programs)
    self.info = info
  }

  func next() throws -> Image? { try orFailure { try frames.next() } }

  func skip() throws -> Bool { try orFailure { try frames.skip() ? true : nil } ?? false }

  /// The result of reading, or at the end or after an error ffmpeg's own failure, if any.
  private func orFailure<Value>(_ read: () throws -> Value?) throws -> Value? {
    guard !isFinished else { return nil }
    do {
      if let value = try read() {
        position += 1
        return value
      }
    } catch let error as FileError where error.kind == .truncated {
      try end()
      throw error
    }
    try end()
    guard position > 0 else { throw program.failed("it decoded no frame") }
    return nil
  }

  private func end() throws {
    isFinished = true
    try program.finish()
  }

  /// The answer of ffprobe; nil without it or if it fails.
  ///
  /// The message of ffmpeg then gives the reason.
  private static func probe(_ path: String, programs: ProgramFolders) -> FFmpeg.Probe? {
    let answer = answer(
      to: ["-select_streams", "V:0", "-show_entries", "stream=pix_fmt,color_space,color_range"],
      path, programs: programs)
    let probe = answer.map { FFmpeg.Probe($0) }
    return probe?.pixelFormat.isEmpty == false ? probe : nil
  }

  /// Names of the streams beside the pictures, which are not read; none without ffprobe.
  private static func otherStreams(_ path: String, programs: ProgramFolders) -> [String] {
    let answer = answer(
      to: ["-show_entries", "stream=codec_type"], path, programs: programs)
    let lines = Set((answer ?? "").split(whereSeparator: \.isNewline))
    return [("audio", "sound"), ("subtitle", "subtitles")].filter {
      lines.contains("codec_type=\($0.0)")
    }.map(\.1)
  }

  /// The lines that ffprobe prints; nil without it or if it fails.
  private static func answer(
    to question: [String], _ path: String, programs: ProgramFolders
  ) -> String? {
    guard let ffprobe = programs.path(of: "ffprobe") else { return nil }
    let arguments =
      ["-v", "error", "-protocol_whitelist", "file"] + question
      + ["-of", "default=noprint_wrappers=1", "-i", FFmpeg.argument(path)]
    guard
      let program = try? ExternalProgram(ffprobe, arguments, connection: .output, path: path),
      let answer = try? BufferedInput(program).bytes(1 << 16), (try? program.finish()) != nil
    else { return nil }
    return String(decoding: answer, as: UTF8.self)
  }
}
