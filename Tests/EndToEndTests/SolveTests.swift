import Foundation
import Signals
import TestSupport
import Testing

/// `siren solve` as it is built, on small networks and few steps.
@Suite struct SolveTests {
  private static let small = ["--width", "12", "--steps", "3", "--quiet"]

  @Test(arguments: [
    ["poisson"], ["poisson", "--dimensions", "3"], ["heat", "--activation", "tanh"],
    ["wave", "--deviation", "0.25"], ["helmholtz", "--wave-number", "4"],
    ["helmholtz", "--inverse", "two", "--wave-number", "4"],
    ["eikonal", "--shape", "circle", "--layers", "1"],
  ])
  func eachPrintsItsCheckAndDrawsAPicture(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let picture = folder.file("field.png")
    let command = ["solve"] + arguments + Self.small + ["-o", picture]
    let outcome = try Program.siren.run(command)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("relative L2 error"), "\(outcome.output)")
    #expect(outcome.errors.isEmpty)
    let image = try ImageFile.read(picture)
    #expect(image.width > 900 && image.height > 600 && image.channels == 3)
    // Nothing is replaced unasked.
    let again = try Program.siren.run(command)
    #expect(again.exitCode == 1 && again.errors.contains("field.png"), "\(again.errors)")
    // The same seed and the same steps give the same numbers.
    let numbers = try (0..<2).map { _ -> [String: Any] in
      let forced = try Program.siren.run(command + ["--force", "--json"])
      let last = try #require(forced.output.split(separator: "\n").last)
      return try #require(
        try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
    }
    #expect(numbers[0]["relative_error"] as? Double == numbers[1]["relative_error"] as? Double)
    #expect(numbers[0]["equation"] as? String == arguments[0])
  }

  @Test("A model is rendered like any field, and the membrane is a clip")
  func models() throws {
    let folder = try TemporaryFolder()
    let (model, clip) = (folder.file("wave.safetensors"), folder.file("ring.png"))
    let wave = try Program.siren.run(
      ["solve", "wave", "-o", folder.file("wave.png"), "--model", model, "--animation", clip]
        + Self.small)
    #expect(wave.exitCode == 0, "\(wave.errors)")
    #expect(wave.output.contains("rounded to single precision"))
    #expect(wave.output.contains("48 frames"))
    let frame = try Program.siren.run(
      "render", model, folder.file("frame.png"), "--frame", "3", "--size", "32x32")
    #expect(frame.exitCode == 0, "\(frame.errors)")
    let poisson = try Program.siren.run(
      ["solve", "poisson", "-o", folder.file("p.png"), "--model", folder.file("p.safetensors")]
        + Self.small)
    #expect(poisson.exitCode == 0, "\(poisson.errors)")
    let render = try Program.siren.run(
      "render", folder.file("p.safetensors"), folder.file("r.png"), "--size", "40x30")
    #expect(render.exitCode == 0, "\(render.errors)")
    #expect(try ImageFile.read(folder.file("r.png")).width == 40)
  }

  @Test("Pictures as source, medium and outline")
  func pictures() throws {
    let folder = try TemporaryFolder()
    let picture = folder.file("in.png")
    try ImageFile.writePNG(
      .pattern(width: 40, height: 30, channels: 3), to: picture, overwrite: false)
    for arguments in [
      ["poisson", "--source", picture], ["helmholtz", "--velocity", picture, "--wave-number", "4"],
      ["eikonal", "--shape", picture, "--layers", "1"],
    ] {
      let outcome = try Program.siren.run(
        ["solve"] + arguments + Self.small + ["--force", "-o", folder.file("out.png")])
      #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
    }
    let flat = folder.file("flat.png")
    try ImageFile.writePNG(
      Image(width: 8, height: 8, channels: 1, values: [Float](repeating: 1, count: 64)), to: flat,
      overwrite: false)
    for (arguments, text) in [
      (["poisson", "--source", flat], "one brightness"),
      (["eikonal", "--shape", flat], "no dark shape"),
    ] {
      let outcome = try Program.siren.run(
        ["solve"] + arguments + ["-o", folder.file("none.png")])
      #expect(outcome.exitCode == 1 && outcome.errors.contains(text), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("none.png")))
    }
  }

  @Test("Two outputs are never one file, nor is an output the input", arguments: [false, true])
  func oneFile(isForced: Bool) throws {
    let folder = try TemporaryFolder()
    try ImageFile.writePNG(
      .pattern(width: 8, height: 8, channels: 3), to: folder.file("in.png"), overwrite: false)
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.file("in.png")))
    for (arguments, names, path) in [
      (["wave", "--animation", "wave.png"], "--animation and the output", "wave.png"),
      (["heat", "-o", "k.png", "--model", "./k.png"], "--model and the output", "./k.png"),
      (["poisson", "--source", "in.png", "-o", "in.png"], "the output and --source", "in.png"),
      (
        ["helmholtz", "--velocity", "in.png", "-o", "in.png"], "the output and --velocity", "in.png"
      ),
      (["eikonal", "--shape", "in.png", "-o", "in.png"], "the output and --shape", "in.png"),
    ] {
      let outcome = try Program.siren.run(
        ["solve"] + arguments + Self.small + (isForced ? ["-f"] : []), in: folder.path)
      #expect(outcome.exitCode == 2, "\(outcome.errors)")
      #expect(
        outcome.errors == "Error: \(names) are the same file, '\(path)'; name another one\n",
        "\(outcome.errors)")
    }
    #expect(try folder.names() == ["in.png"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("in.png"))) == before)
  }

  @Test(arguments: [
    (["poisson", "--dimensions", "1"], "--dimensions is 1"),
    (["poisson", "--dimensions", "3", "--source", "a.png"], "--source is for 2 dimensions"),
    (["heat", "--width", "0"], "--width 1 to 4096"),
    (["heat", "--error=-1"], "--error is -1.0"),
    (["heat", "--activation", "tanh", "--model", "m.safetensors"], "omit --activation tanh"),
    (["helmholtz", "--width", "4096", "--inverse", "smooth"], "pass a smaller --width"),
    (["heat", "--steps", "0"], "--steps is 0"),
    (["heat", "-o", "field.jpg"], "ends in .png"),
    (["wave", "--duration", "9"], "--duration 0.1 to 4"),
    (["helmholtz", "--wave-number", "90"], "--wave-number is 90.0"),
    (["helmholtz", "--noise", "0.1"], "--noise is 0.1"),
    (["helmholtz", "--inverse", "two", "--velocity", "a.png"], "exclude each other"),
    (["helmholtz", "--inverse", "three"], "three"),
  ])
  func usageErrorsExitWithTwo(arguments: [String], text: String) throws {
    let outcome = try Program.siren.run(["solve"] + arguments)
    #expect(outcome.exitCode == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}
