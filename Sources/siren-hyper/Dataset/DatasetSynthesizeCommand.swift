import ArgumentParser
import CommandSupport
import DatasetCatalog
import Foundation
import Reporting
import SyntheticData

/// `siren-hyper dataset synthesize DIR`: draws faces or scenes for training and experiments.
struct DatasetSynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Draw a collection of synthetic faces or scenes.",
    discussion: """
      Writes face-00000.png, face-00001.png and so on, or scene-00000.png with --kind scenes. The same \
      seed always gives the same pictures. A larger --count begins with the pictures of a smaller one.

      Faces are aligned: eyes and mouth are always in the same places. Scenes are not. They stand for \
      photographs and micrographs of anything: textured, shaded shapes of all sizes in front of one \
      another, some out of focus, with shadows and noise.

      EXAMPLES
        siren-hyper dataset synthesize faces
        siren-hyper dataset synthesize faces --count 5000 --size 64 --seed 7
        siren-hyper dataset synthesize scenes --kind scenes --size 256
      """)

  @Argument(help: ArgumentHelp("The folder to write to.", valueName: "dir"), completion: .directory)
  var directory: String

  /// What the pictures show.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case faces
    case scenes
  }

  @Option(help: "What to draw: faces, or scenes of shapes, textures and shadows.")
  var kind = Kind.faces

  @Option(help: "Number of pictures, 1 to 99999.")
  var count = 1_000

  @Option(help: "Width and height in pixels, 8 to 1024.")
  var size = 64

  @Option(help: "The seed of the random pictures.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (1...99_999).contains(count) else {
      throw ValidationError("--count is \(count), expected 1 to 99999 pictures.")
    }
    guard synthesizerType.sizes.contains(size) else {
      throw ValidationError("--size is \(size), expected 8 to 1024 pixels.")
    }
  }

  private var synthesizerType: any PictureSynthesizer.Type {
    switch kind {
    case .faces: FaceSynthesizer.self
    case .scenes: SceneSynthesizer.self
    }
  }

  private var synthesizer: any PictureSynthesizer {
    switch kind {
    case .faces: FaceSynthesizer(size: size, seed: seed)
    case .scenes: SceneSynthesizer(size: size, seed: seed)
    }
  }

  func run() throws {
    let interruption = Interruption()
    let progress = ProgressReporter("Drawing", unit: kind.rawValue, quiet: output.quiet)
    let written = try synthesizer.write(
      count: count, to: directory, overwrite: overwrite.force,
      threads: threads.threads ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: { progress.update($0, of: count) }, isCancelled: { interruption.isRequested })
    progress.finish()
    if output.json {
      printJSON(["directory": .string(directory), "pictures": .integer(written)])
    } else {
      print("\(written) \(kind.rawValue) of \(size)x\(size) pixels in \(singleLine(directory))")
    }
    guard written == count else {
      throw CommandFailure.data(
        "interrupted after \(written) of \(count) \(kind.rawValue); run the same command again with --force"
      )
    }
  }
}
