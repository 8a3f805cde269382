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
      With a mask the second picture is cloned seamlessly into the first one: its gradient is taken \
      where the mask is white, and elsewhere the result is the first picture, exactly. A second picture \
      with transparent parts is its own mask. Without a mask, or with --mix, the gradients are \
      averaged, as in the SIREN paper's composite.

      A picture larger than a few cells becomes a grid of small networks, one for about 30x30 pixels, which \
      are also fitted to the classical solution; --cells 1 fits one network to the gradients alone.

      The second picture is not resized. A smaller one is placed with --at, which names the first \
      picture's pixel where its upper left corner comes to lie, and is cloned as a whole if there is no \
      mask. A mask has the size of either picture. --stretch resizes the second picture and the mask to \
      the first one.

      Samples of one type have one unit: the second picture's are read with the range of the first \
      picture. If the types differ, a note names both ranges.

      The distance of the result's gradient from the requested one is printed, and that of the classical \
      solution (by cosine transforms, or with a mask by conjugate gradients).

      EXAMPLES
        siren blend mountain.png moon.png --mix 0.5 -o both.png
        siren blend sky.png bird.png --mask bird-mask.png --for 20s -o clone.png
        siren blend sky.png cut-out-bird.png --at 40,25 -o clone.png
        siren blend sky.png bird.png --cells 8x8 --overlap 2 --model both.safetensors
      """)

  @Argument(help: "The first picture.", completion: .file())
  var first: String

  @Argument(help: "The second picture.", completion: .file())
  var second: String

  @Option(
    name: .shortAndLong,
    help: "The picture to write (default: FIRST-blend.png, .tif for a TIFF, .npy for an array).",
    completion: .file())
  var output: String?

  @Option(
    help: "A picture that is white where the second picture should appear.", completion: .file())
  var mask: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The column and row of the first picture where the second picture's upper left corner lies.",
      valueName: "x,y"))
  var at: PicturePlace?

  @Flag(help: "Resize the second picture and the mask to the first picture.")
  var stretch = false

  @Option(help: "The weight of the second picture's gradient, 0 to 1 (default: 0.5).")
  var mix: Float?

  @Option(help: "Also write the classical solution.", completion: .file())
  var classical: String?

  @Option(help: "Also write the model as safetensors.", completion: .file())
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
      throw ValidationError("--mask and --mix exclude each other, pass only one of them.")
    }
    guard at == nil || mix == nil else {
      throw ValidationError("--mix works on whole pictures, omit --at.")
    }
    guard at == nil || !stretch else {
      throw ValidationError("--at and --stretch exclude each other, pass one of them.")
    }
    guard (0...1).contains(mix ?? 0.5) else {
      throw ValidationError("--mix is \(mix ?? 0.5), expected 0 to 1.")
    }
  }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    let target =
      output ?? (first as NSString).deletingPathExtension
      + "-blend.\(PictureContainer.lossless(like: first).defaultExtension)"
    try DistinctFiles.check(
      [("the output", target), ("--classical", classical), ("--model", model)],
      read: [("the first picture", first), ("the second picture", second), ("--mask", mask)])
    for path in [target, classical].compactMap({ $0 }) {
      try PictureFile.checkWritable(path, overwrite: overwrite.force)
    }
    if let model { try AtomicFile.checkWritable(model, overwrite: overwrite.force) }
    let blend = try read()
    let (problem, shape) = (blend.problem, blend.shape)
    let signal = FittedSignal(shape)
    let fit = try usage {
      try DifferenceFit(
        signal, problem.objective, differences: problem.gridDifferences,
        network: .differences(for: signal), recipe: .differences, cells: grid.cells?.counts,
        overlap: grid.overlap, choices: fitting.choices, seed: fitting.seed)
    }
    var printer = FitPrinter(measure: "SNR", printing: printing)
    if fitting.preview {
      printer.preview = FieldRenderer.preview(width: shape.width, height: shape.height) {
        ($0 as? any AffineField).map { problem.restored($0) } ?? $0
      }
    }
    printer.message(fit.plan.summary(of: signal))
    let (fitted, result) = try printer.run(
      fit, FitLimits(steps: fitting.steps, seconds: fitting.time?.seconds ?? 10))
    let field = problem.restored(fitted)
    let solved = FieldRenderer.unclippedImage(of: field, like: shape)
    try write(blend.stored(blend.finished(solved)), to: target)
    if let classical { try write(blend.stored(problem.classicalSolution), to: classical) }
    if let model {
      try FieldFile.write(
        field, to: model, signal: signal,
        provenance: [
          "program": "siren \(SirenProgram.version)",
          "fit": "steps \(result.steps), seed \(fitting.seed), blend, \(signal.summary)",
        ].merging(blend.format.metadata(channels: shape.channels)) { $1 },
        overwrite: overwrite.force)
    }
    show(target, problem, blend.composite(solved), result)
    if result.ending == .stopped {
      throw CommandFailure.data("interrupted; the result so far is in '\(target)'")
    }
  }

  private func read() throws -> BlendSource {
    var placement = BlendSource.Placement()
    placement.mask = mask
    placement.corner = at.map { ($0.column, $0.row) }
    placement.stretches = stretch
    placement.share = mix
    placement.size = resize.map { ($0.width, $0.height) }
    let source = try BlendSource(first, second, placement)
    if !printing.quiet { source.notes.forEach { printMessage("Note: \(singleLine($0))") } }
    return source
  }

  private func write(_ picture: StoredPicture, to path: String) throws {
    let loss = try PictureFile.write(picture, to: path, overwrite: overwrite.force)
    if let loss, !printing.quiet { printMessage("Note: \(singleLine(loss))") }
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

/// The place of a picture in another one on the command line: `40,25`.
struct PicturePlace: ExpressibleByArgument {
  let column: Int
  let row: Int

  init(column: Int, row: Int) { (self.column, self.row) = (column, row) }

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
      .compactMap { Int($0) }
    guard numbers.count == 2, numbers.allSatisfy({ (-100_000...100_000).contains($0) }) else {
      return nil
    }
    self.init(column: numbers[0], row: numbers[1])
  }
}
