import ArgumentParser
import CommandSupport
import DatasetCatalog
import Files
import Foundation
import ImagePriors
import InpaintingEvaluation
import PriorPipelines
import Signals

extension MaskKind: ExpressibleByArgument {}

/// `siren-hyper evaluate`: a model beside the simple methods, one table.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare a model with the simple methods on held-out pictures.",
    discussion: """
      Every method restores every picture of the test split from the same pixels: the mean training \
      picture, the nearest pixel, linear interpolation, biharmonic inpainting, the Gaussian \
      posterior (mean and covariance of the training pictures, conditioned in closed form), and the \
      model, by itself and with the observed pixels pasted in. Errors are mean squared, of values 0 \
      to 1 that are clipped: 'mse' over all pixels, 'unobserved' over those. With --context \
      10,100,1000 random pixels, 'mse' is the protocol of the SIREN paper's inpainting table (arXiv \
      2006.09661, pictures of 32x32).

      Methods that say how sure they are are judged for it: 'covers' is the share of unobserved \
      values within their 50, 90 and 95% intervals, and 'nll' the mean negative log likelihood of a \
      value (Gaussian density, nats; lower is better).

      --mask-kind block hides one rectangle and strokes hides thick strokes until only the pixels \
      of --context are left; half hides a random half.

      A model that was learned with --windows is judged on random windows of the pictures, and so \
      are the simple methods.

      --refine N adds the model's networks after further descent on the observed pixels, as 'inpaint \
      --refine' does it.

      --active compares instead where to measure: a prior in closed form starts from 5 random \
      pixels and goes on with random ones, or with those that it proposes as 'inpaint --next' does. \
      Errors are over all pixels, observed ones pasted in; 'as random' is how many random pixels \
      give the error of the proposed ones.

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

  @Option(
    help: ArgumentHelp(
      "Observed pixels: numbers or shares of all, separated by commas (default: 10,100,1000; with "
        + "--active 10,20,50,100,200)."))
  var context: String?

  @Option(help: "What is hidden: random pixels, a block, a half, or strokes.")
  var maskKind = MaskKind.random

  @Flag(help: "Compare points that the model proposes with random ones, and nothing else.")
  var active = false

  @Flag(help: "Judge the model alone, without the simple methods.")
  var noBaselines = false

  @Option(help: "The split to evaluate on: train, validation or test.")
  var split = Split.test

  @Option(help: "Look at no more than this many pictures.")
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Also write the results of every picture, as comma-separated values.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(
    help: ArgumentHelp(
      "Also write the model's best, median and worst picture at the first context: observed, "
        + "result, truth and error side by side.", valueName: "file"),
    completion: .file(extensions: ["png"]))
  var sheet: String?

  @Option(
    help: ArgumentHelp(
      "Also judge the model's networks after up to so many updates on the observed pixels.",
      valueName: "n"))
  var refine: Int?

  @Option(help: "Decides which pixels are observed.")
  var seed: UInt64 = 1

  /// How many windows are cut of each split, for a model of windows; --limit sets those of the test.
  static let windowCounts = (training: 20_000, validation: 256, test: 200)

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  /// The numbers of observed pixels that were asked for, of pictures of so many pixels.
  func contextSizes(pixels: Int) throws -> [Int] {
    let text = context ?? (active ? "10,20,50,100,200" : "10,100,1000")
    let sizes = try text.split(separator: ",").map { part in
      try SampleFraction(parsing: String(part.trimmingCharacters(in: .whitespaces))).count(
        ofPixels: pixels)
    }
    guard !sizes.isEmpty else {
      throw ValidationError("--context is empty, expected numbers such as 10,100 or 1%,10%.")
    }
    return sizes
  }

  func validate() throws {
    do {
      _ = try contextSizes(pixels: 1 << 20)
    } catch let error as InvalidSampleFraction {
      throw ValidationError("--context: \(error)")
    }
    guard limit.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--limit is \(limit ?? 0), expected at least 1 picture.")
    }
    guard maskKind != .half || context == nil else {
      throw ValidationError(
        "--mask-kind half observes half of the pixels; leave out --context, or pass another kind.")
    }
    try checkRefinement(refine)
    let ofTable = [
      ("--mask-kind", maskKind != .random), ("--csv", csv != nil), ("--sheet", sheet != nil),
      ("--refine", refine != nil), ("--no-baselines", noBaselines),
    ]
    if active, let name = ofTable.first(where: \.1)?.0 {
      throw ValidationError("--active measures points alone, leave out \(name).")
    }
    guard sheet.map({ ($0 as NSString).pathExtension.lowercased() == "png" }) ?? true else {
      throw ValidationError("--sheet is '\(sheet ?? "")', expected a .png file.")
    }
    guard csv == nil || csv != sheet else {
      throw ValidationError("--csv and --sheet name the same file, pass two names.")
    }
  }

  func run() throws {
    threads.apply()
    for path in [csv, sheet].compactMap({ $0 }) { try checkOutput(path, overwrite) }
    let prior = try ImagePriorFile.read(model)
    let collection = try Catalog.open(directory: dataset, catalogPath: catalog)
    let (size, channels) = (prior.imageSize, prior.channels)
    let (test, names) = try open(
      split, of: collection, for: prior, windows: limit ?? Self.windowCounts.test)
    let pictures = try (0..<min(limit ?? .max, test.count)).map { index in
      Image(width: size, height: size, channels: channels, values: try test.values(at: index))
    }
    if active { return try runActive(prior, pictures) }

    let progress = ProgressReporter("Evaluating", unit: "comparisons", quiet: printing.quiet)
    let contexts =
      maskKind == .half
      ? [size * size - size * (size / 2)] : try contextSizes(pixels: size * size)
    let methods =
      noBaselines ? [] : try simpleMethods(of: collection, for: prior, progress)
    let model = PriorMethod(prior)
    let refined = refine.map {
      RefinedPriorMethod(prior, FieldRefinement(steps: $0))
    }
    let table = try EvaluationTable(
      methods: methods + [model] + (refined.map { [$0] } ?? []), pictures: pictures,
      contextSizes: contexts, seed: seed,
      kind: maskKind, progress: { progress.update($0, of: $1) })
    progress.finish()
    if let csv {
      try AtomicFile.write(
        Data(table.commaSeparated(names: names).utf8), to: csv, overwrite: overwrite.force)
    }
    if let sheet { try writeSheet(table, model, pictures, points: contexts[0], to: sheet) }
    for row in table.rows where printing.json { printJSON(json(row)) }
    if !printing.json { printTable(table.rows, size: size, contexts: contexts) }
  }
}
