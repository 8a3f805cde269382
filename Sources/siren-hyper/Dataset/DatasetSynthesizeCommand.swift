import ArgumentParser
import CommandSupport
import DatasetCatalog
import Foundation
import Reporting
import SyntheticData

/// `siren-hyper dataset synthesize DIR`: draws faces for training and experiments.
struct DatasetSynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Draw a collection of synthetic faces.",
    discussion: """
      Writes face-00000.png, face-00001.png and so on. The same seed always gives the same faces. A \
      larger --count begins with the faces of a smaller one.

      EXAMPLES
        siren-hyper dataset synthesize faces
        siren-hyper dataset synthesize faces --count 5000 --size 64 --seed 7
      """)

  @Argument(help: ArgumentHelp("The folder to write to.", valueName: "dir"), completion: .directory)
  var directory: String

  @Option(help: "Number of pictures, 1 to 99999.")
  var count = 1_000

  @Option(help: "Width and height in pixels, 8 to 1024.")
  var size = 64

  @Option(help: "The seed of the random faces.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (1...99_999).contains(count) else {
      throw ValidationError("--count is \(count), expected 1 to 99999 pictures.")
    }
    guard FaceSynthesizer.sizes.contains(size) else {
      throw ValidationError("--size is \(size), expected 8 to 1024 pixels.")
    }
  }

  func run() throws {
    let interruption = Interruption()
    let progress = ProgressReporter("Drawing", unit: "faces", quiet: output.quiet)
    let written = try FaceSynthesizer(size: size, seed: seed).write(
      count: count, to: directory, overwrite: overwrite.force,
      threads: threads.threads ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: { progress.update($0, of: count) }, isCancelled: { interruption.isRequested })
    progress.finish()
    if output.json {
      printJSON(["directory": .string(directory), "pictures": .integer(written)])
    } else {
      print("\(written) faces of \(size)x\(size) pixels in \(singleLine(directory))")
    }
    guard written == count else {
      throw CommandFailure.data(
        "interrupted after \(written) of \(count) faces; run the same command again with --force"
      )
    }
  }
}
