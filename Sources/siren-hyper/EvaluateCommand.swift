import ArgumentParser
import CommandSupport
import DatasetCatalog
import Files
import Foundation
import ImagePriors
import InpaintingEvaluation
import PriorPipelines
import Reporting
import Signals

extension MaskKind: ExpressibleByArgument {}

/// `siren-hyper evaluate`: compares a model with the baselines in one table.
struct EvaluateCommand: ParsableCommand, SharedCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare a model with baseline methods on held-out pictures.",
    discussion: """
      Every method restores every picture of the test split from the same pixels. The baselines are \
      the mean training picture, the nearest pixel, linear interpolation, biharmonic inpainting and \
      the Gaussian posterior (mean and covariance of the training pictures, conditioned in closed \
      form). The model is evaluated with and without the observed pixels pasted in. Errors are mean \
      squared errors of values clipped to 0...1: 'mse' over all pixels, 'unobserved' over the \
      unobserved pixels. With --context 10,100,1000 random pixels, 'mse' follows the protocol of the \
      SIREN paper's inpainting table (arXiv 2006.09661, pictures of 32x32).

      For methods that estimate their uncertainty, 'covers' is the percentage of unobserved values \
      inside their 50, 90 and 95% intervals, and 'nll' is the mean negative log likelihood per value \
      (Gaussian density, in nats; lower is better).

      --mask-kind block hides one rectangle, and --mask-kind strokes hides thick strokes; both leave \
      as many pixels as --context requests. --mask-kind half hides a random half. --mask-kind lines \
      observes whole rows and --mask-kind spiral a spiral, as scanning instruments do, with about as \
      many pixels as --context requests.

      A model that was trained with --windows is evaluated on random windows of the pictures, and so \
      are the baselines.

      --refine N adds the model's networks after further gradient descent on the observed pixels, as \
      in 'inpaint --refine'.

      --active compares two ways to choose pixels instead. It needs a subspace or a grid prior, which \
      starts from 5 random pixels. It continues with random pixels, or with the pixels that it proposes \
      as in 'inpaint --next'. Errors are over all pixels, with the observed ones pasted in. 'as random' is \
      the number of random pixels with the same error. A grid prior compares the middle parts of pictures of \
      different sizes, which have the smallest width and height.

      EXAMPLES
        siren-hyper evaluate --dataset faces --model prior.safetensors
        siren-hyper evaluate --dataset faces --model prior.safetensors --context 1%,5%,10%
        siren-hyper evaluate --dataset faces --model prior.safetensors --limit 50 --json
        siren-hyper evaluate --dataset faces --model prior.safetensors --mask-kind block \
      --context 50%
        siren-hyper evaluate --dataset faces --model network.safetensors --no-baselines --refine 500
        siren-hyper evaluate --dataset faces --model prior.safetensors --csv all.csv \
      --sheet sheet.png
        siren-hyper evaluate --dataset faces --model prior.safetensors --active --limit 24
      """)

  @OptionGroup var collection: CollectionOptions

  @Option(
    help: "The model file, or faces, scenes, linear or biharmonic as in 'inpaint'.",
    completion: .file())
  var model: String

  @Option(
    help: ArgumentHelp(
      "Observed pixels: numbers or percentages, separated by commas (default: 10,100,1000; with "
        + "--active 10,20,50,100,200)."))
  var context: String?

  @Option(
    help:
      "What is hidden (random pixels, a block, a half, or strokes), or observed (lines, a spiral).")
  var maskKind = MaskKind.random

  @Flag(help: "Only compare points that the model proposes with random points.")
  var active = false

  @Flag(help: "Evaluate the model alone, without the baselines.")
  var noBaselines = false

  @Option(help: "The split to evaluate on: train, validation or test.")
  var split = Split.test

  @Option(help: "The largest number of pictures to evaluate.")
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Also write the results for every picture as comma-separated values.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(
    help: ArgumentHelp(
      "Also write the model's best, median and worst picture at the first context size: observed, "
        + "result, truth and error side by side.", valueName: "file"),
    completion: .file(extensions: ["png"]))
  var sheet: String?

  @Option(
    help: ArgumentHelp(
      "Also evaluate the model's networks after up to this many updates on the observed pixels.",
      valueName: "n"))
  var refine: Int?

  @Option(help: "The seed of the random choice of observed pixels.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  /// The numbers or fractions of observed pixels.
  private func contexts() throws -> [SampleFraction] {
    let text = context ?? (active ? "10,20,50,100,200" : "10,100,1000")
    let fractions = try text.split(separator: ",").map {
      try SampleFraction(parsing: String($0.trimmingCharacters(in: .whitespaces)))
    }
    guard !fractions.isEmpty else {
      throw ValidationError("--context is empty, expected numbers such as 10,100 or 1%,10%.")
    }
    return fractions
  }

  func validate() throws {
    do {
      _ = try contexts()
    } catch let error as InvalidSampleFraction {
      throw ValidationError("--context: \(error)")
    }
    guard limit.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--limit is \(limit ?? 0), expected at least 1 picture.")
    }
    guard maskKind != .half || context == nil else {
      throw ValidationError(
        "--mask-kind half always observes half of the pixels; omit --context or pass another kind.")
    }
    try checkRefinement(refine)
    let ofTable = [
      ("--mask-kind", maskKind != .random), ("--csv", csv != nil), ("--sheet", sheet != nil),
      ("--refine", refine != nil), ("--no-baselines", noBaselines),
    ]
    if active, let name = ofTable.first(where: \.1)?.0 {
      throw ValidationError("--active cannot be combined with \(name), omit one of them.")
    }
    guard sheet.map({ ($0 as NSString).pathExtension.lowercased() == "png" }) ?? true else {
      throw ValidationError("--sheet is '\(sheet ?? "")', expected a .png file.")
    }
  }

  func run() throws {
    threads.apply()
    try DistinctFiles.check(
      [("--csv", csv), ("--sheet", sheet)], read: ModelOptions.files(model))
    if let csv { try checkOutput(csv, overwrite) }
    if let sheet { try checkPictureOutput(sheet, overwrite) }
    let (prior, path, scale) = try ModelOptions.prior(model)
    let evaluation = try EvaluationPipeline(
      prior, model: path, on: collection.location,
      seed: seed, scale: scale)
    let all = try evaluation.pictures(of: split, limit: limit)
    // The comparison of points needs pictures of one size.
    let pictures = active && prior.keepsChannels ? all.croppedToOneSize : all
    let contextSizes = evaluation.contextSizes(
      try contexts(), kind: maskKind, of: pictures)
    if active {
      let isCropped = zip(all.images, pictures.images).contains { $0.pixelCount > $1.pixelCount }
      return try runActive(evaluation, pictures, contextSizes, isCropped: isCropped)
    }

    let progress = ProgressReporter("Evaluating", unit: "comparisons", quiet: printing.quiet)
    let fractions = maskKind == .half ? nil : try contexts()
    let table = try evaluation.compare(
      pictures, contextSizes: contextSizes, fractions: fractions,
      kind: maskKind, withBaselines: !noBaselines,
      refinement: refine.map { FieldRefinement(steps: $0) },
      report: { show($0, progress) })
    progress.finish()
    if let csv {
      try AtomicFile.write(
        Data(table.commaSeparated(names: pictures.names).utf8), to: csv,
        overwrite: overwrite.force)
    }
    if let sheet {
      let examples = try evaluation.bestMedianWorst(
        of: table, pictures, points: contextSizes[0], fraction: fractions?[0], kind: maskKind)
      let rows = examples.map {
        InpaintingSheet.row($0.observations, result: $0.result, truth: $0.truth)
      }
      try ImageFile.write(
        InpaintingSheet.compose(rows), to: sheet, overwrite: overwrite.force)
    }
    for row in table.rows where printing.json { printJSON(json(row)) }
    if !printing.json { printTable(table.rows, size: prior.imageSize, contexts: contextSizes) }
  }

  /// Reports an event on standard error.
  func show(_ event: EvaluationPipelineEvent, _ progress: ProgressReporter) {
    switch event {
    case .gaussianPosteriorLeftOut(let values):
      progress.message(
        "the Gaussian posterior is omitted: its covariance has \(values)^2 entries")
    case .progressed(let completed, let total):
      progress.update(completed, of: total)
    }
  }
}
