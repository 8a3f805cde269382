import ArgumentParser
import CommandSupport
import ImagePriors
import PriorPipelines
import Reporting
import Signals

/// `siren-hyper sample`: draws random pictures from a prior or from a posterior.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draw random pictures from a prior or a posterior.",
    discussion: """
      Writes a sheet of random pictures from the prior. With --given they are drawn from the \
      posterior given the observed pixels of a picture, so that their differences show what the \
      observations leave uncertain. The observed pixels are given as for 'inpaint'.

      Without --model the program uses prior.safetensors in the current folder, or the bundled model of \
      faces if there is none. A grid prior, such as 'scenes', needs --given. Hypernetworks and the \
      interpolations estimate no error and cannot be used.

      EXAMPLES
        siren-hyper sample faces.png
        siren-hyper sample faces.png --count 64 --seed 2
        siren-hyper sample versions.png --given face.png --keep 2%
        siren-hyper sample versions.png --given photo.png --keep 5% --model scenes
      """)

  @Argument(help: "The PNG file to write.", completion: .file(extensions: ["png"]))
  var output: String

  @Option(help: "The number of pictures, 1 to 1024.")
  var count = 16

  @Option(
    help: ArgumentHelp(
      "The picture whose observed pixels condition the prior.", valueName: "picture"),
    completion: .file())
  var given: String?

  @OptionGroup var observed: ObservationOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "Size of each picture (default: the size of --given, or of the training pictures).")
  var size: PictureSize?

  @Option(help: "The seed of the pictures and of the random pixels of --keep.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try observed.checkInversion()
    guard (1...1_024).contains(count) else {
      throw ValidationError("--count is \(count), expected 1 to 1024 pictures.")
    }
    guard
      given != nil
        || (observed.keep == nil && observed.mask == nil && observed.points == nil
          && observed.missing == nil && observed.range == nil)
    else {
      throw ValidationError(
        "--keep, --mask, --points, --missing and --range need a picture, pass --given.")
    }
  }

  func run() throws {
    threads.apply()
    try DistinctFiles.check(
      [("the output", output)], read: [("--given", given)] + observed.files + model.files)
    try checkPictureOutput(output, overwrite)
    let (prior, path, scale) = try model.prior(quiet: printing.quiet)
    let task = try given.map { path in
      try InpaintingTask(
        input: path, observed: observed.source, truth: nil, size: nil, channels: nil, seed: seed,
        missing: observed.missing, range: observed.pictureRange, scale: scale
      ).converted(for: prior, of: path, quiet: printing.quiet)
    }
    if let task { observed.report(task, quiet: printing.quiet) }
    let sampler = try PictureSampler(
      prior, model: path, agreeingWith: task, size: size.map { ($0.width, $0.height) })
    let (width, height) = (sampler.width, sampler.height)
    try writeSheet(
      to: output, overwrite, advice: "pass a smaller --count or --size"
    ) {
      try ContactSheet.compose(
        count: count, columns: Int(Double(count).squareRoot().rounded(.up)),
        cell: max(width, height)
      ) { try sampler.pictures(count, seed: seed) }
    }
    if printing.json {
      printJSON([
        "output": .string(output), "count": .integer(count), "width": .integer(width),
        "height": .integer(height), "points": .integer(task?.observations.count ?? 0),
      ])
    } else {
      print(singleLine("\(output): \(count) pictures of \(width)x\(height)"))
    }
  }
}
