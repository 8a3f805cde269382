import Foundation
import Signals
import TestSupport
import Testing

/// Bad input gives one line that says what was expected, and the right exit code.
@Suite struct BadInputTests {
  private func expectFailure(
    _ arguments: [String], exitCode: Int32, containing text: String, firstLineOnly: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Program.hyper.run(arguments)
    #expect(outcome.exitCode == exitCode, "\(outcome.errors)", sourceLocation: sourceLocation)
    let line = outcome.errors.split(separator: "\n").first.map(String.init) ?? ""
    #expect(
      line.hasPrefix("Error: ") && line.contains(text), "\(outcome.errors)",
      sourceLocation: sourceLocation)
    if exitCode == 1 {
      #expect(
        outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)",
        sourceLocation: sourceLocation)
    }
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    (["inpaint", "a.png", "--keep", "0%"], "--keep"),
    (["inpaint", "a.png", "--keep", "200%"], "--keep"),
    (["inpaint", "a.png", "--keep", "some"], "--keep"),
    (["inpaint", "a.png", "--keep", "10%", "--mask", "m.png"], "exclude each other"),
    (["inpaint"], "a picture is missing"),
    (["inpaint", "--points", "p.csv"], "needs --size"),
    (["train", "--dataset", "d", "--steps", "5", "--for", "3s"], "exclude each other"),
    (["train", "--dataset", "d", "--size", "5000"], "expected 8 to 128"),
    (["train"], "--dataset"),
    (["evaluate", "--dataset", "d", "--model", "m", "--context", "0"], "--context"),
    (["evaluate", "--dataset", "d", "--model", "m", "--mask-kind", "holes"], "holes"),
    (
      ["evaluate", "--dataset", "d", "--model", "m", "--mask-kind", "half", "--context", "10"],
      "omit --context or pass another kind"
    ),
    (
      ["evaluate", "--dataset", "d", "--model", "m", "--active", "--mask-kind", "block"],
      "cannot be combined with --mask-kind"
    ),
    (
      ["evaluate", "--dataset", "d", "--model", "m", "--active", "--csv", "c.csv"],
      "cannot be combined with --csv"
    ),
    (["evaluate", "--dataset", "d", "--model", "m", "--sheet", "s.jpg"], "a .png file"),
    (
      ["evaluate", "--dataset", "d", "--model", "m", "--sheet", "s.png", "--csv", "s.png"],
      "the same file"
    ),
    (["dataset", "synthesize", "d", "--count", "0"], "expected 1 to 99999"),
    (["no-such-command"], "no-such-command"),
  ])
  func usageErrorsExitWithTwo(arguments: [String], text: String) throws {
    try expectFailure(arguments, exitCode: 2, containing: text)
  }

  @Test func foldersThatHoldNoPictures() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.makeFolder("empty")
    let file = try folder.write("text", to: "file.txt")
    for path in [folder.file("missing"), empty, file] {
      try expectFailure(["dataset", "index", path], exitCode: 1, containing: path)
      try expectFailure(
        ["train", "--dataset", path, "-o", folder.file("m")], exitCode: 1, containing: path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: empty).isEmpty)
  }

  @Test(.enabled(if: isLinux, "other systems refuse names that are not UTF-8"))
  func aPictureWithoutAUsableNameIsNotPassedOverInSilence() throws {
    let folder = try TemporaryFolder()
    let scans = try folder.makeFolder("scans")
    try ImageFile.writePNG(
      .pattern(width: 8, height: 8, channels: 3), to: scans + "/a.png", overwrite: false)
    let create = { (ending: String, content: [UInt8]) in
      let name = (scans + "/x").utf8.map { CChar(bitPattern: $0) } + [-1] + ending.utf8CString
      let descriptor = creat(name, 0o600)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      #expect(write(descriptor, content, content.count) == content.count)
    }
    let restore = { (output: String) in
      try Program.hyper.run(
        "inpaint", scans, folder.file(output), "--keep", "50%", "--model", "linear", "-q")
    }
    try create(".txt", Array("no picture".utf8))
    let passed = try restore("first")
    #expect(passed.exitCode == 0 && passed.errors == "", "\(passed.errors)")
    #expect(passed.output.hasSuffix("1 of 1 pictures restored; 1 other files were ignored\n"))

    try create(".png", Array(try Data(contentsOf: URL(fileURLWithPath: scans + "/a.png"))))
    let outcome = try restore("second")
    #expect(outcome.exitCode == 1)
    #expect(outcome.output.hasSuffix("1 of 1 pictures restored; 1 other files were ignored\n"))
    #expect(
      outcome.errors
        == "Warning: \(scans)/x\u{fffd}.png: the name is not UTF-8, so this was left out; rename it\n"
        + "Error: not all of the folder was restored; the warnings say what was left out\n")
  }

  @Test func existingFilesAreReplacedOnRequestOnly() throws {
    let folder = try TemporaryFolder()
    let picture = folder.file("p.png")
    try ImageFile.writePNG(
      .pattern(width: 8, height: 8, channels: 3), to: picture, overwrite: false)
    for (program, arguments, name) in [
      (Program.hyper, ["inpaint", picture, "--keep", "50%"], "kept.png"),
      (Program.siren, ["fit", picture, "--steps", "1"], "kept.safetensors"),
    ] {
      let kept = try folder.write("kept", to: name)
      let refused = try program.run(arguments + ["-o", kept])
      #expect(refused.exitCode == 1)
      #expect(
        refused.errors
          == "Error: \(kept): the file already exists; pass another name, or --force to replace it\n"
      )
      #expect(try String(contentsOfFile: kept, encoding: .utf8) == "kept")
    }
  }

  @Test func filesThatAreNotModelsOrPictures() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("this is not a model at all", to: "model.safetensors")
    let picture = folder.file("p.png")
    try ImageFile.writePNG(
      .pattern(width: 8, height: 8, channels: 3), to: picture, overwrite: false)
    let out = folder.file("out.png")
    let inpaint = { (model: String) in
      ["inpaint", picture, out, "--keep", "10%", "--model", model]
    }
    try expectFailure(inpaint(text), exitCode: 1, containing: text)
    try expectFailure(inpaint(folder.file("none")), exitCode: 1, containing: "no such file")
    try expectFailure(inpaint(folder.path), exitCode: 1, containing: "folder")
    #expect(!FileManager.default.fileExists(atPath: out))
    try expectFailure(
      ["inpaint", picture, picture, "--keep", "10%", "--model", text], exitCode: 2,
      containing: "the output and the picture are the same file, '\(picture)'")
    try expectFailure(
      ["inpaint", picture, folder.file("no/such/out.png"), "--keep", "10%", "--model", text],
      exitCode: 1, containing: "no/such")
  }

  /// Line ends alone once took 32 bytes each.
  @Test(.enabled(if: isLinux, "other systems do not limit an address space"))
  func aPointsFileTakesMemoryForItsPointsAlone() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("points.csv")
    let lineEnds = Data(repeating: UInt8(ascii: "\n"), count: 100 << 20)
    try (Data("x,y,r,g,b\n1,1,9,9,9\n".utf8) + lineEnds + Data("1,1\n".utf8))
      .write(to: URL(fileURLWithPath: path))
    let limited = Program(name: "siren-hyper", preparation: "ulimit -v \(2 << 20)")
    let outcome = try limited.run(
      "inpaint", "--points", path, "--size", "8x8", "-o", folder.file("out.png"), "--quiet")
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors
        == "Error: \(path), line 104857603: 5 cells are expected, got 2; "
        + "give one point per line, with the cells of the first line\n"
    )
  }

  #if os(Linux)
    private static let isLinux = true
  #else
    private static let isLinux = false
  #endif

  @Test func helpAndVersion() throws {
    let help = try Program.hyper.run("--help")
    #expect(help.exitCode == 0 && help.output.contains("EXAMPLES"))
    for command in [
      "train", "inpaint", "evaluate", "sample", "interpolate", "export", "info", "dataset index",
      "dataset synthesize",
    ] {
      let outcome = try Program.hyper.run(
        command.split(separator: " ").map(String.init) + ["--help"])
      #expect(outcome.exitCode == 0 && outcome.output.contains("EXAMPLES"), "\(command)")
    }
    #expect(try Program.hyper.run("--version").output == "0.1.0\n")
    #expect(try Program.siren.run("--version").output == "0.1.0\n")
  }
}
