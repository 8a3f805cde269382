import Foundation
import Signals
import TestSupport
import Testing

/// The model that comes with the programs, and the commands that need no training because of it.
@Suite struct BundledModelTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  private static let model = repository + "/Models/faces.safetensors"

  private func face(_ number: Int) -> String {
    Self.repository + "/Datasets/sample-faces/face-0000\(number).png"
  }

  /// Runs in an empty folder with the model of this repository.
  private func run(
    _ arguments: String..., in folder: TemporaryFolder, program: Program = .hyper
  ) throws -> Program.Outcome {
    try program.run(
      arguments, environment: ["SIREN_MODELS": Self.repository + "/Models"], in: folder.path)
  }

  private func bytes(_ folder: TemporaryFolder, _ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
  }

  @Test func inpaintingNeedsNoTraining() throws {
    let folder = try TemporaryFolder()
    let first = try Program.hyper.run(
      ["inpaint", face(1), "first.png", "--keep", "10%", "--json"], in: folder.path)
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(
      first.errors.hasPrefix("using 'faces': ")
        && first.errors.hasSuffix("; --model selects another\n"), "\(first.errors)")
    let named = try Program.hyper.run(
      ["inpaint", face(1), "named.png", "--keep", "10%", "--model", Self.model], in: folder.path)
    #expect(named.exitCode == 0 && named.errors.isEmpty, "\(named.errors)")
    #expect(try bytes(folder, "first.png") == bytes(folder, "named.png"))
    let quiet = try run("inpaint", face(1), "quiet.png", "--keep", "10%", "--quiet", in: folder)
    #expect(quiet.exitCode == 0 && quiet.errors.isEmpty)

    // Better than a grey picture by far: the face is one of the kind that the model knows.
    let truth = try ImageFile.read(face(1)).composited(onto: 1).converted(toChannels: 3)
    let restored = try ImageFile.read(folder.file("first.png"))
    let grey = Image(width: truth.width, height: truth.height, channels: 3, filledWith: 0.5)
    #expect(
      Quality.meanSquaredError(restored, truth) < 0.4 * Quality.meanSquaredError(grey, truth))
  }

  @Test func aModelInTheCurrentFolderComesFirst() throws {
    let folder = try TemporaryFolder()
    try folder.write("no model", to: "prior.safetensors")
    let outcome = try run("inpaint", face(1), "out.png", "--keep", "10%", in: folder)
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.contains("'prior.safetensors' is not a usable model"))
  }

  @Test func greyAndTransparentPicturesKeepTheirChannels() throws {
    let folder = try TemporaryFolder()
    let picture = try ImageFile.read(face(2))
    for channels in [1, 4] {
      try ImageFile.writePNG(
        picture.converted(toChannels: channels), to: folder.file("in\(channels).png"),
        overwrite: false)
      let outcome = try run(
        "inpaint", "in\(channels).png", "out\(channels).png", "--keep", "20%", in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(try ImageFile.read(folder.file("out\(channels).png")).channels == channels)
    }
  }

  @Test func aFolderWithoutTheModelIsNamed() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.makeFolder("empty")
    for (command, model) in [
      (["inpaint", face(1), "o.png", "--keep", "10%"], "scenes"), (["info"], "faces"),
      (["sample", "o.png"], "faces"),
    ] {
      let outcome = try Program.hyper.run(
        command, environment: ["SIREN_MODELS": empty], in: folder.path)
      #expect(outcome.exitCode == 1)
      #expect(
        outcome.errors
          == "Error: SIREN_MODELS names '\(empty)', which has no \(model).safetensors; pass --model "
          + "FILE, name another folder, or unset the variable\n")
    }
    #expect(try folder.names() == ["empty"])
  }

  @Test func infoDescribesIt() throws {
    let folder = try TemporaryFolder()
    let json = try run("info", "--json", in: folder)
    #expect(json.exitCode == 0 && json.errors.isEmpty)
    for part in [
      #""kind":"subspace""#, #""image_size":64"#, #""channels":3"#, #""components":384"#,
      #""functions":1024"#, #""mirrors":true"#, #""residual_network_parameters":"#,
      #""residual_network_neighbours":"#, #""program":"siren-hyper 0.1.0""#,
      #""training":"components 384"#, #""parameters":"#,
    ] {
      #expect(json.output.contains(part), "\(part) in \(json.output)")
    }
    let text = try run("info", Self.model, in: folder)
    #expect(text.output.contains("a subspace prior\npictures of 64x64, 3 channels\n"))
    let size = try FileManager.default.attributesOfItem(atPath: Self.model)[.size] as? Int
    #expect(try #require(size) < 10_000_000)
  }

  @Test func anExportedNetworkIsWhatInpaintRenders() throws {
    let folder = try TemporaryFolder()
    let export = try run("export", face(3), "face.safetensors", "--keep", "10%", in: folder)
    #expect(export.exitCode == 0, "\(export.errors)")
    let info = try run("info", "face.safetensors", in: folder, program: .siren)
    #expect(info.output.contains("picture 32x32, 3 channels"), "\(info.errors)")
    #expect(
      info.output.contains("from 102 points of face-00003.png by the prior faces"))
    let render = try run("render", "face.safetensors", "render.png", in: folder, program: .siren)
    #expect(render.exitCode == 0, "\(render.errors)")
    let inpaint = try run(
      "inpaint", face(3), "inpaint.png", "--keep", "10%", "--no-paste", in: folder)
    #expect(inpaint.exitCode == 0, "\(inpaint.errors)")
    let pictures = try ["render.png", "inpaint.png"].map { try ImageFile.read(folder.file($0)) }
    #expect(pictures[0].isSame(as: pictures[1]))
    let again = try run("export", face(3), "face.safetensors", "--keep", "10%", in: folder)
    #expect(again.exitCode == 1 && again.errors.contains("--force"))
  }

  @Test func oneSeedDrawsOneSheet() throws {
    let folder = try TemporaryFolder()
    for (name, seed, threads) in [("a.png", "1", "1"), ("b.png", "1", "2"), ("c.png", "2", "2")] {
      let outcome = try run(
        "sample", name, "--count", "5", "--size", "32x32", "--seed", seed, "--threads", threads,
        in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }
    #expect(try bytes(folder, "a.png") == bytes(folder, "b.png"))
    #expect(try bytes(folder, "a.png") != bytes(folder, "c.png"))
    // Three columns and two rows.
    let sheet = try ImageFile.read(folder.file("a.png"))
    #expect((sheet.width, sheet.height) == (3 * 32 + 4 * 4, 2 * 32 + 3 * 4))

    let given = try run(
      "sample", "given.png", "--given", face(4), "--keep", "100%", "--count", "1", in: folder)
    #expect(given.exitCode == 0, "\(given.errors)")
    let drawn = try ImageFile.read(folder.file("given.png")).tile(0, size: 32)
    let truth = try ImageFile.read(face(4)).composited(onto: 1).converted(toChannels: 3)
    #expect(Quality.meanSquaredError(drawn, truth) < 0.002)
  }

  @Test func anInterpolationEndsAtThePicturesOwnRestorations() throws {
    let folder = try TemporaryFolder()
    let strip = try run(
      "interpolate", face(5), face(6), "strip.png", "--keep", "10%", "--steps", "3", "--animation",
      "moving.png", in: folder)
    #expect(strip.exitCode == 0, "\(strip.errors)")
    let sheet = try ImageFile.read(folder.file("strip.png"))
    #expect((sheet.width, sheet.height) == (3 * 32 + 4 * 4, 32 + 2 * 4))
    for (tile, number) in [(0, 5), (2, 6)] {
      let outcome = try run(
        "inpaint", face(number), "\(number).png", "--keep", "10%", "--no-paste", in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let restored = try ImageFile.read(folder.file("\(number).png"))
      #expect(sheet.tile(tile, size: 32).isSame(as: restored))
    }
    #expect(sheet.tile(1, size: 32) != sheet.tile(0, size: 32))
  }

  @Test(arguments: [
    (["sample", "o.png", "--count", "0"], "--count is 0, expected 1 to 1024 pictures."),
    (["sample", "o.png", "--keep", "5%"], "need a picture, pass --given."),
    (["sample", "o.png", "--size", "4096x4096"], "is too large"),
    (["interpolate", "a", "b", "o.png", "--steps", "1"], "--steps is 1, expected 2 to 256"),
    (["interpolate", "a", "b", "o.png", "--animation", "o.png"], "are the same file"),
    (["interpolate", "a", "b", "o.png", "--animation", "o.gif"], "expected a .png file"),
    (["interpolate", "a", "b", "o.png", "--keep", "0"], "--keep: '0' doesn't say"),
    (["export", "a", "o", "--keep", "5%", "--mask", "m"], "exclude each other"),
    (
      ["export", "a.png", "p", "--model", "./p", "--force"],
      "the output and the model are the same file, 'p'; name another one"
    ),
    (
      ["sample", "o.png", "--given", "o.png", "--keep", "5%", "--force"],
      "the output and --given are the same file, 'o.png'"
    ),
    (
      ["inpaint", "h.npy", "out.npy", "--keep", "5%", "--uncertainty", "h.png", "--force"],
      "the variances of --uncertainty and the picture are the same file, 'h.npy'"
    ),
    (
      ["inpaint", "h.npy", "out.npy", "--keep", "5%", "--uncertainty", "out.png"],
      "the variances of --uncertainty and the output are the same file, 'out.npy'"
    ),
    (
      ["inpaint", "a.png", "--keep", "5%", "--uncertainty", "z.png", "--sheet", "z.png"],
      "--uncertainty and --sheet are the same file, 'z.png'"
    ),
    (
      ["inpaint", "a.png", "b.png", "--mask", "m.png", "--sheet", "./m.png", "--force"],
      "--sheet and --mask are the same file, './m.png'"
    ),
    (
      ["inpaint", "a.png", "a.png", "--keep", "5%", "--force"],
      "the output and the picture are the same file, 'a.png'"
    ),
  ])
  func usageErrorsExitWithTwo(arguments: [String], text: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.hyper.run(
      arguments, environment: ["SIREN_MODELS": Self.repository + "/Models"], in: folder.path)
    #expect(outcome.exitCode == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(try folder.names().isEmpty)
  }
}

extension Image {
  /// One picture of the first row of a sheet with gaps of 4 pixels.
  fileprivate func tile(_ column: Int, size: Int) -> Image {
    var result = Image(width: size, height: size, channels: channels)
    for row in 0..<size {
      for place in 0..<size {
        for channel in 0..<channels {
          result[row, place, channel] = self[4 + row, 4 + column * (size + 4) + place, channel]
        }
      }
    }
    return result
  }
}

extension Image {
  /// Whether one is the rendering of a network, and the other the same sum on a grid, which may round to the
  /// next of 256 levels.
  fileprivate func isSame(as other: Image) -> Bool {
    width == other.width && height == other.height && channels == other.channels
      && maximumDifference(values, other.values) < 1.5 / 255
  }
}
