import Foundation
import Signals
import TestSupport
import Testing

/// The limits of Docs/how-to/limits.md at their usual values: what is over one is refused, whatever its content.
@Suite struct FixedLimitTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func little(_ number: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A wave file of one frame.
  private func wave(channels: Int) -> [UInt8] {
    let samples = [UInt8](repeating: 0, count: 2 * channels)
    return Array("RIFF".utf8) + little(36 + samples.count, 4) + Array("WAVEfmt ".utf8)
      + little(16, 4) + little(1, 2) + little(channels, 2) + little(8_000, 4)
      + little(16_000 * channels, 4) + little(2 * channels, 2) + little(16, 2)
      + Array("data".utf8) + little(samples.count, 4) + samples
  }

  /// Expects a command to be refused with a message that has a part.
  private func expectRefusal(
    _ program: Program, _ arguments: [String], _ part: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try program.run(arguments, in: folder.path)
    #expect(outcome.exitCode == 1, sourceLocation: sourceLocation)
    #expect(
      outcome.errors.contains(part), "\(outcome.errors) lacks '\(part)'",
      sourceLocation: sourceLocation)
  }

  @Test("A file of more bytes than the limit is refused before it is read")
  func bytes() throws {
    let picture = Image(width: 2, height: 1, channels: 1, values: [0, 1])
    try folder.write(ImageFile.encodePNG(picture), to: "small.png")
    let gibibyte = 1 << 30
    let files: [(name: String, start: [UInt8], limit: Int, program: Program, command: [String])] = [
      ("p.png", [UInt8](try ImageFile.encodePNG(picture)), gibibyte, .siren, ["fit", "p.png"]),
      ("s.wav", wave(channels: 1), gibibyte, .siren, ["fit", "s.wav"]),
      ("c.y4m", Array("YUV4MPEG2 W2 H1 Cmono\n".utf8), 64 * gibibyte, .siren, ["fit", "c.y4m"]),
      ("m.obj", Array("v 0 0 0\nv 1 0 0\n".utf8), gibibyte, .siren, ["fit", "m.obj"]),
      (
        "p.csv", Array("x,y,value\n1,1,9\n".utf8), gibibyte, .hyper,
        ["inpaint", "--points", "p.csv", "--size", "8x8", "-o", "o.png"]
      ),
      ("f.safetensors", little(2, 8), 4 * gibibyte, .siren, ["info", "f.safetensors"]),
      ("p.safetensors", little(2, 8), 2 * gibibyte, .hyper, ["info", "p.safetensors"]),
      (
        "r.safetensors.checkpoint", little(2, 8), 8 * gibibyte, .siren,
        ["fit", "small.png", "--cells", "1", "--steps", "1", "--resume", "-o", "r.safetensors"]
      ),
    ]
    for file in files {
      let path = try folder.write(file.start, to: file.name)
      // The rest is a hole, which takes no space on the disk.
      try #require(truncate(path, off_t(file.limit + 1)) == 0)
      try expectRefusal(
        file.program, file.command, "\(file.limit + 1) bytes, over the limit of \(file.limit)")
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test("An array's header, a sound's channels and the line of a frame have limits")
  func headers() throws {
    try folder.write(
      [0x93] + Array("NUMPY".utf8) + [2, 0] + little(65_537, 4)
        + [UInt8](repeating: 32, count: 65_537), to: "a.npy")
    try expectRefusal(
      .siren, ["fit", "a.npy"], "header has 65537 bytes, more than the 65536 accepted")
    try folder.write(wave(channels: 65), to: "s.wav")
    try expectRefusal(.siren, ["fit", "s.wav"], "claims 65 channels at 8000 Hz, expected 1 to 64")
    let line = "FRAME " + String(repeating: "X", count: 1_025) + "\nab"
    try folder.write(Array("YUV4MPEG2 W2 H1 F25:1 Cmono\n\(line)".utf8), to: "c.y4m")
    try expectRefusal(.siren, ["fit", "c.y4m"], "frame 0 doesn't begin with the word FRAME")
    let first = "YUV4MPEG2 W2 H1 F25:1 Cmono X" + String(repeating: "X", count: 4_096)
    try folder.write(Array("\(first)\nFRAME\nab".utf8), to: "c.y4m")
    try expectRefusal(.siren, ["fit", "c.y4m"], "first line doesn't end within 4096 bytes")
    let comments = String(repeating: "comment x\n", count: 6_554)
    try folder.write(Array("ply\nformat ascii 1.0\n\(comments)end_header\n".utf8), to: "m.ply")
    try expectRefusal(.siren, ["fit", "m.ply"], "its header has no end within 65536 bytes")
  }

  @Test("More pixels than the usual limits are refused by what the header claims")
  func pixels() throws {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (10000, 10001), }\n"
    try folder.write(
      [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.utf8.count, 2) + Array(header.utf8),
      to: "a.npy")
    try expectRefusal(
      .siren, ["fit", "a.npy"], "claims 10001x10000 pixels, over the limit of 100000000")
    try folder.write(Array("YUV4MPEG2 W7681 H4320 F25:1 Cmono\nFRAME\n".utf8), to: "c.y4m")
    try expectRefusal(
      .siren, ["fit", "c.y4m"], "claims 7681x4320 pixels, over the limit of 33177600")
  }

  /// The limits that a variable raises, as the first columns of the table have them.
  @Test("The table of limits has the usual ones")
  func table() throws {
    let million = 1_000_000
    let gibibyte = 1 << 30
    #expect(ImageLimits.standard.maximumBytes == gibibyte)
    #expect(AudioLimits.standard.maximumBytes == gibibyte)
    #expect(PointsFile.maximumBytes == gibibyte)
    #expect(ShapeLimits.standard.maximumBytes == gibibyte)
    #expect(ShapeLimits.standard.maximumVertices == PointsFile.maximumPoints)
    #expect(ShapeLimits.standard.maximumTriangles == 2 * PointsFile.maximumPoints)
    #expect(VideoLimits.standard.maximumPixels == 7680 * 4320)
    let video = VideoLimits.standard
    let rows = [
      "| pixels of a picture | \(ImageLimits.standard.maximumPixels / million) million |",
      "| pixels of a clip's frame | \(video.maximumPixels / million) million (7680x4320) |",
      "| bytes of a picture, sound, table or shape | 1 GiB |",
      "| bytes of a clip | \(video.maximumFileBytes / gibibyte) GiB |",
      "| frames of a clip | \(video.maximumFrames / 1_000),000 | `SIREN_MAX_FRAMES` "
        + "| \(video.maximumStoredBytes / gibibyte) GiB of temporary file at most",
      "| samples of a sound, frames times channels | \(AudioLimits.standard.maximumSamples / million) "
        + "million |",
      "| points of a table | \(PointsFile.maximumPoints / million) million |",
      "| vertices of a shape; of triangles twice as many | \(PointsFile.maximumPoints / million) "
        + "million |",
      "| a line of a table | \(PointsFile.maximumLineBytes / 1_024) KiB |",
    ]
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appendingPathComponent("Docs/how-to/limits.md"), encoding: .utf8)
    for row in rows { #expect(page.contains("\n" + row), "no row begins with \(row)") }
  }

  @Test("Folders more than 64 deep are left out, with a warning")
  func folders() throws {
    let picture = try ImageFile.encodePNG(
      Image(width: 2, height: 1, channels: 1, values: [0, 1]))
    let deep = "d/" + String(repeating: "x/", count: 65)
    try FileManager.default.createDirectory(
      atPath: folder.file(deep), withIntermediateDirectories: true)
    try folder.write(picture, to: "d/near.png")
    try folder.write(picture, to: deep + "far.png")
    let index = try Program.hyper.run(["dataset", "index", "d"], in: folder.path)
    #expect(index.exitCode == 0)
    #expect(index.errors.contains("folders lie more than 64 deep"), "\(index.errors)")
    #expect(
      try Program.hyper.run(["dataset", "list", "d"], in: folder.path).output.contains("near"))
    #expect(
      try !Program.hyper.run(["dataset", "list", "d"], in: folder.path).output.contains("far"))
    let train = try Program.hyper.run(
      ["train", "--dataset", "d", "--size", "8", "-o", "p.safetensors", "--quiet"], in: folder.path)
    #expect(train.errors.contains("is without a part of the collection (x/x/"), "\(train.errors)")
    let inpaint = try Program.hyper.run(
      ["inpaint", "d", "-o", "o", "--keep", "1", "--model", "linear"], in: folder.path)
    #expect(inpaint.errors.contains("folders lie more than 64 deep"), "\(inpaint.errors)")
    #expect(try folder.names().contains("o"))
  }

  @Test(
    "Of a stack the first 4096 pages are used, with a warning, and more where the limit is raised")
  func pages() throws {
    try folder.makeFolder("d")
    try folder.write(stack(of: 4_100), to: "d/stack.tif")
    let warning =
      "Warning: stack.tif: only the first 4096 of its 4100 pages are used; split the file, "
      + "or raise the limit with SIREN_MAX_FRAMES\n"
    // Also when the file is not read again.
    for _ in 0..<2 {
      let index = try Program.hyper.run(["dataset", "index", "d"], in: folder.path)
      #expect(index.exitCode == 0)
      #expect(index.errors.contains(warning), "\(index.errors)")
    }
    let training = try Program.hyper.run(
      ["train", "--dataset", "d", "--size", "8", "-o", "p.safetensors", "--quiet"], in: folder.path)
    #expect(
      training.errors.contains("the training is without a part of the collection (stack.tif: "))

    let raised = try Program.hyper.run(
      ["dataset", "index", "d", "--json"], environment: ["SIREN_MAX_FRAMES": "5K"], in: folder.path)
    #expect(raised.exitCode == 0 && !raised.errors.contains("Warning"), "\(raised.errors)")
    #expect(raised.output.contains(#""changed":1"#) && raised.output.contains(#""problems":[]"#))
    let again = try Program.hyper.run(["dataset", "index", "d", "--json"], in: folder.path)
    #expect(again.output.contains(#""unchanged":1"#) && again.output.contains(#""problems":[]"#))
  }

  /// A TIFF of as many pages of one pixel, which they share.
  private func stack(of pages: Int) -> [UInt8] {
    // Width, height, bits, compression, interpretation, offset, samples, rows and bytes of a strip.
    let entries: [(tag: Int, type: Int, value: Int)] = [
      (256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 4), (277, 3, 1),
      (278, 3, 1), (279, 4, 1),
    ]
    var bytes = [0x49, 0x49, 42, 0] + little(8, 4)
    for page in 1...pages {
      bytes += little(entries.count, 2)
      for entry in entries {
        bytes +=
          little(entry.tag, 2) + little(entry.type, 2) + little(1, 4) + little(entry.value, 4)
      }
      bytes += little(page < pages ? bytes.count + 4 : 0, 4)
    }
    return bytes
  }
}
