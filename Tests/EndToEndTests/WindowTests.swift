import Foundation
import Signals
import TestSupport
import Testing

/// Learning from windows of pictures, and restoring larger ones window by window.
@Suite(.serialized) struct WindowTests {
  /// Waves of one length in two directions and any phase, larger than any window.
  private func draw(_ folder: String, pictures: Int) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for number in 0..<pictures {
      var image = Image(width: 60, height: 80, channels: 1)
      let (down, across) = (0.3, number.isMultiple(of: 2) ? 0.2 : -0.2)
      for row in 0..<80 {
        for column in 0..<60 {
          let wave = sin(down * Double(row) + across * Double(column) + Double(number))
          image[row, column, 0] = Float(0.5 + 0.4 * wave)
        }
      }
      try ImageFile.writePNG(image, to: "\(folder)/wave-\(number).png", overwrite: false)
    }
  }

  @Test func learnRestoreAndEvaluate() throws {
    let folder = try TemporaryFolder()
    let (data, model) = (folder.path + "/waves", folder.file("w.safetensors"))
    try draw(data, pictures: 6)
    let train = ["train", "--dataset", data, "--windows", "--size", "16", "--channels", "1"]
    let catalog = try Program.hyper.run("dataset", "index", data, "--quiet")
    #expect(catalog.exitCode == 0, "\(catalog.errors)")
    // One picture is for the test. Without a validation split, the lowest quarters are for
    // validation.
    for number in 0..<6 {
      let set = try Program.hyper.run(
        "dataset", "split", data, "--set", "wave-\(number).png", number == 5 ? "test" : "train")
      #expect(set.exitCode == 0, "\(set.errors)")
    }
    let trained = try Program.hyper.run(train + ["-o", model])
    #expect(trained.exitCode == 0, "\(trained.errors)")
    // 45 rows and 45 columns of places in each upper part of 60 x 60; validation pictures are limited.
    #expect(trained.errors.contains("10125 training windows, 256 validation windows\n"))
    #expect(trained.output.contains("10125 windows in "))
    let info = try Program.hyper.run("info", model)
    #expect(info.output.contains("\nwindows of 16x16, 1 channel\n"))

    let (picture, result) = (data + "/wave-5.png", folder.file("r.png"))
    let inpaint = ["inpaint", picture, "--model", model, "--keep", "15%", "--force", "-o", result]
    let restored = try Program.hyper.run(inpaint)
    #expect(restored.exitCode == 0, "\(restored.errors)")
    let lines = restored.output.split(separator: "\n")
    #expect(
      lines[1]
        == "  in 63 overlapping windows of 16x16, because the model was trained on windows")
    let truth = try ImageFile.read(picture)
    let error = Quality.meanSquaredError(try ImageFile.read(result), truth)
    // The variance of a wave is 0.08.
    #expect(error < 0.002)

    let uncertainty = folder.file("u.png")
    let larger = try Program.hyper.run(
      inpaint + ["--size", "120x160", "--uncertainty", uncertainty, "--json"])
    #expect(larger.exitCode == 0, "\(larger.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(larger.output.utf8)) as? [String: Any]
    #expect(json?["windows"] as? Int == 63)
    let wide = try ImageFile.read(result)
    #expect(wide.width == 120 && wide.height == 160)
    #expect(try ImageFile.read(uncertainty).width == 60)

    try expectOneField(picture, model, inpaint, folder)

    let whole = try Program.hyper.run(inpaint + ["--no-windows", "--json"])
    #expect(whole.exitCode == 0 && whole.output.contains("\"windows\":0"))
    let next = try Program.hyper.run(inpaint + ["--next", "3"])
    #expect(next.exitCode == 1 && next.output.isEmpty)
    #expect(
      next.errors
        == "Error: '\(model)' was trained on windows, and --next works on the picture as a "
        + "whole; pass --no-windows, or another --model\n")

    let evaluated = try Program.hyper.run(
      "evaluate", "--dataset", data, "--model", model, "--context", "10%", "--limit", "8", "--json")
    #expect(evaluated.exitCode == 0, "\(evaluated.errors)")
    let errors = try evaluated.output.split(separator: "\n").map { line in
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return (row?["method"] as? String ?? "", row?["mse"] as? Double ?? 1)
    }
    let mean = try #require(errors.first { $0.0 == "mean" }?.1)
    let own = try #require(errors.first { $0.0 == "model" }?.1)
    #expect(own < 0.3 * mean, "\(errors)")
  }

  /// `export` writes what `inpaint` blends: `siren render` draws the same picture, also at another size.
  private func expectOneField(
    _ picture: String, _ model: String, _ inpaint: [String], _ folder: TemporaryFolder
  ) throws {
    let field = folder.file("field.safetensors")
    let export = ["export", picture, field, "--model", model, "--keep", "15%", "--force"]
    let exported = try Program.hyper.run(export)
    #expect(exported.exitCode == 0, "\(exported.errors)")
    #expect(
      exported.output.hasSuffix(
        "\n  in 63 overlapping windows of 16x16, because the model was trained on windows\n"))
    let info = try Program.siren.run("info", field)
    #expect(info.output.contains("a grid of 9x7 such networks"), "\(info.output)\(info.errors)")
    #expect(info.output.contains("picture 60x80, 1 channel\n"))
    for size in ["60x80", "75x101"] {
      let (own, other) = (folder.file("own.png"), folder.file("other.png"))
      let rendered = try Program.siren.run("render", field, own, "--size", size, "--force")
      #expect(rendered.exitCode == 0, "\(rendered.errors)")
      let restored = try Program.hyper.run(
        inpaint.dropLast() + [other, "--no-paste", "--size", size])
      #expect(restored.exitCode == 0, "\(restored.errors)")
      let (found, expected) = (try ImageFile.read(own), try ImageFile.read(other))
      #expect(found.width == expected.width && found.height == expected.height)
      let largest = zip(found.values, expected.values).reduce(Float(0)) {
        max($0, abs($1.0 - $1.1))
      }
      #expect(largest < 1.01 / 255, "\(largest) at \(size)")
    }
    let drawn = try Program.siren.run(
      "render", field, folder.file("l.png"), "--what", "laplacian")
    #expect(drawn.exitCode == 0, "\(drawn.errors)")
    let one = try Program.hyper.run(export + ["--no-windows", "--json"])
    #expect(one.exitCode == 0 && one.output.contains("\"windows\":0"), "\(one.errors)")
    #expect(try !Program.siren.run("info", field).output.contains("a grid of"))
  }

  @Test func optionsThatDoNotApplyAreNamed() throws {
    let both = try Program.hyper.run("inpaint", "a.png", "--keep", "5", "--windows", "--next", "3")
    #expect(both.exitCode == 2)
    #expect(
      both.errors.hasPrefix(
        "Error: --next works on the picture as a whole, omit --windows.\n"))
    let encoder = try Program.hyper.run(
      "train", "--dataset", "x", "--windows", "--encoder", "set")
    #expect(encoder.exitCode == 2)
    #expect(
      encoder.errors.hasPrefix(
        "Error: --windows applies to --prior subspace only; omit --encoder set.\n"))
  }
}
