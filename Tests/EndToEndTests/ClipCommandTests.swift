import Foundation
import Signals
import TestSupport
import Testing

@Suite("Clips on the command line") struct ClipCommandTests {
  private func clip(_ folder: TemporaryFolder) throws -> String {
    let path = folder.file("clip.y4m")
    let rate = try #require(FrameRate(10))
    let writer = try VideoWriter(path, width: 24, height: 16, channels: 1, frameRate: rate)
    for frame in 0..<5 {
      var image = Image(width: 24, height: 16, channels: 1, filledWith: 0.3)
      for row in 4..<12 { for column in 4..<10 { image[row, column + 2 * frame, 0] = 0.7 } }
      try writer.write(image)
    }
    try writer.finish()
    return path
  }

  @Test("A clip is fitted, described and rendered to clips and single frames")
  func everything() throws {
    let folder = try TemporaryFolder()
    let (path, model) = (try clip(folder), folder.file("m.safetensors"))
    let fit = try Program.siren.run(
      "fit", path, "--cells", "1x1x2", "--steps", "60", "-o", model, "--json")
    #expect(fit.exitCode == 0, "\(fit.errors)")
    #expect(fit.output.contains("\"psnr\":"))
    #expect(fit.errors.contains("a grid of 1x1x2 networks of width 32, 2434 parameters"))
    let info = try Program.siren.run("info", model)
    #expect(info.output.contains("clip of 5 frames of 24x16 at 10 per second, 1 channel"))

    let slow = folder.file("slow.y4m")
    let render = try Program.siren.run("render", model, slow, "--fps", "20", "--quiet")
    #expect(render.output == "\(slow): 24x16, 9 frames at 20 per second\n", "\(render.errors)")
    #expect(try VideoFrames(reading: slow).frameCount == 9)
    let frames = folder.file("frames")
    let part = try Program.siren.run(
      "render", model, frames, "--time", "0.1:0.2", "--scale", "2", "--quiet")
    #expect(part.output == "\(frames): 48x32, 2 frames at 10 per second\n", "\(part.errors)")
    // A folder with a slash, which exists, is replaced if that is allowed.
    let refused = try Program.siren.run("render", model, frames + "/", "--quiet")
    #expect(refused.exitCode == 1 && refused.errors.contains("exists already"))
    let replaced = try Program.siren.run("render", model, frames + "/", "--quiet", "--force")
    #expect(replaced.exitCode == 0, "\(replaced.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: frames).count == 5)
    for arguments in [
      ["--frame", "1.5"], ["--frame", "0", "--what", "gradient"],
      ["--frame", "4", "--what", "laplacian"],
      ["--frame", "2", "--what", "gradient", "--component", "t"],
    ] {
      let output = folder.file(arguments.joined() + ".png")
      let picture = try Program.siren.run(["render", model, output] + arguments)
      #expect(picture.exitCode == 0, "\(picture.errors)")
      let image = try ImageFile.read(output)
      #expect((image.width, image.height) == (24, 16))
    }
  }

  @Test("Wrong options for a clip and impossible clips are refused")
  func refused() throws {
    let folder = try TemporaryFolder()
    let (path, model) = (try clip(folder), folder.file("m.safetensors"))
    let cases: [([String], Int32, String)] = [
      (
        ["fit", path, "--resize", "8x8"], 2,
        "Error: --resize is for pictures, '\(path)' is a clip\n"
      ),
      (
        ["fit", path, "--recipe", "notebook"], 2,
        "Error: --recipe notebook is for pictures and sounds; omit it for a clip\n"
      ),
      (
        ["fit", path, "--frames", "3:9"], 1,
        "Error: \(path): there are no frames 3 to 9, the clip has 5; give a range within the clip, "
          + "counted from 0\n"
      ),
    ]
    for (arguments, exitCode, message) in cases {
      let outcome = try Program.siren.run(arguments + ["--steps", "1"])
      #expect(outcome.exitCode == exitCode && outcome.errors == message, "\(outcome.errors)")
    }
    _ = try Program.siren.run("fit", path, "--steps", "1", "-o", model, "--quiet")
    let output = folder.file("o.y4m")
    for (arguments, text) in [
      (["--frame", "9"], "has the frames 0 to 4"), (["--rate", "8"], "'\(model)' is a clip"),
      (["--fps", "0"], "--fps is 0.0, expected 0.001 to 1000000"),
      (["--fps", "nan"], "--fps is nan"),
      (["--fps", "inf"], "--fps is inf"), (["--fps", "1e300"], "--fps is 1e+300"),
      (["--range", "-2:2"], "use --time for a clip"),
      (["--format", "integer16"], "--format are for sounds, '\(model)' is a clip"),
    ] {
      let outcome = try Program.siren.run(["render", model, output] + arguments)
      #expect(outcome.exitCode == 2 && outcome.errors.contains(text), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
