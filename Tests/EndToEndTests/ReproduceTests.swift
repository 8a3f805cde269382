import Foundation
import Signals
import TestSupport
import Testing

/// `siren reproduce` refuses unusable input before it begins to work.
@Suite struct ReproduceTests {
  @Test func badInputIsReportedInOneLineAndLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let page = folder.file("report.html")
    let text = try folder.write("no picture", to: "text.png")
    let (even, silent) = (folder.file("even.png"), folder.file("silent.wav"))
    try ImageFile.writePNG(
      Image(width: 9, height: 5, channels: 3, filledWith: 0.5), to: even, overwrite: false)
    let silence = AudioSignal(sampleRate: 100, channels: 1, samples: [0, 0, 0])
    try AudioFile.encodeWAV(silence).write(to: URL(fileURLWithPath: silent))
    for (arguments, expected) in [
      (["--image", folder.file("none.png")], "none.png"), (["--image", text], "text.png"),
      (["--audio", text], "text.png"), (["--image", even], "'even.png' has one brightness"),
      (["--audio", silent], "silent"),
    ] {
      let outcome = try Program.siren.run(["reproduce", "-o", page, "--quick"] + arguments)
      #expect(outcome.exitCode == 1, "\(arguments)")
      #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains(expected))
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: page))
    }
    let unwritable = try Program.siren.run("reproduce", "-o", folder.file("no/such.html"))
    #expect(unwritable.exitCode == 1 && unwritable.errors.contains("no/such.html"))
  }

  @Test func usageAndHelp() throws {
    #expect(try Program.siren.run("reproduce").exitCode == 2)
    let help = try Program.siren.run("reproduce", "--help")
    #expect(help.exitCode == 0 && help.output.contains("EXAMPLES"))
    for command in ["activations", "spectrum", "shift", "range", "periods"] {
      let help = try Program.siren.run("analyze", command, "--help")
      #expect(help.exitCode == 0 && help.output.contains("EXAMPLES"), "\(command)")
    }
  }
}
