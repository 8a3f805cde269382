import ArgumentParser
import CommandSupport
import Files
import Foundation
import ImagePriors
import PriorPipelines
import Reporting
import Signals

/// `siren-hyper interpolate`: draws a strip or an animation from one picture to another.
struct InterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Interpolate between two pictures in the code space of a prior.",
    discussion: """
      Infers the code of each picture from its pixels, or from some of them with --keep. Draws the \
      pictures of codes that are interpolated linearly. The first and the last picture are those \
      that 'inpaint --no-paste' restores. A subspace prior is linear in the code, so its pictures \
      fade into each other; those of a hypernetwork prior may not. A subspace prior needs seconds \
      for all pixels of 64x64.

      Without --model the program uses prior.safetensors in the current folder, or the bundled model of \
      faces if there is none. Grid priors, such as 'scenes', and the interpolations have no codes and \
      cannot be used.

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

  @Option(help: "The number of pictures including both ends, 2 to 256.")
  var steps = 8

  @Option(
    help: "Observe this many random pixels of each, such as 100 or 10% (default: all of them).")
  var keep = "100%"

  @Option(
    help: ArgumentHelp(
      "Also write an animated PNG that runs from the first picture to the last and back.",
      valueName: "file"),
    completion: .file(extensions: ["png"]))
  var animation: String?

  @OptionGroup var model: ModelOptions

  @Option(help: "Size of each picture (default: the size of the first one).")
  var size: PictureSize?

  @Option(help: "The seed of the random pixels of --keep.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  /// The duration of each picture of an animation.
  private static let milliseconds = 80

  func validate() throws {
    guard (2...256).contains(steps) else {
      throw ValidationError("--steps is \(steps), expected 2 to 256 pictures.")
    }
    try checkKeep(keep)
    guard animation.map({ ($0 as NSString).pathExtension.lowercased() == "png" }) ?? true else {
      throw ValidationError("--animation is '\(animation ?? "")', expected a .png file.")
    }
  }

  func run() throws {
    threads.apply()
    try DistinctFiles.check(
      [("the output", output), ("--animation", animation)],
      read: [("the first picture", first), ("the last picture", second)] + model.files)
    try checkPictureOutput(output, overwrite)
    if let animation { try checkOutput(animation, overwrite) }
    let (prior, _, scale) = try model.prior(quiet: printing.quiet)
    let kept = try SampleFraction(parsing: keep)
    let ends = try [first, second].map { path in
      try InpaintingTask(
        input: path, observed: .keep(kept), truth: nil, size: nil, channels: nil, seed: seed,
        scale: scale
      ).converted(for: prior, of: path, quiet: printing.quiet)
    }
    let (width, height) = (size?.width ?? ends[0].width, size?.height ?? ends[0].height)
    var pictures: [Image] = []
    try writeSheet(
      to: output, overwrite, advice: "pass a smaller --steps or --size"
    ) {
      try ContactSheet.compose(count: steps, columns: steps, cell: max(width, height)) {
        pictures = try prior.interpolatedPictures(
          from: ends[0], to: ends[1], steps: steps, width: width, height: height)
        return pictures
      }
    }
    if let animation {
      try AtomicFile.write(
        try AnimatedPNG.encode(
          AnimatedPNG.thereAndBack(pictures), milliseconds: Self.milliseconds),
        to: animation, overwrite: overwrite.force)
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
