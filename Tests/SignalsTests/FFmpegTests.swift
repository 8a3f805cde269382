import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite("Clips through ffmpeg") struct FFmpegTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let isInstalled = ProgramFolders.environment.path(of: "ffmpeg") != nil

  /// A folder with a program of this name that is a shell script.
  private func programs(_ script: String, named name: String = "ffmpeg") throws -> ProgramFolders {
    let path = try folder.makeFolder("bin")
    try folder.write("#!/bin/sh\n" + script + "\n", to: "bin/" + name)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: path + "/" + name)
    return ProgramFolders([path])
  }

  /// A file that begins as a container does.
  private func container(_ name: String = "a.mp4") throws -> String {
    try folder.write([0, 0, 0, 24] + Array("ftypisom".utf8), to: name)
  }

  private func failure(_ programs: ProgramFolders) throws -> FileError? {
    let path = try container()
    let error = #expect(throws: FileError.self) {
      _ = try framesRead(VideoReader(path, programs: programs))
    }
    #expect(error?.path == path && error?.description.contains("\n") == false)
    return error
  }

  @Test("Without ffmpeg the message names the formats that work")
  func notInstalled() throws {
    let none = ProgramFolders([folder.path])
    let error = try failure(none)
    #expect(
      error?.reason == "reading this container needs the program ffmpeg, which is not installed")
    #expect(
      error?.advice == "install it, or use y4m, an animated PNG or a folder of PNG pictures")
    let written = #expect(throws: FileError.self) {
      try VideoWriter.checkWritable(folder.file("b.mp4"), overwrite: false, programs: none)
    }
    #expect(written?.reason.contains("not installed") == true)
    #expect(throws: FileError.self) {
      try writeClip(testFrames(), to: folder.file("b.mp4"), rate: pal, programs: none)
    }
    #expect(try !folder.names().contains("b.mp4"))
  }

  @Test("Frames are read through a program, and a file's name is never an option of it")
  func stub() throws {
    let frames = testFrames(4)
    try writeClip(frames, to: folder.file("clip.y4m"), rate: ntsc)
    let expected = try framesRead(folder.file("clip.y4m"))
    let log = folder.file("log")
    let stub = try programs("echo \"$*\" > '\(log)'; cat '\(folder.file("clip.y4m"))'")
    _ = try programs("printf 'pix_fmt=yuv444p\\ncolor_range=tv\\n'", named: "ffprobe")
    let path = try container("-y.mp4")
    let reader = try VideoReader(path, programs: stub)
    #expect(reader.info.format == .container && reader.info.frameRate == ntsc)
    #expect(reader.info.frameCount == nil && !reader.info.isDeep)
    #expect(try framesRead(reader) == expected)
    #expect(try reader.nextFrame() == nil)
    let arguments = try String(contentsOfFile: log, encoding: .utf8)
    #expect(arguments.contains("-i file:\(path) ") && arguments.contains("-nostdin"))
    let store = try VideoFrames(VideoReader(path, programs: stub))
    #expect(store.frameCount == 4)
    #expect(throws: FileError.self) {
      try VideoFrames(VideoReader(path, programs: stub), frames: 2..<5)
    }
  }

  @Test("What no reader keeps of a clip is named")
  func dropped() throws {
    let stub = try programs(
      "printf 'YUV4MPEG2 W1 H1 F25:1 It A4:3 Cmono\\nFRAME\\nx'")
    _ = try programs(
      """
      case "$*" in
      *codec_type*) printf 'codec_type=video\\ncodec_type=audio\\ncodec_type=audio\\n' ;;
      *) printf 'pix_fmt=gray\\ncolor_range=pc\\n' ;;
      esac
      """, named: "ffprobe")
    let reader = try VideoReader(try container(), programs: stub)
    #expect(
      reader.info.droppedRemark
        == "not kept from the clip: interlacing, the pixel aspect ratio 4:3, sound")
    #expect(abs(try framesRead(reader)[0].values[0] - Float(UInt8(ascii: "x")) / 255) < 1e-6)
    for (words, expected) in [
      ("A100:51", ["the pixel aspect ratio 100:51"]), ("A1:1 Ip", []), ("A0:0", []), ("A4", []),
      ("A-4:3", []), ("I?", []), ("Ib", ["interlacing"]),
    ] {
      let path = try folder.write(
        "YUV4MPEG2 W1 H1 F25:1 \(words) Cmono\nFRAME\nx", to: "clip.y4m")
      #expect(try VideoReader(path).info.dropped == expected, "\(words)")
    }
  }

  @Test("The messages of ffmpeg are passed on")
  func failures() throws {
    let said = try failure(programs("echo first >&2; echo 'moov atom not found' >&2; exit 1"))
    #expect(said?.reason == "the program ffmpeg failed: moov atom not found")
    #expect(try failure(programs("exit 3"))?.reason.contains("code 3") == true)
    #expect(try failure(programs("exit 0"))?.reason.contains("no frame") == true)
    #expect(try failure(programs("kill -9 $$"))?.reason.contains("signal 9") == true)
    #expect(try failure(programs("echo text"))?.kind == .corrupt)
    // Damage in the middle: a frame came, then it fails.
    let start = "printf 'YUV4MPEG2 W1 H1 F25:1 Cmono\\nFRAME\\nx'; "
    #expect(
      try failure(programs(start + "echo broken >&2; exit 1"))?.reason.contains("broken") == true)
    #expect(try failure(programs(start + "printf 'FRAME\\n'"))?.kind == .truncated)
    // More words than a pipe holds are no reason to wait for each other.
    let noisy =
      "i=0; while [ $i -lt 3000 ]; do echo 'a line of some forty characters in length' >&2; "
    #expect(
      try failure(programs(noisy + "i=$((i+1)); done; echo last >&2; exit 1"))?.reason.hasSuffix(
        "last")
        == true)
  }

  @Test("The program ends when its reader is released")
  func abandoned() throws {
    let pid = folder.file("pid")
    let stub = try programs(
      "echo $$ > '\(pid)'; printf 'YUV4MPEG2 W1 H1 F25:1 Cmono\\nFRAME\\nx'; exec sleep 600")
    let path = try container()
    do {
      let reader = try VideoReader(path, programs: stub)
      #expect(try reader.nextFrame() != nil)
    }
    let number = try #require(
      pid_t(
        try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(
          in: .whitespacesAndNewlines)))
    #expect(kill(number, 0) == -1 && errno == ESRCH)
  }

  @Test("A writer passes its samples to the program, and a failure leaves no file")
  func writing() throws {
    let copying = try programs("for last; do :; done; cat > \"${last#file:}\"")
    let frames = testFrames(2)
    let path = folder.file("b.mp4")
    try writeClip(frames, to: path, rate: pal, programs: copying)
    let expected = frames.flatMap { $0.values.map { UInt8($0 * 255 + 0.5) } }
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == expected)
    // It ends before it has read anything: an error, and not the end of this program.
    let failing = try programs("echo 'Unknown encoder' >&2; exit 1")
    let error = #expect(throws: FileError.self) {
      try writeClip(
        testFrames(40, width: 200, height: 200), to: folder.file("c.webm"), rate: pal,
        programs: failing)
    }
    #expect(error?.reason == "the program ffmpeg failed: Unknown encoder")
    #expect(error?.kind == .unwritable)
    #expect(try folder.names() == ["b.mp4", "bin"])
  }

  @Test(
    "The real program writes and reads", .enabled(if: isInstalled, "ffmpeg is not installed"),
    arguments: ["mp4", "mov", "mkv", "webm", "gif"], [(48, 32), (33, 17)])
  func realProgram(ending: String, size: (Int, Int)) throws {
    // Smooth frames, which lossy formats keep.
    let frames = (0..<5).map { number in
      var image = Image(width: size.0, height: size.1, channels: 3)
      for row in 0..<size.1 {
        for column in 0..<size.0 {
          image[row, column, 0] = Float(column) / Float(size.0)
          image[row, column, 1] = Float(row) / Float(size.1)
          image[row, column, 2] = Float(number) / 5
        }
      }
      return image
    }
    let path = folder.file("clip." + ending)
    try writeClip(frames, to: path, rate: pal)
    #expect(try folder.names() == ["clip." + ending])
    let reader = try VideoReader(path)
    #expect(reader.info.format == .container && reader.info.frameRate == pal)
    let found = try framesRead(reader)
    #expect(found.count == 5)
    let errors = zip(found, frames).flatMap { a, b in zip(a.values, b.values).map { abs($0 - $1) } }
    #expect(errors.count == 5 * size.0 * size.1 * 3)
    #expect(errors.reduce(0, +) / Float(max(1, errors.count)) < 0.03)
  }

  @Test(
    "A damaged container is an error with the program's message",
    .enabled(if: isInstalled, "ffmpeg is not installed"))
  func damagedContainer() throws {
    let path = folder.file("clip.mkv")
    try writeClip(testFrames(20, width: 64, height: 48), to: path, rate: pal)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let cut = try folder.write(bytes.prefix(100), to: "cut.mkv")
    #expect(videoFailure(cut)?.reason.contains("ffmpeg failed") == true)
  }
}
