import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fitting
import HyperPrior
import Signals

/// `siren-hyper interpolate`: a strip of pictures between two.
struct InterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Draw the pictures between two pictures, as a prior sees them.",
    discussion: """
      Finds the code of each picture from its pixels, or from some of them with --keep, and draws \
      the pictures of the codes between, mixed linearly; the first and the last are what 'inpaint' \
      restores (--no-paste). The pictures of a prior of components are linear in the code, so they \
      fade into each other; those of a trained network need not. Many pixels take long in closed form: \
      seconds for all of 64x64.

      EXAMPLES
        siren-hyper interpolate a.png b.png strip.png
        siren-hyper interpolate a.png b.png strip.png --keep 20% --steps 12 --size 256x256
      """)

  @Argument(help: "The first picture.", completion: .file())
  var first: String

  @Argument(help: "The last picture.", completion: .file())
  var second: String

  @Argument(help: "The PNG file to write.", completion: .file(extensions: ["png"]))
  var output: String

  @Option(help: "How many pictures, both ends included, 2 to 256.")
  var steps = 8

  @Option(
    help: "Look at this many random pixels of each, such as 100 or 10% (default: all of them).")
  var keep = "100%"

  @OptionGroup var model: ModelOptions

  @Option(help: "Size of each picture (default: that of the first one).")
  var size: PictureSize?

  @Option(help: "Decides which pixels --keep draws.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (2...256).contains(steps) else {
      throw ValidationError("--steps is \(steps), expected 2 to 256 pictures.")
    }
    try checkKeep(keep)
  }

  func run() throws {
    if let count = threads.threads { Parallel.threadCount = count }
    try checkOutput(output, overwrite)
    let prior = try TrainedPrior.read(try model.path(quiet: printing.quiet))
    let kept = try Keep(parsing: keep)
    let ends = try [first, second].map { path in
      try InpaintingTask(
        input: path, observed: .keep(kept), truth: nil, size: nil, channels: prior.channels,
        seed: seed)
    }
    let (width, height) = (size?.width ?? ends[0].width, size?.height ?? ends[0].height)
    try writeSheet(
      count: steps, columns: steps, width: width, height: height, to: output, overwrite
    ) {
      try prior.interpolation(from: ends[0], to: ends[1], steps: steps)
        .map { FieldRenderer.image(of: $0, width: width, height: height) }
    }
    if printing.json {
      printJSON([
        "output": .string(output), "steps": .integer(steps), "width": .integer(width),
        "height": .integer(height),
        "points": .array(ends.map { .integer($0.observations.count) }),
      ])
    } else {
      print(singleLine("\(output): \(steps) pictures of \(width)x\(height)"))
    }
  }
}
