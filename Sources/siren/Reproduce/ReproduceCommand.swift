import ArgumentParser
import CommandSupport
import Files
import Foundation
import Notebook
import Numerics
import Reporting
import Signals

/// `siren reproduce`: all of the notebook, as one page.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Run all of the SIREN paper's notebook, and write its results as one page.",
    discussion: """
      The command fits a picture, a sound, a clip and a shape, solves Poisson's equation, analyzes \
      activations, shifts and ranges, compares activation functions, and solves the Helmholtz and the \
      wave equation. The page is one file with all pictures and sounds. As in the notebook, a picture \
      is resized to 256 pixels and a sound is cut to 7 seconds. Without --image or --audio, a picture \
      is drawn and a sound synthesized; the clip is drawn and the shape computed. The run takes up to \
      ten minutes, and with --quick about one.

      EXAMPLES
        siren reproduce -o report.html
        siren reproduce -o report.html --image photo.jpg --audio voice.wav
        siren reproduce -o quick.html --quick
      """)

  @Option(name: .shortAndLong, help: "The page to write.", completion: .file(extensions: ["html"]))
  var output: String

  @Option(help: "A picture to use.", completion: .file())
  var image: String?

  @Option(help: "A sound to use.", completion: .file())
  var audio: String?

  @Flag(help: "Use shorter fits and smaller networks, for about a minute.")
  var quick = false

  @Option(help: "The seed of the initial weights and the batches.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    try DistinctFiles.check(
      [("the output", output)], read: [("--image", image), ("--audio", audio)])
    try AtomicFile.checkWritable(output, overwrite: overwrite.force)
    let settings = ReproductionSettings(
      picture: try image.map { (try ImageFile.read($0), name(of: $0)) },
      sound: try audio.map { (try AudioFile.read($0), name(of: $0)) },
      effort: quick ? .quick : .full, seed: seed)
    try settings.check()

    let parts = Reproduction.parts
    let progress = ProgressReporter("Reproducing", unit: "parts", quiet: printing.quiet)
    let chapters = try Reproduction.run(settings) { part, fraction, detail in
      progress.update(
        part, of: parts.count, fraction: (Double(part) + fraction) / Double(parts.count),
        detail: detail.isEmpty ? parts[part] : "\(parts[part]) \(detail)")
    } each: { chapter in
      if printing.json { printJSON(json(chapter)) }
    }
    let seconds = progress.elapsed
    progress.finish()

    let page = Reproduction.page(
      of: chapters,
      facts: [
        .init("Program", "siren \(SirenProgram.version)"),
        .init("Threads", "\(Parallel.threadCount)"), .init("Seed", "\(seed)"),
      ], seconds: seconds)
    try AtomicFile.write(Data(try page.html().utf8), to: output, overwrite: overwrite.force)
    if printing.json {
      printJSON(["output": .string(output), "seconds": .number(seconds)])
      return
    }
    var table = TextTable([.left("measure"), .right("here"), .left("reference")])
    for measure in chapters.flatMap(\.measures) {
      table.append([measure.name, measure.text, measure.reference])
    }
    print(table)
    print("\(singleLine(output)): \(chapters.count) chapters in \(formatDuration(seconds))")
  }

  private func name(of path: String) -> String { (path as NSString).lastPathComponent }

  private func json(_ chapter: Chapter) -> JSONValue {
    var numbers: [String: JSONValue] = [
      "chapter": .string(chapter.section.title), "chapter_seconds": .number(chapter.seconds),
    ]
    for measure in chapter.measures { numbers[measure.key] = .number(measure.value) }
    return .object(numbers)
  }
}
