import Foundation
import Signals
import TestSupport
import Testing

/// Priors of any picture, and the simple methods in their place.
@Suite("Commands with grid priors", .serialized) struct GridCommandTests {
  private static let trained = Result { () throws -> TemporaryFolder in
    let folder = try TemporaryFolder()
    let scenes = folder.path + "/scenes"
    let drawn = try Program.hyper.run(
      "dataset", "synthesize", scenes, "--kind", "scenes", "--count", "16", "--size", "64",
      "--quiet")
    #expect(drawn.exitCode == 0, "\(drawn.errors)")
    let outcome = try Program.hyper.run(
      "train", "--dataset", scenes, "--prior", "grid", "--size", "16", "--steps", "5", "--batch",
      "4", "-o", folder.file("grid.safetensors"))
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains(" training windows, "), "\(outcome.errors)")
    #expect(outcome.output.contains("grid.safetensors"), "\(outcome.output)")
    return folder
  }

  private func succeed(
    _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try Program.hyper.run(arguments)
    #expect(outcome.exitCode == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
    return outcome.output
  }

  private func fail(
    _ arguments: [String], code: Int32, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Program.hyper.run(arguments)
    #expect(outcome.exitCode == code, sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    let line = outcome.errors.split(separator: "\n").first.map(String.init)
    #expect(line == "Error: " + message, sourceLocation: sourceLocation)
  }

  /// A colour picture that no model was trained on, larger than twice a training window.
  private func picture(_ folder: TemporaryFolder, channels: Int = 3) throws -> String {
    var image = Image(width: 150, height: 44, channels: channels)
    for row in 0..<44 {
      for column in 0..<150 {
        for channel in 0..<channels {
          image[row, column, channel] =
            0.5 + 0.3 * sinf(0.2 * Float(row) + 0.13 * Float(column) + Float(channel))
        }
      }
    }
    let path = folder.file("picture-\(channels).png")
    try ImageFile.writePNG(image, to: path, overwrite: true)
    return path
  }

  @Test("Pictures of any size and channels are restored as a whole")
  func inpaint() throws {
    let model = try Self.trained.get().file("grid.safetensors")
    let folder = try TemporaryFolder()
    for channels in [1, 3] {
      let input = try picture(folder, channels: channels)
      let result = folder.file("result.png")
      let uncertainty = folder.file("sure.png")
      let output = try succeed([
        "inpaint", input, "--keep", "20%", "--model", model, "-o", result, "--uncertainty",
        uncertainty, "--next", "3", "--force",
      ])
      let lines = output.split(separator: "\n").map(String.init)
      #expect(lines[0].hasPrefix("\(result): restored from 1320 points (20.0% of 150x44) in "))
      #expect(lines[1].hasPrefix("  all pixels         MSE "))
      #expect(lines.suffix(4).first == "x,y" && lines.count == 9)
      let restored = try ImageFile.read(result)
      #expect((restored.width, restored.height, restored.channels) == (150, 44, channels))
      #expect(Quality.meanSquaredError(restored, try ImageFile.read(input)) < 1e-3)
      #expect(try ImageFile.read(uncertainty).width == 150)
    }
  }

  @Test("Of pictures of different sizes the middle is measured, and told")
  func measuringOfDifferentSizes() throws {
    let model = try Self.trained.get().file("grid.safetensors")
    let folder = try TemporaryFolder()
    let data = try folder.makeFolder("mixed")
    for index in 0..<12 {
      var image = Image(
        width: index % 2 == 0 ? 20 : 24, height: index % 2 == 0 ? 16 : 12, channels: 1)
      for place in image.values.indices {
        image.values[place] = Float((37 * place + 40 * index) % 256) / 255
      }
      try ImageFile.writePNG(image, to: data + "/\(index).png", overwrite: false)
    }
    _ = try succeed(["dataset", "index", data, "--quiet"])
    let outcome = try Program.hyper.run(
      "evaluate", "--dataset", data, "--model", model, "--active", "--split", "train", "--context",
      "5,8")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let note = "Note: the pictures have different sizes; the middle 20x12 of each is compared\n"
    #expect(outcome.errors.contains(note), "\(outcome.errors)")
    #expect(
      outcome.output.contains(
        " pictures of the train split; the middle 20x12 of each, observed ones pasted in\n"))
  }

  @Test("Simple methods stand in the place of a model", arguments: ["linear", "biharmonic"])
  func methods(name: String) throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder)
    let result = folder.file("result.png")
    let json = try succeed([
      "inpaint", input, "--keep", "20%", "--model", name, "-o", result, "--json",
    ])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["windows"] as? Int == 0)
    let error = try #require(object["mse"] as? Double)
    #expect(error > 0 && error < 1e-3)
    try fail(
      ["inpaint", input, "--keep", "20%", "--model", name, "--uncertainty", folder.file("u.png")]
        + ["-o", folder.file("r.png")], code: 1,
      "'\(name)' is a simple method, which does not estimate its uncertainty; pass another "
        + "--model, such as scenes")
    try fail(
      [
        "inpaint", input, "--keep", "20%", "--model", name, "--windows", "-o", folder.file("r.png"),
      ],
      code: 1, "'\(name)' restores pictures of any size as a whole; omit --windows")
    try fail(
      ["sample", folder.file("s.png"), "--model", name], code: 1,
      "'\(name)' is a simple method, which restores one picture per set of points and has no "
        + "distribution to sample from; pass another --model, such as scenes")
  }

  @Test("A model describes itself")
  func info() throws {
    let model = try Self.trained.get().file("grid.safetensors")
    let lines = try succeed(["info", model]).split(separator: "\n").map(String.init)
    #expect(lines[0] == "\(model): a grid prior")
    #expect(lines.contains { $0.contains("generates a grid of SIRENs of 16x16 pixels") })
    #expect(lines.contains { $0.hasPrefix("training: steps 5, seed 1, windows ") })
    let json = try succeed(["info", model, "--json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["kind"] as? String == "grid")
    #expect(object["widths"] as? [Int] == [64, 96, 128] && object["cell_size"] as? Int == 16)
    #expect(object["image_size"] as? Int == 16)
  }

  @Test("An exported field is rendered as the restored picture", arguments: ["grid", "linear"])
  func export(kind: String) throws {
    let trained = try Self.trained.get()
    let model = kind == "grid" ? trained.file("grid.safetensors") : kind
    let folder = try TemporaryFolder()
    let (result, field, rendered) = (
      folder.file("result.png"), folder.file("field.safetensors"), folder.file("rendered.png")
    )
    for channels in [1, 3] {
      let own = [try picture(folder, channels: channels), "--keep", "15%", "--model", model]
      _ = try succeed(["inpaint"] + own + ["--no-paste", "-o", result, "--force"])
      let output = try succeed(["export", own[0], field, "--force"] + own.dropFirst())
      #expect(
        output.hasSuffix(" parameters from 990 points of 150x44\n  as a grid of 3x10 SIRENs\n"))
      let drawn = try Program.siren.run("render", field, rendered, "--force")
      #expect(drawn.exitCode == 0, "\(drawn.errors)")
      let (first, second) = (try ImageFile.read(result), try ImageFile.read(rendered))
      #expect(maximumDifference(first, second) < 2.01 / 255)
      // Larger, it is the same picture.
      let large = try Program.siren.run(
        "render", field, rendered, "--size", "300x88", "--force")
      #expect(large.exitCode == 0, "\(large.errors)")
      #expect(try ImageFile.read(rendered).width == 300)
    }
    try fail(
      ["export", try picture(folder), folder.file("w.safetensors"), "--keep", "15%", "--windows"]
        + ["--model", model],
      code: 1, "'\(model)' restores pictures of any size as a whole; omit --windows")
  }

  @Test("Whole pictures are evaluated, with rows or a spiral observed")
  func evaluate() throws {
    let trained = try Self.trained.get()
    let folder = try TemporaryFolder()
    let own = [
      "evaluate", "--dataset", trained.path + "/scenes", "--split", "train", "--limit", "3",
    ]
    for kind in ["lines", "spiral"] {
      let output = try succeed(
        own + ["--model", trained.file("grid.safetensors"), "--mask-kind", kind]
          + ["--context", "25%,50%", "--json"])
      let rows = try output.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(
        rows.map { $0["method"] as? String }
          == Array(
            repeating: ["nearest", "linear", "biharmonic", "model", "model+pasted"], count: 2
          ).flatMap { $0 })
      #expect(rows.allSatisfy { $0["mask"] as? String == kind && $0["images"] as? Int == 3 })
      // Of 64x64.
      #expect(
        rows.map { $0["points"] as? Int } == Array(repeating: 1_024, count: 5)
          + Array(repeating: 2_048, count: 5))
    }
    // A simple method has no picture size of its own.
    let sheet = folder.file("sheet.png")
    let table = try succeed(
      own + ["--model", "linear", "--context", "5%,10%", "--sheet", sheet, "--no-baselines"])
    let lines = table.split(separator: "\n").map(String.init)
    #expect(lines[0] == "3 pictures of the train split, the same random pixels for every method")
    let points = lines.filter { $0.contains(" model") }.map { $0.split(separator: " ")[0] }
    #expect(points == ["205", "205", "410", "410"])
    #expect(FileManager.default.fileExists(atPath: sheet))
  }

  @Test("Options that do not fit are refused before the work")
  func refused() throws {
    let trained = try Self.trained.get()
    let folder = try TemporaryFolder()
    let train = ["train", "--dataset", trained.path + "/scenes", "-o", folder.file("m")]
    let grid = train + ["--prior", "grid"]
    try fail(grid + ["--noise", "2"], code: 2, "--noise is 2.0, expected 0 to 0.5.")
    try fail(grid + ["--noise", "nan"], code: 2, "--noise is nan, expected 0 to 0.5.")
    for option in [
      ["--windows"], ["--head", "full"], ["--encoder", "set"], ["--no-conditioning"],
      ["--no-residual"],
    ] {
      let name = option[0] == "--no-conditioning" ? "--conditioning" : option[0]
      try fail(grid + option, code: 2, "\(name) does not apply to --prior grid; omit it.")
    }
    try fail(train + ["--noise", "0.1"], code: 2, "--noise applies to --prior grid only; omit it.")
    try fail(
      train + ["--initial", "a.safetensors"], code: 2,
      "--initial applies to --prior grid only; omit it.")
    try fail(
      grid + ["--initial", folder.file("absent"), "--steps", "1", "--quiet"], code: 1,
      "'\(folder.file("absent"))' is not a prior: there is no such file; pass a file that "
        + "'siren-hyper train' wrote")
  }

  @Test("What needs one network, or observations, is refused")
  func oneNetwork() throws {
    let model = try Self.trained.get().file("grid.safetensors")
    let folder = try TemporaryFolder()
    let input = try picture(folder)
    let inpaint = ["inpaint", input, "--keep", "20%", "--model", model, "-o", folder.file("r.png")]
    let grid =
      "the model generates a grid of networks, and one network is needed for this; omit --refine, "
      + "or pass a model of aligned pictures"
    try fail(inpaint + ["--refine", "5"], code: 1, grid)
    try fail(
      inpaint + ["--windows"], code: 1,
      "'\(model)' restores pictures of any size as a whole; omit --windows")
    try fail(
      ["sample", folder.file("s.png"), "--model", model], code: 1,
      "the model restores pictures of any kind and has no picture of its own; pass a picture with "
        + "observed pixels, such as --given photo.png --keep 10%")
    try fail(
      ["interpolate", input, input, folder.file("s.png"), "--model", model], code: 1,
      "pictures of this model have no codes to interpolate between; pass a model of aligned "
        + "pictures, such as --model faces")
    #expect(try folder.names() == ["picture-3.png"])
    let output = try succeed([
      "sample", folder.file("s.png"), "--model", model, "--given", input, "--keep", "20%",
      "--count", "2",
    ])
    #expect(output == "\(folder.file("s.png")): 2 pictures of 150x44\n")
  }
}
