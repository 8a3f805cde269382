import Foundation
import TestSupport
import Testing

/// The default prior with its residual network, by the built program.
@Suite(.serialized) struct ResidualNetworkTests {
  @Test func aResidualNetworkIsTrainedInterruptedAndUsed() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(200, in: folder)
    let (whole, parts) = (folder.file("whole"), folder.file("parts"))
    let train = ["train", "--dataset", data, "--size", "16", "--steps", "60", "-o"]
    let trained = try Program.hyper.run(train + [whole, "--json"])
    #expect(trained.exitCode == 0, "\(trained.errors)")
    #expect(trained.output.contains(#""ratio":"#))
    // There is little to learn from so few small pictures, so it may end before the end of its length.
    let last = try #require(trained.output.split(separator: "\n").last)
    let result = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
    let steps = try #require(result?["steps"] as? Int)
    #expect(
      steps == 60 || trained.errors.contains("ended at step \(steps), before the end of its length")
    )
    #expect(trained.output.contains(#""pictures_per_second":"#))
    // The first of twenty validations comes after a twentieth of the run.
    let interrupted = try Program.hyper.interrupt(
      train + [parts, "--json"], afterPrinting: #""ratio":"#)
    try #require(interrupted.exitCode == 1, "the run was over before the signal")
    #expect(interrupted.errors.contains("run the same command with --resume to continue"))
    #expect(!FileManager.default.fileExists(atPath: parts))
    let other = try Program.hyper.run(train + [parts, "--resume", "--batch", "4"])
    #expect(other.exitCode == 1)
    #expect(other.errors.contains("belongs to another run"))
    let resumed = try Program.hyper.run(train + [parts, "--resume"])
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: whole))
        == Data(contentsOf: URL(fileURLWithPath: parts)))
    let inpainted = try Program.hyper.run(
      "inpaint", data + "/face-00001.png", folder.file("r.png"), "--model", whole, "--keep", "20%",
      "--uncertainty", folder.file("u.png"))
    #expect(inpainted.exitCode == 0, "\(inpainted.errors)")
    let info = try Program.hyper.run("info", whole)
    let shown =
      /residual network of \d+ parameters, with a first estimate from (20|50) nearest training pictures\n/
    #expect(info.output.contains(shown), "\(info.output)")
  }

  @Test func theClosedFormAlone() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(200, in: folder)
    let model = folder.file("m")
    let trained = try Program.hyper.run(
      "train", "--dataset", data, "--size", "16", "--no-correction", "-o", model)
    #expect(trained.exitCode == 0, "\(trained.errors)")
    #expect(!trained.output.contains("residual network"))
    let info = try Program.hyper.run("info", model)
    #expect(!info.output.contains("residual network"))
  }

  @Test(arguments: [
    (
      ["--no-correction", "--for", "1m"],
      "--no-residual leaves nothing to train; omit --for."
    ),
    (
      ["--no-residual", "--head", "full"],
      "--no-residual applies to --prior subspace only; omit it."
    ),
    (
      ["--head", "components", "--encoder", "set"],
      "--encoder set applies to --prior hypernetwork only; omit it."
    ),
    (
      ["--prior", "hypernetwork", "--head", "components"],
      "--head components means --prior subspace; omit one of the options."
    ),
    (
      ["--prior", "subspace", "--head", "full"],
      "--head full applies to --prior hypernetwork only; omit it."
    ),
    (
      ["--prior", "hypernetwork", "--windows"],
      "--windows applies to --prior subspace only; omit --prior hypernetwork."
    ),
    (
      ["--conditioning"],
      "--conditioning applies to --prior hypernetwork only; omit it."
    ),
  ])
  func optionsThatDoNotApplyAreNamed(options: [String], message: String) throws {
    let outcome = try Program.hyper.run(["train", "--dataset", "x"] + options)
    #expect(outcome.exitCode == 2)
    #expect(outcome.errors.hasPrefix("Error: \(message)\n"), "\(outcome.errors)")
  }
}
