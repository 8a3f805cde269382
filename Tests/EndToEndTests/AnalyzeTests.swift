import Foundation
import Signals
import TestSupport
import Testing

/// `siren analyze` as it is built, on small networks.
@Suite struct AnalyzeTests {
  private func expectFiles(_ base: String, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let image = try ImageFile.read(base + ".png")
    #expect(image.width > 400 && image.channels == 3, sourceLocation: sourceLocation)
    let svg = try String(contentsOfFile: base + ".svg", encoding: .utf8)
    #expect(svg.contains("<svg") && svg.hasSuffix("</svg>\n"), sourceLocation: sourceLocation)
    let json = try Data(contentsOf: URL(fileURLWithPath: base + ".json"))
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      try JSONSerialization.jsonObject(with: json)
    }
  }

  @Test(arguments: [
    (["activations", "--width", "24", "--layers", "2", "--points", "300"], "to arcsine"),
    (["shift", "--width", "24", "--layers", "2", "--points", "300"], "after a shift by 1000.0"),
    (
      ["spectrum", "--width", "24", "--layers", "1", "--points", "300", "--omega", "20"],
      "mean frequency"
    ),
    (["periods"], "4194304"),
  ])
  func eachWritesAFigureAndItsNumbers(arguments: [String], text: String) throws {
    let folder = try TemporaryFolder()
    let base = folder.file("result")
    let outcome = try Program.siren.run(["analyze"] + arguments + ["-o", base, "--quiet"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(text), "\(outcome.output)")
    #expect(outcome.errors.isEmpty)
    try expectFiles(base)
    // Nothing is replaced unasked, and the ending of a name is understood.
    let again = try Program.siren.run(["analyze"] + arguments + ["-o", base + ".svg"])
    #expect(again.exitCode == 1 && again.errors.contains("result.png"), "\(again.errors)")
    let forced = try Program.siren.run(
      ["analyze"] + arguments + ["-o", base + ".svg", "--force", "--json"])
    #expect(forced.exitCode == 0, "\(forced.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(forced.output.utf8))
    #expect(object is [String: Any])
  }

  @Test func theRangeOfAModel() throws {
    let folder = try TemporaryFolder()
    try ImageFile.writePNG(
      .pattern(width: 8, height: 8, channels: 1), to: folder.file("p.png"), overwrite: false)
    let fit = try Program.siren.run(
      "fit", folder.file("p.png"), "--steps", "3", "--width", "8", "--depth", "1", "--quiet")
    #expect(fit.exitCode == 0, "\(fit.errors)")
    let base = folder.file("range")
    let outcome = try Program.siren.run(
      "analyze", "range", folder.file("p.safetensors"), "--size", "200", "--range", "10", "-o", base
    )
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("largest correlation"))
    try expectFiles(base)
  }

  @Test(arguments: [
    (["activations", "--width", "0"], "expected --width 1 to 8192"),
    (["activations", "--points", "1"], "--points 2 to 1048576"),
    (["activations", "--omega=-3"], "--omega is -3.0"),
    (["spectrum", "--points", "100"], "cannot hold 100 cycles"),
    (["shift", "--by", "1e9"], "-1e6 to 1e6"),
    (["periods", "--ratio", "nan"], "--ratio"),
    (["range", "m", "--range", "0"], "--range above 0"),
    (["range"], "model"),
  ])
  func usageErrorsExitWithTwo(arguments: [String], text: String) throws {
    let outcome = try Program.siren.run(["analyze"] + arguments)
    #expect(outcome.exitCode == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func dataErrorsExitWithOneAndLeaveNothing() throws {
    let folder = try TemporaryFolder()
    let missing = try Program.siren.run(
      "analyze", "range", folder.file("none"), "-o", folder.file("r"))
    #expect(missing.exitCode == 1 && missing.errors.contains("no such file"), "\(missing.errors)")
    let unwritable = try Program.siren.run(
      "analyze", "periods", "-o", folder.file("no/such/place"))
    #expect(unwritable.exitCode == 1 && unwritable.errors.contains("no/such"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
