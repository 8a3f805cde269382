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

/// `siren blend`: one picture from the gradients of two.
struct BlendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blend",
    abstract: "Make one picture from the gradients of two.",
    discussion: """
      Without a mask the gradients are averaged, as in the SIREN paper's composite. With a mask the \
      second picture is cloned seamlessly into the first one: its gradient is taken where the mask is \
      white, and the first picture's values are kept elsewhere. The second picture and the mask are \
      resized to the first picture.

      A picture larger than a few cells becomes a grid of small networks, one for about 30x30 pixels, which \
      are also fitted to the classical solution; --cells 1 fits one network to the gradients alone.

      How far the result's gradient is from the wanted one is printed, beside the same of the \
      classical solution (cosine transforms; with a mask, conjugate gradients).

      EXAMPLES
        siren blend mountain.png moon.png --mix 0.5 -o both.png
        siren blend sky.png bird.png --mask bird-mask.png --for 20s -o clone.png
        siren blend sky.png bird.png --cells 8x8 --overlap 2 --model both.safetensors
      """)

  @Argument(help: "The first picture, PNG or JPEG.", completion: .file())
  var first: String

  @Argument(help: "The second picture, PNG or JPEG.", completion: .file())
  var second: String

  @Option(
    name: .shortAndLong, help: "The picture to write (default: FIRST-blend.png).",
    completion: .file())
  var output: String?

  @Option(help: "A picture, white where the second picture is to be seen.", completion: .file())
  var mask: String?

  @Option(help: "The share of the second picture's gradient, 0 to 1 (default: 0.5).")
  var mix: Float?

  @Option(help: "Also write the classical solution, PNG.", completion: .file())
  var classical: String?

  @Option(help: "Also write the model, safetensors.", completion: .file())
  var model: String?

  @Option(help: "Resize the first picture first, such as 256x256.")
  var resize: PictureSize?

  @OptionGroup var grid: CellOptions
  @OptionGroup var fitting: FittingOptions
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard mask == nil || mix == nil else {
      throw ValidationError("--mask and --mix exclude each other, pass one of them.")
    }
    guard (0...1).contains(mix ?? 0.5) else {
      throw ValidationError("--mix is \(mix ?? 0.5), expected 0 to 1.")
    }
  }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    let target = output ?? (first as NSString).deletingPathExtension + "-blend.png"
    for path in [target, classical, model].compactMap({ $0 }) {
      try AtomicFile.checkWritable(path, overwrite: overwrite.force)
    }
    let (problem, shape) = try read()
    let signal = FittedSignal(shape)
    let fit = try usage {
      try DifferenceFit(
        signal, problem.objective, differences: problem.gridDifferences,
        network: .differences(for: signal), recipe: .differences, cells: grid.cells?.counts,
        overlap: grid.overlap, choices: fitting.choices, seed: fitting.seed)
    }
    var session = FitSession(measure: "SNR", printing: printing)
    if fitting.preview {
      session.preview = FieldRenderer.preview(width: shape.width, height: shape.height) {
        ($0 as? any AffineField).map { problem.restored($0) } ?? $0
      }
    }
    session.message(fit.plan.summary(of: signal))
    let (fitted, result) = try session.run(
      fit, FitLimits(steps: fitting.steps, seconds: fitting.time?.seconds ?? 10))
    let field = problem.restored(fitted)
    let image = FieldRenderer.unclippedImage(of: field, like: shape)
    try ImageFile.writePNG(image, to: target, overwrite: overwrite.force)
    if let classical {
      try ImageFile.writePNG(problem.classicalSolution, to: classical, overwrite: overwrite.force)
    }
    if let model {
      try FieldFile.write(
        field, to: model, signal: signal,
        provenance: [
          "program": "siren \(SirenProgram.version)",
          "fit": "steps \(result.steps), seed \(fitting.seed), blend, "
            + signal.summary,
        ], overwrite: overwrite.force)
    }
    show(target, problem, image, result)
    if result.ending == .stopped {
      throw CommandFailure.data("interrupted; what was reached is in '\(target)'")
    }
  }

  private func read() throws -> (BlendProblem, Image) {
    var a = try ImageFile.read(first).composited(onto: 1)
    if let resize { a = a.resized(width: resize.width, height: resize.height) }
    var b = try ImageFile.read(second).composited(onto: 1)
      .resized(width: a.width, height: a.height)
    let channels = max(a.channels, b.channels)
    a = a.converted(toChannels: channels)
    b = b.converted(toChannels: channels)
    guard let mask else { return (BlendProblem(a, b, share: mix ?? 0.5), a) }
    let picture = try ImageFile.read(mask)
    // Nearest by thresholding: a resized mask has grey borders.
    let resized = picture.composited(onto: 0).converted(toChannels: 1)
      .resized(width: a.width, height: a.height)
    let marked = resized.values.map { $0 >= 0.5 }
    guard marked.contains(true), marked.contains(false) else {
      throw CommandFailure.data(
        "'\(mask)' is \(marked.contains(true) ? "white" : "black") everywhere; draw white where "
          + "'\(second)' is to be seen, and black elsewhere")
    }
    return (BlendProblem(background: a, cloning: b, where: marked), a)
  }

  private func show(
    _ target: String, _ problem: BlendProblem, _ image: Image, _ result: FitRecord
  ) {
    let error = problem.gradientError(of: image)
    let classicalError = problem.gradientError(of: problem.classicalSolution)
    let agreement = ImageQuality(of: image, comparedWith: problem.classicalSolution).psnr
    if printing.json {
      printJSON([
        "output": .string(target), "gradient_error": .number(error),
        "classical_gradient_error": .number(classicalError),
        "psnr_to_classical": .number(agreement), "steps": .integer(result.steps),
        "seconds": .number(result.seconds),
      ])
      return
    }
    print(
      "\(singleLine(target)): \(result.steps) steps in \(formatDuration(result.seconds))\n"
        + String(
          format: """
            gradient error %.5f per pixel, classical solution %.5f
            %.2f dB from the classical solution
            """, error, classicalError, agreement))
  }
}
