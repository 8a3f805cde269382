import ArgumentParser
import CommandSupport
import Files
import Fitting
import Foundation
import ImagePriors
import PriorPipelines
import Signals

/// `siren-hyper interpolate`: a strip or an animation of the pictures between two.
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
        siren-hyper interpolate a.png b.png strip.png --steps 24 --animation there-and-back.png
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

  @Option(
    help: ArgumentHelp(
      "Also write an animation there and back: an animated PNG, which browsers play.",
      valueName: "file"),
    completion: .file(extensions: ["png"]))
  var animation: String?

  @OptionGroup var model: ModelOptions

  @Option(help: "Size of each picture (default: that of the first one).")
  var size: PictureSize?

  @Option(help: "Decides which pixels --keep draws.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  /// How long each picture of an animation is shown.
  private static let milliseconds = 80

  func validate() throws {
    guard (2...256).contains(steps) else {
      throw ValidationError("--steps is \(steps), expected 2 to 256 pictures.")
    }
    try checkKeep(keep)
    guard animation.map({ ($0 as NSString).pathExtension.lowercased() == "png" }) ?? true else {
      throw ValidationError("--animation is '\(animation ?? "")', expected a .png file.")
    }
    guard animation == nil || animation != output else {
      throw ValidationError("the strip and the animation have the same name, pass two names.")
    }
  }

  func run() throws {
    threads.apply()
    for path in [output, animation].compactMap({ $0 }) { try checkOutput(path, overwrite) }
    let prior = try ImagePriorFile.read(try model.path(quiet: printing.quiet))
    let kept = try SampleFraction(parsing: keep)
    let ends = try [first, second].map { path in
      try InpaintingTask(
        input: path, observed: .keep(kept), truth: nil, size: nil, channels: prior.channels,
        seed: seed)
    }
    let (width, height) = (size?.width ?? ends[0].width, size?.height ?? ends[0].height)
    var pictures: [Image] = []
    try writeSheet(
      count: steps, columns: steps, width: width, height: height, to: output, overwrite
    ) {
      pictures = try prior.interpolation(from: ends[0], to: ends[1], steps: steps)
        .map { FieldRenderer.image(of: $0, width: width, height: height) }
      return pictures
    }
    if let animation {
      let frames = pictures + pictures.dropFirst().dropLast().reversed()
      try AtomicFile.write(
        try AnimatedPNG.encode(frames, milliseconds: Self.milliseconds), to: animation,
        overwrite: overwrite.force)
    }
    if printing.json {
      printJSON([
        "output": .string(output), "steps": .integer(steps), "width": .integer(width),
        "height": .integer(height),
        "points": .array(ends.map { .integer($0.observations.count) }),
      ])
    } else {
      print(singleLine("\(output): \(steps) pictures of \(width)x\(height)"))
      if let animation { print("animation: \(singleLine(animation))") }
    }
  }
}
