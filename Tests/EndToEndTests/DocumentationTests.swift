import Foundation
import Signals
import TestSupport
import Testing

/// The commands of the documents, run as a reader runs them.
///
/// Blocks fenced as `sh` run with the shell, and blocks fenced as `python` with Python, `SIREN_PYTHON`
/// or `python3`, where it has the packages that they import. A document's blocks run in order, in one folder of their own, which
/// is empty, as the README and the tutorial promise; how-tos find the files of ``ReadersFiles`` there.
/// Blocks fenced as `console` are not run: they build, install or wait for a key.
@Suite(.serialized) struct DocumentationTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let howTos = "Docs/how-to/"

  /// The documents whose commands run: paths in the repository.
  static let documents: [String] = {
    let folder = repository.appendingPathComponent(howTos).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return ["README.md", "Docs/tutorial.md"]
      + names.filter { $0.hasSuffix(".md") }.sorted().map { howTos + $0 }
  }()

  private static func text(of document: String) throws -> String {
    try String(contentsOf: repository.appendingPathComponent(document), encoding: .utf8)
  }

  @Test(arguments: documents) func commandsRun(_ document: String) throws {
    let blocks = CodeBlock.blocks(of: try Self.text(of: document))
      .filter { ["sh", "python"].contains($0.language) }
    #expect(blocks.contains { $0.language == "sh" }, "\(document) has no command that runs")
    let folder = try TemporaryFolder()
    if document.hasPrefix(Self.howTos) { try ReadersFiles.write(into: folder) }
    for block in blocks {
      if block.language == "python", try !block.hasItsPackages(in: folder.path) { continue }
      let outcome = try block.run(in: folder.path)
      #expect(
        outcome.exitCode == 0,
        "\(document), line \(block.line): exit code \(outcome.exitCode)\n\(block.text)\(outcome.output)"
      )
      // The blocks after it would fail because of it.
      guard outcome.exitCode == 0 else { return }
    }
  }

  /// The program that reads a grid in PyTorch, against what `siren render` makes of the same file.
  @Test(
    .enabled("set SIREN_PYTHON to a Python that has torch and safetensors") {
      try gridProgram().hasItsPackages(in: NSTemporaryDirectory())
    })
  func theGridProgramGivesTheRenderedPicture() throws {
    let folder = try TemporaryFolder()
    // More than one cell on each axis, cells of fractions of pixels, and overlaps of several pixels.
    var truth = Image(width: 41, height: 47, channels: 3)
    for row in 0..<47 {
      for column in 0..<41 {
        for channel in 0..<3 {
          let phase = 0.31 * Double(row) + 0.17 * Double(column * (channel + 1))
          truth[row, column, channel] = Float(0.5 + 0.4 * sin(phase))
        }
      }
    }
    try ImageFile.writePNG(truth, to: folder.file("truth.png"), overwrite: false)
    let (model, picture) = (folder.file("grid.safetensors"), folder.file("grid.png"))
    for arguments in [
      [
        "fit", folder.file("truth.png"), "-o", model, "--cells", "4x3", "--overlap", "3",
        "--steps", "60",
      ],
      ["render", model, picture],
    ] {
      let outcome = try Program.siren.run(arguments)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }
    let block = try Self.gridProgram()
    let printing = CodeBlock(
      language: block.language, line: block.line,
      text: block.text + "print(json.dumps(picture.flatten().tolist()))\n")
    let outcome = try printing.run(in: folder.path)
    #expect(outcome.exitCode == 0, "\(outcome.output)")
    let line = try #require(outcome.output.split(separator: "\n").last)
    let values = try JSONDecoder().decode([Float].self, from: Data(line.utf8))
    let rendered = try ImageFile.read(picture)
    try #require(values.count == rendered.values.count)
    // The PNG is rounded to 255 levels.
    let largest = zip(values, rendered.values).map { abs($0 - $1) }.max() ?? 1
    #expect(largest < 0.51 / 255)
  }

  /// The Python block of the how-to that evaluates a grid.
  private static func gridProgram() throws -> CodeBlock {
    try #require(
      CodeBlock.blocks(of: try text(of: howTos + "export.md"))
        .first { $0.language == "python" && $0.text.contains("grid.safetensors") })
  }

  @Test func everyHowToIsFound() {
    #expect(Self.documents.count >= 10)
  }

  /// The documents whose links are followed: paths in the repository.
  static let linkingDocuments: [String] = {
    let folder = repository.appendingPathComponent("Docs").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return documents.filter { $0 != "Docs/tutorial.md" }
      + names.filter { $0.hasSuffix(".md") }.sorted().map { "Docs/" + $0 }
      + [
        "CONTRIBUTING.md", "CHANGELOG.md", "Benchmarks/README.md", "Datasets/README.md",
        "Models/README.md", "Models/faces.md", "Models/scenes.md",
      ]
  }()

  @Test(arguments: linkingDocuments) func linksLeadToFiles(_ document: String) throws {
    let folder = Self.repository.appendingPathComponent(document).deletingLastPathComponent()
    for target in Links.files(in: try Self.text(of: document)) {
      let path = folder.appendingPathComponent(target).path
      #expect(FileManager.default.fileExists(atPath: path), "\(document) links to \(target)")
    }
  }

  @Test(arguments: linkingDocuments) func linksLeadToHeadings(_ document: String) throws {
    let folder = Self.repository.appendingPathComponent(document).deletingLastPathComponent()
    let text = try Self.text(of: document)
    var anchors = ["": Links.anchors(of: text)]
    for (file, heading) in Links.headings(in: text) {
      if anchors[file] == nil {
        let linked = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        anchors[file] = Links.anchors(of: linked)
      }
      #expect(
        anchors[file]?.contains(heading) == true, "\(document) links to \(file)#\(heading)")
    }
  }

  @Test func linksAreFound() {
    let text = """
      [a](b.md), ![c](d/e.png) and <img src="f.png" width="9">, [g](h.md#part)
      but not [i](https://swift.org) and [j](#below)
      """
    #expect(Links.files(in: text) == ["b.md", "d/e.png", "h.md", "f.png"])
    #expect(Links.headings(in: text).map(\.file) == ["h.md", ""])
    #expect(Links.headings(in: text).map(\.heading) == ["part", "below"])
  }

  @Test func anchorsAreThoseOfHeadings() {
    let text = """
      # A title: two parts, `code` and [a link](b.md)
      ## Well-known
      ## Well-known
      #no heading
      ```sh
      # a comment
      ```
      """
    #expect(
      Links.anchors(of: text) == [
        "a-title-two-parts-code-and-a-link", "well-known", "well-known-1",
      ])
  }

  @Test func blocksAreFoundWithTheirLanguageAndLine() {
    let text = """
      # Title

      ```sh
      echo one
        echo two
      ```
          ```sh
      Text.
      ```console
      make demo
      ```
      ```
      plain
      ```
      """
    #expect(
      CodeBlock.blocks(of: text) == [
        CodeBlock(language: "sh", line: 3, text: "echo one\n  echo two\n"),
        CodeBlock(language: "console", line: 9, text: "make demo\n"),
        CodeBlock(language: "", line: 12, text: "plain\n"),
      ])
  }

  @Test func aBlockFailsWithItsFirstFailingCommand() throws {
    let folder = try TemporaryFolder()
    let block = CodeBlock(language: "sh", line: 1, text: "echo before\nfalse\necho after\n")
    let outcome = try block.run(in: folder.path)
    #expect(outcome.exitCode == 1)
    #expect(outcome.output == "before\n")
    let missing = CodeBlock(language: "python", line: 1, text: "import no_such_package\n")
    #expect(try !missing.hasItsPackages(in: folder.path))
  }

  @Test func theProgramsThatWereBuiltComeFirst() throws {
    let folder = try TemporaryFolder()
    let block = CodeBlock(
      language: "sh", line: 1, text: "command -v siren\ncommand -v siren-hyper\n")
    let programs = try [Program.siren, .hyper].map { try #require($0.location).path }
    #expect(try block.run(in: folder.path).output == programs.map { $0 + "\n" }.joined())
  }
}

/// A fenced block of a Markdown document.
private struct CodeBlock: Equatable {
  /// The language behind the fence, such as `sh`; empty if there is none.
  let language: String
  /// The line of the fence, from 1.
  let line: Int
  /// The lines between the fences, each with its line break.
  let text: String

  /// The Python that runs blocks: a path from `SIREN_PYTHON`, or the one on the `PATH`.
  private static let python = ProcessInfo.processInfo.environment["SIREN_PYTHON"] ?? "python3"

  /// All blocks of a document whose fences begin at the start of a line.
  static func blocks(of document: String) -> [CodeBlock] {
    var blocks: [CodeBlock] = []
    var open: (language: String, line: Int, lines: [Substring])?
    let lines = document.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      guard line.hasPrefix("```") else {
        open?.lines.append(line)
        continue
      }
      if let block = open {
        blocks.append(
          CodeBlock(
            language: block.language, line: block.line,
            text: block.lines.map { $0 + "\n" }.joined()))
        open = nil
      } else {
        open = (String(line.dropFirst(3)), index + 1, [])
      }
    }
    return blocks
  }

  /// Whether Python is there and knows the packages that the block imports.
  func hasItsPackages(in folder: String) throws -> Bool {
    let imports = text.split(separator: "\n").filter { $0.hasPrefix("import ") }
    let script =
      "command -v '\(Self.python)' >/dev/null || exit 1\n"
      + "'\(Self.python)' -c '\(imports.joined(separator: ";"))'"
    return try CodeBlock(language: "sh", line: 1, text: script).run(in: folder).exitCode == 0
  }

  /// Runs the block with the built programs first on the `PATH`.
  ///
  /// - Returns: the exit code, and what went to standard output and standard error.
  func run(in folder: String) throws -> (exitCode: Int32, output: String) {
    let programs = try #require(Program.siren.location, "the programs are not built")
      .deletingLastPathComponent().path
    let script = folder + "/.block"
    let output = folder + "/.output"
    try Data(text.utf8).write(to: URL(fileURLWithPath: script))
    try Data().write(to: URL(fileURLWithPath: output))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = language == "python" ? [Self.python, script] : ["sh", "-e", script]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let environment = ProcessInfo.processInfo.environment
    process.environment = environment.merging(
      ["PATH": programs + ":" + (environment["PATH"] ?? "/usr/bin:/bin")]) { $1 }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let said = try Data(contentsOf: URL(fileURLWithPath: output))
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }
}

/// The links of a Markdown document.
private enum Links {
  /// The files that links and pictures name, without the parts of a page behind `#`.
  static func files(in document: String) -> [String] {
    targets(in: document).map { String($0.prefix { $0 != "#" }) }.filter { !$0.isEmpty }
  }

  /// The headings that links name behind `#`, with their file, which is empty for the document itself.
  static func headings(in document: String) -> [(file: String, heading: String)] {
    targets(in: document).compactMap { target in
      guard let mark = target.firstIndex(of: "#") else { return nil }
      return (String(target[..<mark]), String(target[target.index(after: mark)...]))
    }
  }

  /// The names under which the headings of a document can be linked, as GitHub makes them.
  static func anchors(of document: String) -> Set<String> {
    var anchors: Set<String> = []
    var counts: [String: Int] = [:]
    for line in withoutCode(document).split(separator: "\n") {
      guard let heading = line.wholeMatch(of: /#{1,6} +(.+)/)?.1 else { continue }
      let text = String(heading).replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.1 }
      let name = text.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
        .replacing(" ", with: "-")
      let count = counts[name, default: 0]
      counts[name] = count + 1
      anchors.insert(count == 0 ? name : "\(name)-\(count)")
    }
    return anchors
  }

  private static func targets(in document: String) -> [String] {
    let document = withoutCode(document)
    let targets =
      parts(of: document, from: "](", to: ")") + parts(of: document, from: "src=\"", to: "\"")
    return targets.filter { !$0.hasPrefix("http") }
  }

  /// The document without its fenced blocks: every other part between fences is code.
  private static func withoutCode(_ document: String) -> String {
    document.components(separatedBy: "\n```").enumerated()
      .filter { $0.offset % 2 == 0 }.map(\.element).joined()
  }

  private static func parts(of text: String, from start: String, to end: String) -> [String] {
    text.components(separatedBy: start).dropFirst().map { $0.components(separatedBy: end)[0] }
  }
}

/// The files of their own that readers of the how-tos have.
///
/// - `face.png`, `other.png`: colour pictures of 64x64.
/// - `scratches.png`: a mask of the same size, two white lines on black.
/// - `holes.png`: the first picture with a transparent square.
/// - `scan.csv`: 200 measured points of it, at fractions of pixels.
/// - `faces/`: 160 colour pictures of 32x32.
/// - `photographs/`: 3 colour pictures of 128x128.
/// - `photo.png`: a colour picture of 192x160.
/// - `song.wav`: two fading tones, two seconds at 8 kHz.
private enum ReadersFiles {
  /// A 12-bit micrograph, a folder of them, a stack and heights.
  private static func writeInstrumentFiles(
    like face: Image, into folder: TemporaryFolder
  ) throws {
    let grey = face.converted(toChannels: 1)
    var format = PictureFormat(type: .unsigned16, channels: 1)
    format.range = try #require(ValueRange(0, 4_095))
    let micrograph = StoredPicture(grey, as: format)
    for name in ["micrograph.tif", "micrographs/a.tif"] {
      try FileManager.default.createDirectory(
        atPath: folder.file("micrographs"), withIntermediateDirectories: true)
      try PictureFile.write(micrograph, to: folder.file(name), overwrite: false)
    }
    format = PictureFormat(type: .float64, channels: 1, range: ValueRange(-0.25, 4.5))
    try PictureFile.write(
      StoredPicture(grey, as: format), to: folder.file("heights.npy"), overwrite: false)
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SignalsTests/Fixtures/formats")
    try FileManager.default.copyItem(
      at: fixtures.appendingPathComponent("pages.tif"),
      to: URL(fileURLWithPath: folder.file("stack.tif")))
  }

  static func write(into folder: TemporaryFolder) throws {
    for (name, count, size) in [("faces", 160, 32), ("photographs", 3, 128), ("drawn", 2, 64)] {
      let outcome = try Program.hyper.run(
        "dataset", "synthesize", folder.file(name), "--count", "\(count)", "--size", "\(size)",
        "--seed", "\(size)", "--quiet")
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }
    for (drawn, name) in [("face-00000.png", "face.png"), ("face-00001.png", "other.png")] {
      try FileManager.default.moveItem(
        atPath: folder.file("drawn/" + drawn), toPath: folder.file(name))
    }
    try FileManager.default.removeItem(atPath: folder.file("drawn"))
    let face = try ImageFile.read(folder.file("face.png"))

    var scratches = Image(width: 64, height: 64, channels: 1)
    for step in 0..<64 {
      for width in 0..<2 {
        scratches[step, (step + width) % 64, 0] = 1
        scratches[30 + width, step, 0] = 1
      }
    }
    try ImageFile.writePNG(scratches, to: folder.file("scratches.png"), overwrite: false)

    var holes = face.converted(toChannels: 4)
    for row in 20..<36 {
      for column in 24..<48 { holes[row, column, 3] = 0 }
    }
    try ImageFile.writePNG(holes, to: folder.file("holes.png"), overwrite: false)

    // The golden ratio spreads the points without a pattern.
    let lines = (0..<200).map { index in
      let x = (Double(index) * 0.618_034).truncatingRemainder(dividingBy: 1) * 63
      let y = Double(index) / 199 * 63
      let values = (0..<3).map {
        "\(Int((255 * face[Int(y.rounded()), Int(x.rounded()), $0]).rounded()))"
      }
      return String(format: "%.2f,%.2f,", x, y) + values.joined(separator: ",")
    }
    try folder.write("x,y,r,g,b\n" + lines.joined(separator: "\n") + "\n", to: "scan.csv")

    try folder.write(ShapeCommandTests.cube(divisions: 8), to: "shape.obj")
    let sphere = (0..<500).map { index in
      let (turn, height) = (2.4 * Double(index), 1 - 2 * (Double(index) + 0.5) / 500)
      let radius = (1 - height * height).squareRoot()
      return "\(radius * cos(turn)) \(height) \(radius * sin(turn))\n"
    }
    try folder.write(sphere.joined(), to: "scan.xyz")

    try writeInstrumentFiles(like: face, into: folder)

    let photograph = try ImageFile.read(folder.file("photographs/face-00000.png"))
    try ImageFile.writePNG(
      photograph.resized(width: 192, height: 160), to: folder.file("photo.png"), overwrite: false)
    let tones = (0..<16_000).map { sample -> Float in
      let seconds = Double(sample) / 8_000
      let sum = sin(2 * .pi * 440 * seconds) + sin(2 * .pi * 554.37 * seconds)
      return Float(0.4 * exp(-seconds) * sum)
    }
    try AudioFile.writeWAV(
      AudioSignal(sampleRate: 8_000, channels: 1, samples: tones), to: folder.file("song.wav"),
      format: .integer16, overwrite: false)
  }
}
