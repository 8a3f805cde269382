import Foundation
import Signals
import TestSupport
import Testing

/// Pictures of every kind, and files that are none, given to `siren-hyper inpaint` as built: exact
/// messages, and nothing half-written.
@Suite(.serialized) struct PictureInputTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = folder.file("prior.safetensors")
    let data = folder.file("faces")
    let drawn = try Program.hyper.run(
      "dataset", "synthesize", data, "--count", "60", "--size", "8", "--quiet")
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
    let trained = try Program.hyper.run(
      "train", "--dataset", data, "--size", "8", "--head", "modulated", "--batch", "2", "--steps",
      "1", "-o", model, "-q")
    try #require(trained.exitCode == 0, "\(trained.errors)")
  }

  private func inpaint(_ picture: String, _ more: String...) throws -> Program.Outcome {
    try Program.hyper.run(
      ["inpaint", picture, folder.file("out.png"), "--model", model]
        + (more.isEmpty ? ["--keep", "25%"] : more))
  }

  /// The whole message, with `~` for the test's folder; no picture is left behind.
  private func expectError(
    _ outcome: Program.Outcome, exitCode: Int32 = 1, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(outcome.exitCode == exitCode, sourceLocation: sourceLocation)
    #expect(
      outcome.errors.replacingOccurrences(of: folder.path, with: "~") == "Error: \(message)\n",
      sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    let written = try folder.names().filter { $0.contains("out") || $0.hasPrefix(".") }
    #expect(written.isEmpty, sourceLocation: sourceLocation)
  }

  private var smallPNG: [UInt8] {
    PNGBuilder.file(
      width: 5, height: 4, bitDepth: 8, colorType: .rgb, samples: (0..<60).map { $0 * 4 })
  }

  private func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("SignalsTests/Fixtures/\(name)").path
  }

  @Test func filesThatAreNotPictures() throws {
    try expectError(
      try inpaint(folder.file("none.png")), "~/none.png: there is no such file; check the path")
    try expectError(
      try inpaint(folder.path), exitCode: 2,
      "'~' is a folder of pictures, and '~/out.png' is not a folder; name the picture, or a folder to "
        + "write to")
    try expectError(
      try inpaint(try folder.write("hello, this is text", to: "text.png")),
      "~/text.png: the content is not that of a picture that is read here; "
        + "give a PNG, JPEG, TIFF, WebP, NPY or NPZ file")
    try expectError(
      try inpaint("/dev/null"),
      "/dev/null: this is a device or a pipe, not a file; save it as a file first")
    let pipe = folder.file("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    try expectError(
      try inpaint(pipe),
      "~/pipe: this is a device or a pipe, not a file; save it as a file first")
  }

  @Test func damagedPictures() throws {
    try expectError(
      try inpaint(try folder.write(smallPNG.prefix(70), to: "cut.png")),
      "~/cut.png: the PNG is cut short (the data end before the picture does); "
        + "copy the file again from its source")
    let sized = { (width: UInt32, height: UInt32) -> [UInt8] in
      var builder = PNGBuilder(width: width, height: height, bitDepth: 8, colorType: 2)
      builder.append("IDAT", PNGBuilder.zlibStored([0]))
      builder.append("IEND")
      return builder.bytes
    }
    try expectError(
      try inpaint(try folder.write(sized(0, 0), to: "zero.png")),
      "~/zero.png: the picture is 0x0, with no pixel; give a picture of at least 1x1")
    try expectError(
      try inpaint(try folder.write(sized(65_535, 65_535), to: "huge.png")),
      "~/huge.png: the picture claims 65535x65535 pixels, over the limit of 100000000; "
        + "shrink or crop it first, or raise the limit with SIREN_MAX_PIXELS")
  }

  /// Formats that cameras, scanners and printers write are restored, at their displayed size.
  @Test func picturesOfEveryKind() throws {
    let eight = Array(0..<8)
    let kinds: [(name: String, bytes: [UInt8])] = [
      (
        "sixteen.png",
        PNGBuilder.file(
          width: 8, height: 8, bitDepth: 16, colorType: .grey, samples: (0..<64).map { $0 * 1_000 })
      ),
      (
        "palette.png",
        PNGBuilder.file(
          width: 8, height: 8, bitDepth: 8, colorType: .palette,
          samples: (0..<64).map { $0 % 2 }, palette: [0, 0, 0, 255, 0, 0])
      ),
      (
        "grey.png",
        PNGBuilder.file(
          width: 8, height: 8, bitDepth: 8, colorType: .grey,
          samples: eight.flatMap { row in eight.map { 20 * row + $0 } })
      ),
      ("named.jpg", smallPNG),
    ]
    var pictures = try kinds.map { (try folder.write($0.bytes, to: $0.name), $0.name) }
    pictures += ["cmyk.jpg", "ycck.jpg", "orientation_1.jpg", "orientation_6.jpg"]
      .map { (fixture($0), $0) }
    var sizes: [String: String] = [:]
    // Grey stays grey, and 16 bits stay 16 bits.
    var kept: [String: String] = [:]
    for (path, name) in pictures {
      let out = folder.file("restored-\(name).png")
      let outcome = try Program.hyper.run(
        "inpaint", path, out, "--keep", "50%", "--model", model)
      #expect(outcome.exitCode == 0, "\(name): \(outcome.errors)")
      let restored = try PictureFile.read(out)
      sizes[name] = "\(restored.width)x\(restored.height)"
      kept[name] = restored.format.summary
    }
    #expect(kept["sixteen.png"] == "16-bit grey" && kept["grey.png"] == "8-bit grey")
    #expect(kept["palette.png"] == "8-bit RGB" && kept["orientation_6.jpg"] == "8-bit grey")
    #expect(
      sizes == [
        "sixteen.png": "8x8", "palette.png": "8x8", "grey.png": "8x8", "named.jpg": "5x4",
        "cmyk.jpg": "24x16", "ycck.jpg": "24x16", "orientation_1.jpg": "8x4",
        "orientation_6.jpg": "8x4",
      ])
    // EXIF says that the stored 4x8 picture is to be turned; turned, it is the same picture.
    let upright = try ImageFile.read(folder.file("restored-orientation_1.jpg.png"))
    let turned = try ImageFile.read(folder.file("restored-orientation_6.jpg.png"))
    let original = try ImageFile.read(fixture("orientation_1.jpg"))
    #expect(Quality.meanSquaredError(upright, turned) < 0.01)
    #expect(
      Quality.meanSquaredError(turned, original)
        < Quality.meanSquaredError(Image(width: 8, height: 4, channels: 1), original))
  }

  @Test func aModelWorksAtAnySizeOfPicture() throws {
    let picture = folder.file("wide.png")
    try ImageFile.writePNG(
      .pattern(width: 31, height: 9, channels: 4), to: picture, overwrite: false)
    let outcome = try inpaint(picture, "--keep", "40")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let restored = try ImageFile.read(folder.file("out.png"))
    #expect((restored.width, restored.height) == (31, 9))
  }

  @Test func masksThatDoNotFit() throws {
    let picture = try folder.write(smallPNG, to: "p.png")
    let mask = { (name: String, width: Int, value: Float) -> String in
      let path = folder.file(name)
      try ImageFile.writePNG(
        Image(width: width, height: 4, channels: 1, filledWith: value), to: path, overwrite: true)
      return path
    }
    try expectError(
      try inpaint(picture, "--mask", try mask("m.png", 9, 0)),
      "the mask '~/m.png' is 9x4, the picture 5x4; make them the same size")
    try expectError(
      try inpaint(picture, "--mask", try mask("m.png", 5, 1)),
      "'~/m.png' marks every pixel as missing; a mask is white at missing and black at observed "
        + "pixels, --invert-mask swaps the two")
    try expectError(
      try inpaint(picture, "--mask", try mask("m.png", 5, 0.25)),
      "'~/m.png' marks no pixel as missing: its brightest value is 25.1% of white, and missing begins "
        + "at 50%; paint missing pixels white, or pass --invert-mask if they are black")
    try expectError(
      try inpaint(picture, "--quiet"),
      "'~/p.png' has no missing pixels to fill in: none is transparent, not a number, or the value of "
        + "--missing; pass the observed pixels with --keep 10%, --mask or --points")
    for (keep, exitCode) in [("0%", Int32(2)), ("200%", 2)] {
      try expectError(
        try inpaint(picture, "--keep", keep), exitCode: exitCode,
        "--keep: '\(keep)' doesn't say how many pixels to keep; expected a share above 0% and up "
          + "to 100%, such as 10%, or a number of pixels from 1, such as 100\n"
          + "Usage: siren-hyper inpaint [<options>] [<input>] [<result>]\n"
          + "  See 'siren-hyper inpaint --help' for more information.")
    }
  }

  @Test func filesThatAreNotModels() throws {
    let picture = try folder.write(smallPNG, to: "p.png")
    let pipe = folder.file("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    let text = try folder.write("text", to: "text.st")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: model))
    let cut = try folder.write(bytes.prefix(bytes.count - 9), to: "cut.st")
    let field = folder.file("field.st")
    let fitted = try Program.siren.run(
      "fit", picture, "--steps", "1", "--width", "8", "--depth", "1", "-q", "-o", field)
    #expect(fitted.exitCode == 0, "\(fitted.errors)")
    let advice = "pass a file that 'siren-hyper train' wrote"
    let special = "this is a device or a pipe, not a file"
    let expected: [(String, String)] = [
      (folder.file("none.st"), "'~/none.st' is not a prior: there is no such file; \(advice)"),
      (folder.path, "'~' is not a prior: this is a folder, not a file; \(advice)"),
      (pipe, "'~/pipe' is not a prior: \(special); \(advice)"),
      ("/dev/zero", "'/dev/zero' is not a prior: \(special); \(advice)"),
      (
        field,
        "'~/field.st' is not a prior: its metadata does not say 'siren-hyper prior'; \(advice)"
      ),
      (
        text,
        "'~/text.st' is not a usable model: it has 4 bytes, fewer than the format's 8-byte length. "
          + "Pass a .safetensors file written by this program."
      ),
    ]
    for (path, message) in expected {
      let outcome = try Program.hyper.run(
        "inpaint", picture, folder.file("out.png"), "--keep", "25%", "--model", path)
      try expectError(outcome, message)
    }
    let outcome = try Program.hyper.run(
      "inpaint", picture, folder.file("out.png"), "--keep", "25%", "--model", cut)
    #expect(outcome.exitCode == 1 && outcome.errors.contains("claims bytes"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out.png")))
    let info = try Program.siren.run("info", pipe)
    try expectError(
      info,
      "'~/pipe' holds no field: \(special). Pass a model written by 'siren fit', or by PyTorch with "
        + "the names net.0.linear.weight and so on.")
  }

  @Test func outputsThatCannotBeWritten() throws {
    let picture = try folder.write(smallPNG, to: "p.png")
    let run = { (output: String, more: [String]) in
      try Program.hyper.run(
        ["inpaint", picture, output, "--keep", "25%", "--model", model] + more)
    }
    let missing = folder.file("no/out.png")
    try expectError(
      try run(missing, []),
      "~/no/out.png: the folder ~/no does not exist; create the folder or name another one")
    try expectError(
      try run(folder.file("out.png"), ["--sheet", missing]),
      "~/no/out.png: the folder ~/no does not exist; create the folder or name another one")
    try expectError(
      try run(folder.path, []), "~: this is a folder; give the name of a file")
    let before = try Data(contentsOf: URL(fileURLWithPath: picture))
    #expect(try run(picture, []).exitCode == 2)
    #expect(try run(picture, ["--force"]).exitCode == 2)
    #expect(try Data(contentsOf: URL(fileURLWithPath: picture)) == before)
    let drawn = try Program.hyper.run("dataset", "synthesize", picture, "--count", "3")
    try expectError(drawn, "~/p.png: this is not a folder; pass the folder of the pictures")
  }
}
