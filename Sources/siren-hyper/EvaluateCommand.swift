import ArgumentParser
import CommandSupport
import DatasetCatalog
import DifferentiableCore
import Foundation
import HyperPrior
import Signals

/// `siren-hyper evaluate`: a model beside the simple methods, one table.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare a model with the simple methods on held-out pictures.",
    discussion: """
      Every method restores every picture of the test split from the same random pixels: the mean \
      training picture, the nearest pixel, linear interpolation, biharmonic inpainting, the \
      Gaussian posterior (mean and covariance of the training pictures, conditioned in closed \
      form), and the model, by itself and with the observed pixels pasted in. Errors are mean \
      squared, of values 0 to 1 that are clipped, over all pixels and over the unobserved ones.

      EXAMPLES
        siren-hyper evaluate --dataset faces --model prior.safetensors
        siren-hyper evaluate --dataset faces --model prior.safetensors --context 1%,5%,10%
        siren-hyper evaluate --dataset faces --model prior.safetensors --limit 50 --json
      """)

  @Option(
    help: ArgumentHelp("The folder of the pictures.", valueName: "dir"), completion: .directory)
  var dataset: String

  @Option(
    help: ArgumentHelp(
      "The catalog file (default: DIR/.siren/catalog.sqlite).", valueName: "file"),
    completion: .file())
  var catalog: String?

  @Option(help: "The model file.", completion: .file())
  var model: String

  @Option(help: "Observed pixels: numbers or shares of all, separated by commas.")
  var context = "10,100,1000"

  @Option(help: "The split to evaluate on: train, validation or test.")
  var split = Split.test

  @Option(help: "Look at no more than this many pictures.")
  var limit: Int?

  @Option(help: "Decides which pixels are observed.")
  var seed: UInt64 = 1

  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  private func contextSizes(pixels: Int) throws -> [Int] {
    let sizes = try context.split(separator: ",").map { part in
      try Keep(parsing: String(part.trimmingCharacters(in: .whitespaces))).count(ofPixels: pixels)
    }
    guard !sizes.isEmpty else {
      throw ValidationError("--context is empty, expected numbers such as 10,100 or 1%,10%.")
    }
    return sizes
  }

  func validate() throws {
    do {
      _ = try contextSizes(pixels: 1 << 20)
    } catch let error as InvalidKeep {
      throw ValidationError("--context: \(error)")
    }
    guard limit.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--limit is \(limit ?? 0), expected at least 1 picture.")
    }
  }

  func run() throws {
    if let count = threads.threads { Parallel.threadCount = count }
    let prior = try TrainedPrior.read(model)
    let collection = try Catalog.open(directory: dataset, catalogPath: catalog)
    let (size, channels) = (prior.imageSize, prior.channels)
    let open = { (split: Split) in
      try PixelCache.open(
        catalog: collection, split: split, size: size, channels: channels,
        threads: Parallel.threadCount)
    }
    let training = try open(.train)
    let test = try open(split)
    let pictures = (0..<min(limit ?? .max, test.count)).map { index in
      Image(width: size, height: size, channels: channels, values: test.values(at: index))
    }

    let progress = ProgressReporter("Evaluating", unit: "comparisons", quiet: printing.quiet)
    let contexts = try contextSizes(pixels: size * size)
    let shape = PictureShape(width: size, height: size, channels: channels)
    let methods = try methods(prior, shape, training, validation: try open(.validation), progress)
    let table = try EvaluationTable(
      methods: methods, pictures: pictures, contextSizes: contexts, seed: seed,
      progress: { progress.update($0, of: $1) })
    progress.finish()
    for row in table.rows where printing.json { printJSON(json(row)) }
    if !printing.json { printTable(table.rows, pictures: pictures.count) }
  }

  private func methods(
    _ prior: TrainedPrior, _ shape: PictureShape, _ training: PixelCache, validation: PixelCache,
    _ progress: ProgressReporter
  ) throws -> [any Reconstructor] {
    var methods: [any Reconstructor] = [
      try MeanPicture(
        shape: shape, pictureCount: training.count, picture: { training.values(at: $0) }),
      NearestNeighbour(), LinearInterpolation(), BiharmonicInpainting(),
    ]
    if shape.valueCount <= GaussianPosterior.valueLimit {
      methods.append(try gaussian(shape, training, validation))
    } else {
      progress.message(
        "the Gaussian posterior is left out: its covariance has \(shape.valueCount)^2 entries")
    }
    return methods + [TrainedPriorReconstructor(prior)]
  }

  private func gaussian(
    _ shape: PictureShape, _ training: PixelCache, _ validation: PixelCache
  ) throws -> GaussianPosterior {
    let fitted = try GaussianPosterior(
      shape: shape, pictureCount: training.count, picture: { training.values(at: $0) })
    let pictures = (0..<min(40, validation.count)).map { index in
      Image(
        width: shape.width, height: shape.height, channels: shape.channels,
        values: validation.values(at: index))
    }
    let contexts = [10, 100].filter { $0 < shape.width * shape.height }
    return try fitted.selectingRegularization(
      pictures: pictures, contextSizes: contexts, seed: seed)
  }

  private func printTable(_ rows: [EvaluationRow], pictures: Int) {
    var table = TextTable([
      .right("points"), .left("method"), .right("mse"), .right("unobserved"), .right("psnr"),
      .right("ssim"), .right("cover 90%"), .right("ms/picture"),
    ])
    for row in rows {
      table.append([
        "\(row.points)", row.method, number(row.mse, 5), number(row.mseUnobserved, 5),
        number(row.psnr, 2), number(row.ssim, 3), number(row.coverage90, 3),
        number(row.seconds * 1_000, 1),
      ])
    }
    print(
      "\(pictures) pictures of the \(split.rawValue) split, the same random pixels for every method"
    )
    print(table.description)
  }

  private func number(_ value: Double?, _ digits: Int) -> String {
    value.map { String(format: "%.\(digits)f", $0) } ?? "-"
  }

  private func json(_ row: EvaluationRow) -> JSONValue {
    let optional = { (value: Double?) in value.map { JSONValue.number($0) } ?? .null }
    return [
      "method": .string(row.method), "points": .integer(row.points),
      "images": .integer(row.images), "mse": .number(row.mse),
      "mse_unobserved": optional(row.mseUnobserved), "psnr": optional(row.psnr),
      "ssim": optional(row.ssim), "coverage90": optional(row.coverage90),
      "seconds": .number(row.seconds),
    ]
  }
}
