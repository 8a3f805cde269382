import DifferentiableCore
import Foundation
import Signals
import TestSupport
import Testing

/// `siren fit`, `render`, `info`, `export`, `poisson` and `blend` as built.
@Suite struct FitCommandTests {
  private static let small = ["--width", "16", "--depth", "1", "--quiet"]

  private func picture(
    _ folder: TemporaryFolder, _ name: String = "p.png", width: Int = 12, height: Int = 9,
    channels: Int = 3
  ) throws -> String {
    let path = folder.file(name)
    try ImageFile.writePNG(
      .pattern(width: width, height: height, channels: channels), to: path, overwrite: false)
    return path
  }

  private func sound(_ folder: TemporaryFolder, scale: Float = 0.5) throws -> String {
    let path = folder.file("s.wav")
    try AudioFile.writeWAV(
      AudioSignal(
        sampleRate: 1_000, channels: 2,
        samples: (0..<600).map { scale * Float(sin(Double($0) * 0.07)) }),
      to: path, overwrite: false)
    return path
  }

  @discardableResult
  private func succeed(
    _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try Program.siren.run(arguments)
    #expect(outcome.exitCode == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
    return outcome.output
  }

  private func fail(
    _ arguments: [String], exitCode: Int32 = 1, containing text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Program.siren.run(arguments)
    #expect(outcome.exitCode == exitCode, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(
      outcome.errors.hasPrefix("Error: ") && outcome.errors.contains(text), "\(outcome.errors)",
      sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    if exitCode == 1 {
      #expect(
        outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)",
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func picturesOfAnyKind(channels: Int) throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder, channels: channels)
    let output = try succeed(["fit", input, "--steps", "100", "--json"] + Self.small)
    let lines = output.split(separator: "\n")
    #expect(lines.count == 2)
    for key in ["step", "loss", "psnr", "seconds"] { #expect(lines[0].contains("\"\(key)\":")) }
    for key in ["model", "psnr", "ssim", "mse", "steps", "seconds"] {
      #expect(lines[1].contains("\"\(key)\":"))
    }
    let model = folder.file("p.safetensors")
    try succeed(["render", model, folder.file("again.png")])
    let again = try ImageFile.read(folder.file("again.png"))
    #expect((again.width, again.height, again.channels) == (12, 9, channels))
    for (index, more) in [
      ["--what", "gradient"], ["--what", "gradient", "--component", "magnitude"],
      ["--what", "laplacian", "--scale", "2"], ["--range", "-5:5", "--size", "7x5"],
    ].enumerated() {
      try succeed(["render", model, folder.file("v\(index).png")] + more)
    }
    #expect(try ImageFile.read(folder.file("v2.png")).width == 24)
    #expect(try ImageFile.read(folder.file("v3.png")).height == 5)
    try fail(
      ["render", model, folder.file("w.png"), "--format", "integer16"], exitCode: 2,
      containing: "--format are for sounds, '\(model)' is a picture")
  }

  @Test func soundsOfAnyRate() throws {
    let folder = try TemporaryFolder()
    let input = try sound(folder)
    let output = try succeed(
      ["fit", input, "--steps", "100", "--json", "--report", folder.file("r.html")] + Self.small)
    #expect(output.contains("\"snr\":"))
    let model = folder.file("s.safetensors")
    try succeed(["render", model, folder.file("same.wav")])
    #expect(try AudioFile.read(folder.file("same.wav")).frameCount == 300)
    try succeed(
      [
        "render", model, folder.file("twice.wav"), "--rate", "2000", "--duration", "1s",
        "--format", "integer16",
      ])
    let twice = try AudioFile.read(folder.file("twice.wav"))
    #expect((twice.frameCount, twice.sampleRate, twice.channels) == (2_000, 2_000, 2))
    let page = try String(contentsOfFile: folder.file("r.html"), encoding: .utf8)
    #expect(page.contains("<audio controls") && page.contains("data:audio/wav;base64,"))
    // The name of a namespace and an attribute of a page's head are no addresses.
    let addresses = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
      .replacingOccurrences(of: "http-equiv", with: "")
    #expect(!addresses.contains("http"))
    try fail(
      ["render", model, folder.file("x.png"), "--size", "5x5"], exitCode: 2,
      containing: "is a sound")
  }

  @Test func oneSeedGivesOneFileWithAnyNumberOfThreads() throws {
    let folder = try TemporaryFolder()
    // More points than a tile has, so that there is work to share.
    let input = try picture(folder, width: 60, height: 50)
    for threads in ["1", "3"] {
      try succeed(
        [
          "fit", input, "--steps", "20", "--batch", "2000", "--seed", "7", "--threads", threads,
          "-o", folder.file(threads),
        ] + Self.small)
    }
    let one = try Data(contentsOf: URL(fileURLWithPath: folder.file("1")))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("3"))) == one)
  }

  @Test(
    "Sounds and derivatives are fitted too",
    arguments: [["fit"], ["poisson", "--from", "gradient"], ["poisson", "--from", "laplacian"]])
  func anyPipelineWithAnyNumberOfThreads(command: [String]) throws {
    let folder = try TemporaryFolder()
    let isSound = command == ["fit"]
    // More points than a tile has, so that there is work to share.
    let input =
      try isSound ? sound(folder) : picture(folder, width: 40, height: 30, channels: 1)
    let files = try ["1", "3"].map { threads in
      let output = folder.file(threads + (isSound ? ".safetensors" : ".png"))
      try succeed(
        [command[0], input] + command.dropFirst()
          + ["--steps", "20", "--seed", "7", "--threads", threads, "-o", output] + Self.small)
      return try Data(contentsOf: URL(fileURLWithPath: output))
    }
    #expect(files[0] == files[1])
  }

  @Test func modelsAreContinuedAndExported() throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder)
    try succeed(["fit", input, "--steps", "30", "--omega", "20"] + Self.small)
    let model = folder.file("p.safetensors")
    let described = try succeed(["info", model])
    #expect(described.contains("omega 20.0 and 20.0") && described.contains("picture 12x9"))
    let plain = folder.file("plain.safetensors")
    let exported = try succeed(["export", model, plain])
    #expect(exported.contains("omega 20.0 in the first layer, 20.0 in the others"))
    #expect(try succeed(["info", plain]).contains("written by another program"))
    // With the omegas, the export continues the fit.
    for start in [[model], [plain, "--omega", "20", "--omega-first", "20"]] {
      try succeed(
        ["fit", input, "--init"] + start + [
          "--steps", "1", "-f", "--quiet", "-o", folder.file("more\(start.count)"),
        ])
    }
    try fail(
      ["fit", input, "--init", model, "--width", "16"], exitCode: 2, containing: "--init")
    for option in ["--omega", "--omega-first"] {
      for value in ["nan", "inf", "0", "-30"] {
        try fail(
          ["render", plain, folder.file("o.png"), "\(option)=\(value)"], exitCode: 2,
          containing: "\(option) is ")
      }
    }
    let grey = try picture(folder, "grey.png", channels: 1)
    try fail(
      ["fit", grey, "--init", model, "--steps", "1"], containing: "maps 2 coordinates to 3 values")
  }

  @Test func aQualityEndsAFit() throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder, width: 3, height: 3)
    let output = try succeed(["fit", input, "--psnr", "25", "--json"] + Self.small)
    #expect(output.contains("\"model\":"))
    let missed = try Program.siren.run(
      [
        "fit", input, "--psnr", "150", "--steps", "3", "-o", folder.file("x.safetensors"),
      ] + Self.small)
    #expect(missed.exitCode == 1 && missed.errors.contains("of 150.00 dB were reached"))
    #expect(FileManager.default.fileExists(atPath: folder.file("x.safetensors")))
  }

  @Test func divergenceIsNeverCalledSuccess() throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder)
    try fail(
      ["fit", input, "--steps", "100", "--learning-rate", "1e30"] + Self.small,
      containing: "the fit diverged")
    #expect(try folder.names() == ["p.png"])
    let one = try Program.siren.run(["fit", input, "--steps", "1"] + Self.small)
    #expect(one.exitCode == 0 && one.errors.contains("Warning: the result is no better"))
  }

  @Test(arguments: [(1, 1), (1, 8), (8, 1)])
  func thinPictures(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder, width: width, height: height)
    try succeed(["fit", input, "--steps", "20"] + Self.small)
    try succeed(
      ["render", folder.file("p.safetensors"), folder.file("g.png"), "--what", "gradient"])
  }

  @Test func derivativesAlone() throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder, channels: 1)
    for source in ["gradient", "laplacian"] {
      for recipe in ["default", "derivative", "notebook"] {
        let target = folder.file("\(source)-\(recipe).png")
        let output = try succeed(
          [
            "poisson", input, "--from", source, "--recipe", recipe, "--steps", "10", "--json", "-o",
            target,
          ] + Self.small)
        let lines = output.split(separator: "\n")
        #expect(lines.count == 2 && lines[1].contains("\"method\":\"classical\""))
        let stem = (target as NSString).deletingPathExtension
        for path in [target, stem + "-gradient.png", stem + "-laplacian.png"] {
          #expect(try ImageFile.read(path).width == 12)
        }
      }
    }
    let even = folder.file("even.png")
    try ImageFile.writePNG(
      Image(width: 5, height: 5, channels: 1, filledWith: 0.5), to: even, overwrite: false)
    try fail(["poisson", even, "--from", "gradient"], containing: "has one colour")
    try succeed(["fit", even, "--steps", "50"] + Self.small)
  }

  /// The pixels in which two pictures of one shape differ in any channel.
  private func differing(_ first: Image, _ second: Image) -> [Int] {
    let channels = first.channels
    var pixels: [Int] = []
    for pixel in 0..<first.pixelCount {
      let range = pixel * channels..<(pixel + 1) * channels
      if first.values[range] != second.values[range] { pixels.append(pixel) }
    }
    return pixels
  }

  @Test func twoPictures() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (try picture(folder), try picture(folder, "b.png", width: 20, channels: 1))
    try fail(["blend", a, b], containing: "is 20x9 and '\(a)' 12x9; place it with --at X,Y")
    let blended = try succeed(
      ["blend", a, b, "--stretch", "--steps", "5", "--json", "-o", folder.file("m.png")]
        + Self.small)
    #expect(blended.contains("\"classical_gradient_error\":"))
    var mask = Image(width: 12, height: 9, channels: 1)
    for row in 3..<6 { for column in 4..<8 { mask[row, column, 0] = 1 } }
    try ImageFile.writePNG(mask, to: folder.file("mask.png"), overwrite: false)
    try succeed(
      [
        "blend", a, b, "--stretch", "--mask", folder.file("mask.png"), "--steps", "5", "-o",
        folder.file("c.png"), "--classical", folder.file("k.png"),
      ] + Self.small)
    // Outside the mask the result is the first picture, to the last bit.
    let changed = differing(
      try ImageFile.read(a), try ImageFile.read(folder.file("c.png")))
    #expect(!changed.isEmpty && changed.allSatisfy { mask.values[$0] == 1 })
    let (original, cloned) = (
      try ImageFile.read(a), try ImageFile.read(folder.file("k.png"))
    )
    #expect(cloned[0, 0, 0] == original[0, 0, 0] && cloned[4, 5, 0] != original[4, 5, 0])
    let black = folder.file("black.png")
    try ImageFile.writePNG(Image(width: 2, height: 2, channels: 1), to: black, overwrite: false)
    try fail(["blend", a, b, "--at", "0,0", "--mask", black], containing: "expected the size of")
    try ImageFile.writePNG(Image(width: 12, height: 9, channels: 1), to: black, overwrite: true)
    try fail(["blend", a, b, "--at", "0,0", "--mask", black], containing: "is black everywhere")
  }

  @Test("A smaller picture is placed, its alpha is its mask, and nothing is stretched")
  func placedPictures() throws {
    let folder = try TemporaryFolder()
    let a = folder.file("a.png")
    var background = Image.pattern(width: 14, height: 11, channels: 4)
    for pixel in 0..<154 { background.values[4 * pixel + 3] = pixel % 14 == 0 ? 0.4 : 1 }
    try ImageFile.writePNG(background, to: a, overwrite: false)
    var cutOut = Image(width: 4, height: 3, channels: 2, filledWith: 1)
    for pixel in 0..<12 {
      cutOut.values[2 * pixel] = pixel % 2 == 0 ? 0.9 : 0.2
      cutOut.values[2 * pixel + 1] = pixel < 4 ? 0 : 1
    }
    let b = folder.file("b.png")
    try ImageFile.writePNG(cutOut, to: b, overwrite: false)
    let out = folder.file("o.png")
    try succeed(["blend", a, b, "--at", "5,2", "--steps", "3", "-o", out] + Self.small)
    let (first, result) = (try ImageFile.read(a), try ImageFile.read(out))
    #expect((result.width, result.height, result.channels) == (14, 11, 4))
    let changed = differing(first, result)
    // Rows 1 and 2 of the cut-out are opaque: rows 3 and 4, columns 5 to 8 of the first picture.
    let expected = Array(47..<51) + Array(61..<65)
    #expect(!changed.isEmpty && Set(changed).isSubset(of: expected))
    try fail(["blend", a, b, "--at", "40,2"], containing: "nothing of '\(b)' is visible")
    try fail(["blend", a, b, "--at", "1,2", "--mix", "0.5"], exitCode: 2, containing: "omit --at")
    let opaque = try picture(folder)
    try fail(["blend", opaque, opaque, "--at", "0,0"], containing: "which then gives no border")
  }

  @Test("Integers that clip a sound say how much, and it can be scaled")
  func clippedSounds() throws {
    let folder = try TemporaryFolder()
    let loud = try sound(folder, scale: 1.5)
    let model = folder.file("s.safetensors")
    try succeed(["fit", loud, "--steps", "200", "-o", model] + Self.small)
    let out = folder.file("o.wav")
    let clipped = try Program.siren.run(
      "render", model, out, "--format", "integer16", "--json")
    #expect(clipped.exitCode == 0)
    let json =
      try JSONSerialization.jsonObject(with: Data(clipped.output.utf8)) as? [String: Any]
    let (count, peak) = (json?["clipped"] as? Int ?? 0, json?["peak"] as? Double ?? 0)
    #expect(count > 0 && peak > 1)
    #expect(
      clipped.errors.hasPrefix("Warning: \(count) of 600 samples are beyond full scale")
        && clipped.errors.contains("pass --normalize"), "\(clipped.errors)")
    let scaled = try Program.siren.run(
      "render", model, out, "--format", "integer16", "--normalize", "--json", "--force")
    #expect(scaled.errors.isEmpty && scaled.output.contains("\"clipped\":0"))
    #expect(abs(try AudioFile.read(out).peak - 1) < 1e-3)
    #expect(try Program.siren.run("render", model, out, "--force").errors.isEmpty)
  }

  @Test("Large pictures are found from gradients by a grid, which is one file")
  func gridsOfGradients() throws {
    let folder = try TemporaryFolder()
    let a = try picture(folder, width: 100, height: 95)
    let b = try picture(folder, "b.png", width: 100, height: 95)
    let model = folder.file("grid.safetensors")
    let fitted = try Program.siren.run([
      "poisson", a, "--from", "gradient", "--steps", "30", "--width", "16", "--model", model, "-o",
      folder.file("restored.png"),
    ])
    #expect(fitted.exitCode == 0, "\(fitted.errors)")
    #expect(
      fitted.errors.contains("a grid of 3x3 networks of width 16")
        && fitted.errors.contains("the picture is large"), "\(fitted.errors)")
    #expect(try succeed(["info", model]).contains("3x3"))
    let again = folder.file("again.png")
    try succeed(["render", model, again, "--quiet"])
    #expect(try ImageFile.read(again) == ImageFile.read(folder.file("restored.png")))

    try succeed([
      "blend", a, b, "--steps", "10", "--cells", "2x3", "--overlap", "2", "--width", "8",
      "--model", folder.file("blend.safetensors"), "-o", folder.file("blend.png"), "--quiet",
    ])
    #expect(try succeed(["info", folder.file("blend.safetensors")]).contains("2x3"))

    let one = try Program.siren.run([
      "poisson", a, "--from", "laplacian", "--steps", "2", "--cells", "1", "--width", "8", "-o",
      folder.file("l.png"),
    ])
    #expect(
      one.exitCode == 0 && one.errors.contains("one network of width 8")
        && one.errors.contains("chosen by the options"), "\(one.errors)")
    try fail(
      [
        "poisson", a, "--from", "gradient", "--recipe", "notebook", "--overlap", "2", "-o",
        folder.file("n.png"),
      ], exitCode: 2, containing: "the recipe fits one network")
    try fail(
      ["poisson", a, "--from", "gradient", "--cells", "3", "-o", folder.file("c.png")],
      exitCode: 2, containing: "--cells is 3")
    try fail(
      ["poisson", a, "--from", "gradient", "--cells", "24x24", "-o", folder.file("c.png")],
      exitCode: 2, containing: "expected at most 23x25")
    try fail(
      ["blend", a, b, "--overlap", "0.5", "-o", folder.file("o.png")], exitCode: 2,
      containing: "--overlap is 0.5")
  }

  @Test func badInputLeavesNoFile() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("neither", to: "t.wav")
    let silent = try sound(folder, scale: 0)
    let good = try AudioFile.encodeWAV(
      AudioSignal(sampleRate: 8, channels: 1, samples: [1, 2, 3, 4]))
    let cut = try folder.write(good.dropLast(3), to: "cut.wav")
    let names = try folder.names()
    try fail(["fit", text], containing: "neither a picture (PNG, JPEG, TIFF")
    try fail(["fit", silent], containing: "silent")
    try fail(["fit", cut], containing: "cut short")
    try fail(["fit", folder.file("none.png")], containing: "no such file")
    try fail(["fit", text, "-o", folder.file("no/m")], containing: "does not exist")
    try fail(["info", text], containing: text)
    try fail(["render", text, folder.file("o.png")], containing: text)
    try fail(["fit", text, "--steps", "0"], exitCode: 2, containing: "--steps")
    try fail(["fit", text, "--batch", "none"], exitCode: 2, containing: "--batch")
    #expect(try folder.names() == names)
  }

  @Test("No output is the input or another output, with --force either")
  func oneFile() throws {
    let folder = try TemporaryFolder()
    _ = try picture(folder)
    _ = try picture(folder, "b.png")
    let small = ["--steps", "1", "-f"] + Self.small
    let made = try Program.siren.run(["fit", "p.png"] + small, in: folder.path)
    #expect(made.exitCode == 0, "\(made.errors)")
    // No name of a model, but one that a mesh can have.
    try FileManager.default.copyItem(
      atPath: folder.file("p.safetensors"), toPath: folder.file("m.ply"))
    let names = try folder.names()
    let model = "p.safetensors"
    for (arguments, files, path) in [
      (["fit", "p.png", "-o", "p.png"] + small, "the output and the input", "p.png"),
      (
        ["fit", "p.png", "-o", "r.html", "--report", "./r.html"] + small,
        "--report and the output", "./r.html"
      ),
      (["fit", "p.png", "--report", "p.png"] + small, "--report and the input", "p.png"),
      (["render", model, model, "-f"], "the output and the model", model),
      (["mesh", "m.ply", "m.ply", "-f"], "the output and the model", "m.ply"),
      (["export", model, model, "-f"], "the output and the model", model),
      (
        ["blend", "p.png", "b.png", "-o", "x.png", "--classical", "x.png"] + small,
        "--classical and the output", "x.png"
      ),
      (
        ["blend", "p.png", "b.png", "-o", "b.png"] + small, "the output and the second picture",
        "b.png"
      ),
      (
        ["poisson", "p.png", "--from", "gradient", "-o", "y.png", "--model", "y-gradient.png"]
          + small,
        "--model and the picture of the gradient", "y-gradient.png"
      ),
      (
        ["poisson", "p.png", "--from", "gradient", "-o", "p.png"] + small,
        "the output and the input", "p.png"
      ),
    ] {
      let outcome = try Program.siren.run(arguments, in: folder.path)
      #expect(outcome.exitCode == 2, "\(outcome.errors)")
      #expect(
        outcome.errors == "Error: \(files) are the same file, '\(path)'; name another one\n",
        "\(outcome.errors)")
    }
    #expect(try folder.names() == names)
    // A model may take the place of the one that it began as.
    let better = try Program.siren.run(
      ["fit", "p.png", "--init", model, "--steps", "1", "-f", "-q"], in: folder.path)
    #expect(better.exitCode == 0, "\(better.errors)")
  }

  @Test func interruptionSaves() throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder)
    // A line for each hundred steps, of a fit that would take ten minutes.
    let outcome = try Program.siren.interrupt(
      ["fit", input, "--for", "10m", "--json"] + Self.small, afterPrinting: #""step":100"#)
    #expect(outcome.exitCode == 1 && outcome.errors.contains("continue with --resume"))
    try succeed(["info", folder.file("p.safetensors")])
    let checkpoint = folder.file("p.safetensors.checkpoint")
    #expect(FileManager.default.fileExists(atPath: checkpoint))
    let resumed = try Program.siren.run(
      ["fit", input, "--for", "1s", "--resume", "--width", "16", "--depth", "1"])
    #expect(resumed.exitCode == 0 && resumed.errors.contains("resumed after"), "\(resumed.errors)")
    #expect(!FileManager.default.fileExists(atPath: checkpoint))
  }

  @Test("A fit that is interrupted and cannot save its state is continued from its model")
  func interruptionWithoutRoom() throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder)
    // A model of 170 KB fits, and its state of about six times as much does not. Shells count in 512 or 1,024 bytes.
    let limited = Program(name: "siren", preparation: "trap '' XFSZ; ulimit -f 500")
    let outcome = try limited.interrupt(
      ["fit", input, "--for", "10m", "--json", "--every", "1", "--width", "200", "--depth", "1"],
      afterPrinting: #""step":1"#)
    let model = folder.file("p.safetensors")
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.contains("Warning: the state was not saved: "), "\(outcome.errors)")
    #expect(outcome.errors.contains("continue with --init '\(model)'"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: model + ".checkpoint"))
  }

  @Test("A folder with the name of the checkpoint is refused, with --force too")
  func checkpointIsFolder() throws {
    let folder = try TemporaryFolder()
    let input = try picture(folder)
    try folder.makeFolder("p.safetensors.checkpoint/inner")
    for more in [[], ["--force"], ["--resume"]] {
      try fail(
        ["fit", input, "--steps", "1"] + more + Self.small,
        containing: "p.safetensors.checkpoint', which is a folder or a device; move it away")
    }
    #expect(FileManager.default.fileExists(atPath: folder.file("p.safetensors.checkpoint/inner")))
  }
}
