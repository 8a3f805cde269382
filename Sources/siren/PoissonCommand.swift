import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fields
import Files
import FitPipelines
import Fitting
import Foundation
import Numerics
import Signals
import Training

extension PoissonProblem.Source: ExpressibleByArgument {}
extension PoissonProblem.Formulation: ExpressibleByArgument {}

/// `siren poisson`: a picture from its derivatives.
struct PoissonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poisson",
    abstract: "Restore a picture from its gradient or its Laplacian alone.",
    discussion: """
      Takes the Sobel responses or the five-point Laplacian of a picture (as scipy.ndimage does, \
      borders reflected), fits a network to them alone, restores the constant that they do not hold \
      from the picture's mean, and writes the picture with its gradient and its Laplacian beside it.

      The default recipe compares the filters' responses on the field's pixels. A picture larger than a few \
      cells is solved by a grid of small networks, one for about 30x30 pixels, and a small one by one \
      network; --cells 1 does so at any size. The first line printed says what was chosen and why. A grid's \
      networks see slow variations badly, so they are also fitted to the classical solution of the same \
      derivatives.

      The other recipes fit one network. The recipe derivative asks for the network's own derivatives in the \
      right units; the recipe notebook for the same without units, as the SIREN paper's notebook does (1000 \
      steps of Adam at 0.0001 on all pixels; the scale is restored from the picture's range).

      PSNR is printed for the picture, its Sobel responses and its Laplacian, the last two with their \
      range as peak; beside it what the classical solution (least squares by cosine transforms) gives.

      EXAMPLES
        siren poisson photo.png --from gradient
        siren poisson photo.png --from gradient --cells 16x24 --overlap 2 --for 30s
        siren poisson photo.png --from gradient --resize 128x128 --cells 1 --for 30s
        siren poisson photo.png --from laplacian -o restored.png
        siren poisson photo.png --from gradient --recipe notebook
      """)

  @Argument(help: "The picture, PNG or JPEG.", completion: .file())
  var input: String

  @Option(help: "gradient or laplacian.")
  var from: PoissonProblem.Source

  @Option(
    name: .shortAndLong,
    help: """
      The picture to write (default: INPUT-poisson.png); its derivatives get -gradient and -laplacian \
      in their names.
      """, completion: .file())
  var output: String?

  @Option(help: "Also write the model, safetensors.", completion: .file())
  var model: String?

  @Option(help: "default, derivative or notebook.")
  var recipe = PoissonProblem.Formulation.standard

  @Option(help: "Resize the picture first, such as 128x128.")
  var resize: PictureSize?

  @OptionGroup var grid: CellOptions
  @OptionGroup var fitting: FittingOptions
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    let stem = (input as NSString).deletingPathExtension
    let target = output ?? stem + "-poisson.png"
    let pictures =
      [target]
      + ["-gradient.png", "-laplacian.png"].map {
        (target as NSString).deletingPathExtension + $0
      }
    for path in pictures + [model].compactMap({ $0 }) {
      try AtomicFile.checkWritable(path, overwrite: overwrite.force)
    }
    var image = try ImageFile.read(input).composited(onto: 1)
    if let resize {
      image = image.resized(
        width: resize.width, height: resize.height, by: recipe == .notebook ? .bilinear : .standard)
    }
    let problem = PoissonProblem(image, from: from, recipe)
    guard problem.objective.constantLoss > 0 else {
      throw CommandFailure.data(
        "'\(input)' is one even colour: its \(from.rawValue) is 0 everywhere and holds nothing to "
          + "restore")
    }

    let recipes: [PoissonProblem.Formulation: FitSettings] = [
      .standard: .differences, .derivative: .standard, .notebook: .notebook,
    ]
    let signal = FittedSignal(image)
    let fit = try usage {
      try DifferenceFit(
        signal, problem.objective, differences: problem.gridDifferences,
        network: recipe == .notebook ? .notebook(for: signal) : .differences(for: signal),
        recipe: recipes[recipe] ?? .standard, cells: grid.cells?.counts, overlap: grid.overlap,
        choices: fitting.choices, seed: fitting.seed)
    }
    let isCounted = recipe == .notebook && fitting.time == nil
    let limits = FitLimits(
      steps: fitting.steps ?? (isCounted ? 1_000 : nil), seconds: fitting.time?.seconds ?? 10)
    var session = FitSession(measure: "SNR", printing: printing)
    if fitting.preview {
      session.preview = FieldRenderer.preview(width: image.width, height: image.height) {
        ($0 as? any AffineField).map { problem.restored($0) } ?? $0
      }
    }
    session.message(fit.plan.summary(of: signal))
    let (fitted, result) = try session.run(fit, limits)
    let field = problem.restored(fitted)
    let quality = PoissonQuality(
      of: FieldRenderer.unclippedImage(of: field, like: image), comparedWith: image)
    let classical = PoissonQuality(of: problem.classicalSolution, comparedWith: image)

    for (path, quantity) in zip(pictures, [FieldQuantity.value, .gradient, .laplacian]) {
      let view = FieldRenderer.View(width: image.width, height: image.height)
      try ImageFile.writePNG(
        FieldRenderer.render(quantity, of: field, view), view, to: path,
        overwrite: overwrite.force)
    }
    if let model {
      try FieldFile.write(
        field, to: model, signal: signal,
        provenance: [
          "program": "siren \(SirenProgram.version)",
          "fit": "steps \(result.steps), seed \(fitting.seed), from \(from.rawValue), recipe "
            + "\(recipe.rawValue), \(signal.summary)",
        ], overwrite: overwrite.force)
    }
    show(target, quality, classical, result)
    if result.ending == .stopped {
      throw CommandFailure.data("interrupted; what was reached is in '\(target)'")
    }
  }

  private func show(
    _ target: String, _ field: PoissonQuality, _ classical: PoissonQuality,
    _ result: FitRecord
  ) {
    if printing.json {
      let row = { (method: String, quality: PoissonQuality) -> [String: JSONValue] in
        [
          "method": .string(method), "from": .string(from.rawValue),
          "psnr": .number(quality.image.psnr),
          "ssim": .number(quality.image.ssim),
          "psnr_gradient": .number(quality.gradientPSNR),
          "psnr_laplacian": .number(quality.laplacianPSNR),
        ]
      }
      var object = row("field", field)
      object["output"] = .string(target)
      object["steps"] = .integer(result.steps)
      object["seconds"] = .number(result.seconds)
      printJSON(.object(object))
      printJSON(.object(row("classical", classical)))
      return
    }
    var table = TextTable([
      .left("PSNR, dB"), .right("picture"), .right("gradient"), .right("laplacian"),
    ])
    for (name, quality) in [("field", field), ("classical solution", classical)] {
      table.append(
        [name]
          + [quality.image.psnr, quality.gradientPSNR, quality.laplacianPSNR].map {
            String(format: "%.2f", $0)
          })
    }
    print(
      "\(singleLine(target)): from the \(from.rawValue), \(result.steps) steps in "
        + formatDuration(result.seconds))
    print(table)
  }
}
