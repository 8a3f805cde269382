import Foundation
import Signals
import TestSupport
import Testing

/// Refinement and conditioning by the built program.
@Suite(.serialized) struct RefinementTests {
  @Test("A trained network is evaluated and used with and without refinement")
  func aNetworkIsRefined() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(60, in: folder)
    let model = folder.file("network.safetensors")
    let trained = try Program.hyper.run(
      "train", "--dataset", data, "--size", "16", "--channels", "1", "--head", "full", "--encoder",
      "set", "--conditioning", "--steps", "20", "--quiet", "-o", model)
    #expect(trained.exitCode == 0, "\(trained.errors)")
    let evaluated = try Program.hyper.run(
      "evaluate", "--dataset", data, "--model", model, "--context", "40", "--no-baselines",
      "--refine", "20", "--json", "--quiet")
    #expect(evaluated.exitCode == 0, "\(evaluated.errors)")
    let methods = try evaluated.output.split(separator: "\n").map { line in
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return row?["method"] as? String
    }
    #expect(methods == ["model", "model+pasted", "model+refined", "model+refined+pasted"])
    let grey = folder.file("grey.png")
    try ImageFile.writePNG(
      ImageFile.read(data + "/face-00000.png").converted(toChannels: 1), to: grey, overwrite: false)
    let refined = try Program.hyper.run(
      "inpaint", grey, folder.file("r.png"), "--keep", "40%", "--model", model,
      "--refine", "30")
    #expect(refined.exitCode == 0, "\(refined.errors)")
    #expect(refined.output.contains("refined"))
  }

  @Test(arguments: [
    (
      ["inpaint", "a.png", "--keep", "1%", "--refine", "0"],
      "--refine is 0, expected 1 to 100000 updates."
    ),
    (
      ["inpaint", "a.png", "--keep", "1%", "--refine", "5", "--windows"],
      "--refine works on the picture as a whole, omit --windows."
    ),
    (
      ["train", "--dataset", "a", "--no-conditioning"],
      "--conditioning applies to --prior hypernetwork only; omit it."
    ),
    (
      ["evaluate", "--dataset", "a", "--model", "m", "--active", "--refine", "5"],
      "--active cannot be combined with --refine, omit one of them."
    ),
  ])
  func whatDoesNotFitIsRefused(arguments: [String], message: String) throws {
    let outcome = try Program.hyper.run(arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
