import Foundation
import Signals
import TestSupport
import Testing

/// Draw, index, train, inpaint, evaluate: the built program on a small collection.
@Suite(.serialized) struct MainJobTests {
  private func command(_ data: String, _ model: String, _ more: [String]) -> [String] {
    [
      "train", "--dataset", data, "--size", "16", "-o", model, "--head", "modulated", "--batch",
      "4",
    ] + more
  }

  private func train(_ data: String, _ model: String, _ more: [String]) throws -> Program.Outcome {
    try Program.hyper.run(command(data, model, more))
  }

  @Test func theMainJobFromNothing() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(60, in: folder)
    let model = folder.file("prior.safetensors")
    let training = try train(data, model, ["--steps", "6", "--json"])
    #expect(training.exitCode == 0, "\(training.errors)")
    #expect(training.output.contains(#""validation_mse":"#))

    let picture = data + "/face-00003.png"
    let inpainting = try Program.hyper.run(
      "inpaint", picture, folder.file("out.png"), "--keep", "10%", "--model", model, "--sheet",
      folder.file("sheet.png"), "--json")
    #expect(inpainting.exitCode == 0, "\(inpainting.errors)")
    for key in ["output", "points", "mse", "mse_unobserved", "psnr", "ssim", "seconds"] {
      #expect(inpainting.output.contains("\"\(key)\":"))
    }
    let restored = try ImageFile.read(folder.file("out.png"))
    #expect((restored.width, restored.height) == (16, 16))
    #expect(try ImageFile.read(folder.file("sheet.png")).width > 4 * 16)

    let evaluation = try Program.hyper.run(
      "evaluate", "--dataset", data, "--model", model, "--context", "10,50", "--json", "--split",
      "train", "--limit", "3")
    #expect(evaluation.exitCode == 0, "\(evaluation.errors)")
    let rows = evaluation.output.split(separator: "\n")
    #expect(rows.count == 2 * 7)
    for method in ["mean", "nearest", "linear", "biharmonic", "gaussian", "model", "model+pasted"] {
      #expect(rows.contains { $0.contains("\"method\":\"\(method)\"") })
    }
    try checkWhatANetworkCan(model, picture, in: folder)
  }

  /// The commands around a model, for a hypernetwork.
  private func checkWhatANetworkCan(
    _ model: String, _ picture: String, in folder: TemporaryFolder
  ) throws {
    let info = try Program.hyper.run("info", model, "--json")
    #expect(info.output.contains(#""kind":"hypernetwork""#))
    #expect(info.output.contains(#""attention""#))
    let strip = try Program.hyper.run(
      "interpolate", picture, picture, folder.file("strip.png"), "--model", model, "--steps", "2")
    #expect(strip.exitCode == 0, "\(strip.errors)")
    let export = try Program.hyper.run(
      "export", picture, folder.file("one.safetensors"), "--keep", "9", "--model", model, "--quiet")
    #expect(export.exitCode == 0, "\(export.errors)")
    let sample = try Program.hyper.run("sample", folder.file("s.png"), "--model", model)
    #expect(sample.exitCode == 1)
    #expect(
      sample.errors
        == "Error: '\(model)' is a hypernetwork prior, which restores one picture per set of points "
        + "and has no distribution to sample from; "
        + "train a prior with 'siren-hyper train --prior subspace'\n")
  }

  @Test func oneSeedGivesOneFileWithAnyNumberOfThreads() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(60, in: folder)
    let (a, b, c) = (folder.file("a"), folder.file("b"), folder.file("c"))
    #expect(try train(data, a, ["--steps", "4", "--threads", "1"]).exitCode == 0)
    #expect(try train(data, b, ["--steps", "4", "--threads", "2"]).exitCode == 0)
    #expect(try train(data, c, ["--steps", "4", "--seed", "2"]).exitCode == 0)
    let contents = try [a, b, c].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(contents[0] == contents[1])
    #expect(contents[0] != contents[2])
  }

  @Test func anInterruptedRunResumesToTheSameFile() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(60, in: folder)
    let (whole, parts) = (folder.file("whole"), folder.file("parts"))
    // The first of twenty validations comes after a twentieth of the run.
    let length = ["--steps", "400"]
    #expect(try train(data, whole, length).exitCode == 0)
    let interrupted = try Program.hyper.interrupt(
      command(data, parts, length) + ["--json"], afterPrinting: #""validation_mse":"#)
    try #require(interrupted.exitCode == 1, "the run was over before the signal")
    #expect(interrupted.errors.contains("run the same command with --resume to continue"))
    #expect(!FileManager.default.fileExists(atPath: parts))
    #expect(FileManager.default.fileExists(atPath: parts + ".checkpoint"))
    let again = try train(data, parts, length)
    #expect(again.exitCode == 1)
    #expect(again.errors.contains("holds an interrupted run"))
    let other = try train(data, parts, ["--steps", "401", "--resume"])
    #expect(other.exitCode == 1)
    #expect(other.errors.contains("belongs to another run"))
    let resumed = try train(data, parts, length + ["--resume"])
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("resumed at step "))
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: whole))
        == Data(contentsOf: URL(fileURLWithPath: parts)))
    #expect(!FileManager.default.fileExists(atPath: parts + ".checkpoint"))
  }

  @Test func masksTransparencyAndPointsAreUnderstood() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(60, in: folder)
    let model = folder.file("prior.safetensors")
    #expect(try train(data, model, ["--steps", "2"]).exitCode == 0)
    let picture = data + "/face-00001.png"

    var mask = Image(width: 16, height: 16, channels: 1)
    for column in 0..<16 { mask[5, column, 0] = 1 }
    try ImageFile.writePNG(mask, to: folder.file("mask.png"), overwrite: false)
    let masked = try Program.hyper.run(
      "inpaint", picture, folder.file("masked.png"), "--mask", folder.file("mask.png"), "--model",
      model)
    #expect(masked.exitCode == 0, "\(masked.errors)")
    #expect(masked.output.contains("240 points"))
    let restored = try ImageFile.read(folder.file("masked.png"))
    let original = try ImageFile.read(picture)
    #expect(restored[4, 7, 0] == original[4, 7, 0])

    var transparent = original.converted(toChannels: 4)
    transparent[0, 0, 3] = 0
    try ImageFile.writePNG(transparent, to: folder.file("holes.png"), overwrite: false)
    let holes = try Program.hyper.run("inpaint", folder.file("holes.png"), "--model", model)
    #expect(holes.output.contains("255 points"), "\(holes.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.file("holes-inpainted.png")))

    let nothing = try Program.hyper.run(
      "inpaint", picture, folder.file("n.png"), "--mask", folder.file("mask.png"), "--model", model,
      "--missing", "300")
    #expect(nothing.exitCode == 0 && nothing.output.contains("16 pixels were missing"))
    let inverted = try Program.hyper.run(
      "inpaint", picture, folder.file("i.png"), "--mask", folder.file("mask.png"), "--model", model,
      "--invert-mask", "--json")
    #expect(inverted.output.contains("\"missing\":240"), "\(inverted.errors)")
    try checkFolder(folder, data, model)

    let points = try folder.write("x,y,r,g,b\n0,0,255,0,0\n7.5,3.25,0,255,0\n", to: "p.csv")
    let scan = try Program.hyper.run(
      "inpaint", "--points", points, "--size", "24x20", "-o", folder.file("scan.png"), "--model",
      model)
    #expect(scan.exitCode == 0, "\(scan.errors)")
    let image = try ImageFile.read(folder.file("scan.png"))
    #expect((image.width, image.height) == (24, 20))
    try checkTables(folder, model)
  }

  /// Tables as instruments write them.
  private func checkTables(_ folder: TemporaryFolder, _ model: String) throws {
    let table = try folder.write(
      "# scan 7\nid;Y [um];X [um];height\n1;0;0;-2,5\n2;5;10;7,5\n3;5;10;8,5\n4;2,5;5;NA\n",
      to: "afm.txt")
    let scan = try Program.hyper.run(
      "inpaint", "--points", table, "--size", "21x11", "--extent", "0:10,0:5", "--range=-5:15",
      "-o",
      folder.file("afm.png"), "--model", model)
    #expect(scan.exitCode == 0, "\(scan.errors)")
    #expect(
      scan.errors
        == "\(table): 3 readings of the columns X [um], Y [um], height, on 2 pixels; "
        + "1 row without a value was skipped\n")
    let image = try ImageFile.read(folder.file("afm.png"))
    // -2.5 and the mean of 7.5 and 8.5, where -5 is black and 15 white.
    #expect(image.channels == 1, "A table of one value per point gives a grey picture.")
    #expect(abs(image[0, 0, 0] - 0.125) < 0.003 && abs(image[10, 20, 0] - 0.65) < 0.003)
    let unit = try folder.write("x,y,v\n0,0,0.25\n3,2,1\n", to: "unit.csv")
    let dark = try Program.hyper.run(
      "inpaint", "--points", unit, "--size", "8x8", "-o", folder.file("dark.png"), "--model", model,
      "--quiet")
    #expect(
      dark.errors.hasPrefix("Warning: all values of '\(unit)' lie in 0 to 1"), "\(dark.errors)")
    let wrong = try Program.hyper.run(
      "inpaint", folder.file("mask.png"), folder.file("w.png"), "--pixel-size", "2")
    #expect(wrong.exitCode == 2 && wrong.errors.contains("apply to --points only"))
  }

  /// A folder of pictures with masks: one line each, errors counted, the rest done.
  private func checkFolder(_ folder: TemporaryFolder, _ data: String, _ model: String) throws {
    let scans = try folder.makeFolder("scans")
    let masks = try folder.makeFolder("masks")
    for name in ["a.png", "b.png"] {
      try FileManager.default.copyItem(atPath: data + "/face-00003.png", toPath: scans + "/" + name)
    }
    try FileManager.default.copyItem(
      atPath: folder.file("mask.png"), toPath: masks + "/b-mask.png")
    let out = folder.file("restored")
    let arguments = ["inpaint", scans, "--masks", masks, "-o", out, "--model", model]
    let first = try Program.hyper.run(arguments)
    #expect(first.exitCode == 1)
    #expect(
      first.errors.contains("\(scans)/a.png: not restored: \(masks)/a.png: there is no such file")
        && first.errors.hasSuffix("Error: 1 of 2 pictures could not be restored\n"),
      "\(first.errors)")
    let lines = first.output.split(separator: "\n")
    #expect(
      lines.count == 2
        && lines[0].hasPrefix("\(out)/b.png: 16 missing pixels restored from 240 points in ")
        && lines[1] == "1 of 2 pictures restored, 1 failed", "\(first.output)")
    try FileManager.default.copyItem(
      atPath: folder.file("mask.png"), toPath: masks + "/a.png")
    let second = try Program.hyper.run(arguments + ["--json"])
    #expect(second.exitCode == 0, "\(second.errors)")
    let rows = second.output.split(separator: "\n")
    #expect(
      rows.count == 3 && rows[0].contains("\"state\":\"restored\"")
        && rows[1].contains("\"state\":\"skipped\"")
        && rows[2] == #"{"failed":0,"pictures":2,"restored":1,"skipped":1}"#, "\(rows)")
    let one = try Program.hyper.run(arguments + ["--sheet", folder.file("s.png")])
    #expect(one.exitCode == 2 && one.errors.contains("--sheet works on one picture"))
  }

  @Test func aPictureIsFittedAndRendered() throws {
    let folder = try TemporaryFolder()
    try ImageFile.writePNG(
      .pattern(width: 16, height: 12, channels: 3), to: folder.file("p.png"), overwrite: false)
    let fit = try Program.siren.run(
      "fit", folder.file("p.png"), "--steps", "20", "--width", "16", "--depth", "1", "--quiet")
    #expect(fit.exitCode == 0, "\(fit.errors)")
    #expect(fit.output.contains("after 20 steps"))
    let render = try Program.siren.run(
      "render", folder.file("p.safetensors"), folder.file("large.png"), "--size", "40x30")
    #expect(render.exitCode == 0, "\(render.errors)")
    #expect(try ImageFile.read(folder.file("large.png")).width == 40)
    #expect(try Program.siren.run("info", folder.file("p.safetensors")).output.contains("width 16"))
  }

  /// The points to measure next of a table of lengths, and the range that its values choose.
  private func checkNextLengths(_ folder: TemporaryFolder, _ model: String) throws {
    let table = try folder.write("x,y,v\n0,0.5,-5\n2.5,0,12\n", to: "lengths.csv")
    let scan = try Program.hyper.run(
      "inpaint", "--points", table, "--size", "6x2", "--extent", "0:2.5,0.5:0", "--range", "auto",
      "-o", folder.file("lengths.npy"), "--model", model, "--next", "10", "--json")
    #expect(
      scan.errors
        == "\(table): 2 readings of the columns x, y, v; the values -5:12 become 0 to 1\n")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(scan.output.utf8)) as? [String: Any])
    #expect(object["range"] as? [Double] == [-5, 12])
    let next = try #require(object["next"] as? [[Double]])
    let measured: [[Double]] = [[0, 0.5], [2.5, 0]]
    let expected = [0, 0.5, 1, 1.5, 2, 2.5].flatMap { x in [[x, 0], [x, 0.5]] }
      .filter { !measured.contains($0) }
    #expect(!next.isEmpty && next.allSatisfy { expected.contains($0) })
    #expect(next.contains { $0 != $0.map { $0.rounded() } })
  }

  @Test func aPriorInClosedFormGivesItsUncertainty() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(60, in: folder)
    let model = folder.file("components.safetensors")
    let training = try Program.hyper.run(
      "train", "--dataset", data, "--size", "16", "-o", model, "--json")
    #expect(training.exitCode == 0, "\(training.errors)")
    #expect(training.output.contains(#""components":"#))

    let inpainting = try Program.hyper.run(
      "inpaint", data + "/face-00003.png", folder.file("out.png"), "--keep", "10%", "--model",
      model, "--uncertainty", folder.file("sure.png"), "--next", "3", "--json")
    #expect(inpainting.exitCode == 0, "\(inpainting.errors)")
    #expect(inpainting.output.contains(#""next":[["#))
    #expect(try ImageFile.read(folder.file("sure.png")).width == 16)
    let array = try Data(contentsOf: URL(fileURLWithPath: folder.file("sure.npy")))
    #expect(array.count == 128 + 16 * 16 * 3 * 4)
    try checkNextLengths(folder, model)

    let evaluation = try Program.hyper.run(
      "evaluate", "--dataset", data, "--model", model, "--context", "10", "--json", "--split",
      "train", "--limit", "3")
    let row = evaluation.output.split(separator: "\n").first { $0.contains(#""method":"model""#) }
    #expect(row?.contains(#""coverage90":null"#) == false)

    let few = try Program.hyper.run(
      "train", "--dataset", data, "--size", "16", "-o", model, "--for", "5s", "--force")
    #expect(few.exitCode == 1)
    #expect(few.errors.contains("too few to train a residual network; add pictures, or omit --for"))
  }
}
