import ArgumentParser
import CommandSupport
import Fitting
import ImagePriors
import PriorPipelines
import Reporting
import Signals

/// `siren-hyper sample`: random pictures from a prior, or from what it says about observations.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draw random pictures from a prior.",
    discussion: """
      Writes a sheet of pictures that the prior holds likely. With --given they also agree with what \
      was observed of a picture: where they differ, the observations leave it open. What was observed \
      is said as for 'inpaint'.

      EXAMPLES
        siren-hyper sample faces.png
        siren-hyper sample faces.png --count 64 --seed 2
        siren-hyper sample versions.png --given face.png --keep 2%
      """)

  @Argument(help: "The PNG file to write.", completion: .file(extensions: ["png"]))
  var output: String

  @Option(help: "How many pictures, 1 to 1024.")
  var count = 16

  @Option(
    help: ArgumentHelp("A picture that the drawn ones agree with.", valueName: "picture"),
    completion: .file())
  var given: String?

  @OptionGroup var observed: ObservationOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "Size of each picture (default: that of --given, or of the training pictures).")
  var size: PictureSize?

  @Option(help: "Decides the pictures, and which pixels --keep draws.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (1...1_024).contains(count) else {
      throw ValidationError("--count is \(count), expected 1 to 1024 pictures.")
    }
    guard given != nil || (observed.keep == nil && observed.mask == nil && observed.points == nil)
    else {
      throw ValidationError(
        "--keep, --mask and --points say what was observed of a picture; name it with --given.")
    }
  }

  func run() throws {
    threads.apply()
    try checkOutput(output, overwrite)
    let path = try model.path(quiet: printing.quiet)
    let prior = try ImagePriorFile.read(path)
    guard let posteriors = prior.posteriors() else {
      throw CommandFailure.data(
        "'\(path)' is a trained network, which knows one picture for each set of points and nothing "
          + "to draw from; learn a prior with 'siren-hyper train --prior subspace'")
    }
    let task = try given.map { path in
      try InpaintingTask(
        input: path, observed: observed.source, truth: nil, size: nil, channels: prior.channels,
        seed: seed)
    }
    let side = prior.imageSize
    let posterior = try posteriors.posterior(
      task?.observations
        ?? PixelObservations(channels: prior.channels, positions: [], values: []),
      width: task?.width ?? side, height: task?.height ?? side, withUncertainty: true)
    let (width, height) = (
      size?.width ?? task?.width ?? side, size?.height ?? task?.height ?? side
    )
    try writeSheet(
      count: count, columns: Int(Double(count).squareRoot().rounded(.up)), width: width,
      height: height, to: output, overwrite
    ) {
      try posterior.samples(count, seed: seed)
        .map { FieldRenderer.image(of: $0, width: width, height: height) }
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
