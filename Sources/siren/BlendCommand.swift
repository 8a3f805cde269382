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

      The distance of the result's gradient from the requested one is printed, and that of the classical \
      solution (by cosine transforms, or with a mask by conjugate gradients).

      EXAMPLES
        siren blend mountain.png moon.png --mix 0.5 -o both.png
        siren blend sky.png bird.png --mask bird-mask.png --for 20s -o clone.png
        siren blend sky.png cut-out-bird.png --at 40,25 -o clone.png
        siren blend small.png large.png --stretch --mix 0.5 -o both.png
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
    let image = blend.mask.map { solved.inserted(into: shape, where: $0) } ?? solved
    let written = blend.mask.map { solved.inserted(into: blend.background, where: $0) } ?? image
    try write(written, of: blend, to: target)
    if let classical { try write(problem.classicalSolution, of: blend, to: classical) }
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
      throw CommandFailure.data("interrupted; the result so far is in '\(target)'")
    }
  }

  /// What to solve for.
  private struct Blend {
    let problem: BlendProblem
    /// The first picture without alpha, in the colours of the result.
    let shape: Image
    /// The first picture with its alpha, which the result keeps.
    let background: Image
    /// The pixels that change, `[height * width]`; nil if all do.
    let mask: [Bool]?
    /// The first picture as its file stores it, at the size of the result; nil if it was resized.
    let stored: StoredPicture?
    /// The format of the first picture's file.
    let format: PictureFormat
  }

  /// Writes a result in the format of the first picture, whose samples stay bit for bit outside the mask.
  private func write(_ picture: Image, of blend: Blend, to path: String) throws {
    var format = blend.format
    format.channels = picture.channels
    var result = StoredPicture(picture, as: format)
    if let mask = blend.mask, let stored = blend.stored, stored.channels == picture.channels {
      result = result.keeping(mask.map { !$0 }, of: stored)
    }
    let loss = try PictureFile.write(result, to: path, overwrite: overwrite.force)
    if let loss, !printing.quiet { printMessage("Note: \(singleLine(loss))") }
  }

  private func read() throws -> Blend {
    let stored = try PictureFile.read(first).choosingRange(.automatic)
    if !printing.quiet { stored.notes.forEach { printMessage("Note: \(singleLine($0))") } }
    var a = try stored.finiteImage(path: first)
    let format = stored.format
    if let resize { a = a.resized(width: resize.width, height: resize.height) }
    var b = try ImageFile.read(second)
    let sizes = (a: "\(a.width)x\(a.height)", b: "\(b.width)x\(b.height)")
    let maskPicture = try mask.map { try PixelMask.readValues(ofMask: $0) }
    if stretch { b = b.resized(width: a.width, height: a.height) }
    guard at != nil || (a.width, a.height) == (b.width, b.height) else {
      throw CommandFailure.data(
        "'\(second)' is \(sizes.b) and '\(first)' \(sizes.a); place it with --at X,Y, or resize it "
          + "with --stretch")
    }
    let colors = max(a.composited(onto: 1).channels, b.composited(onto: 1).channels)
    let background = a.converted(toChannels: a.hasAlpha ? colors + 1 : colors)
    let shape = background.composited(onto: 1)
    let place = at ?? PicturePlace(column: 0, row: 0)
    let isCutOut = b.alpha?.contains { $0 < 0.5 } ?? false
    guard mix == nil, maskPicture != nil || at != nil || isCutOut else {
      let other = b.composited(onto: 1).converted(toChannels: colors)
      return Blend(
        problem: BlendProblem(shape, other, share: mix ?? 0.5), shape: shape, background: shape,
        mask: nil, stored: nil, format: format)
    }
    let placed = PlacedPicture(
      b.converted(toChannels: b.hasAlpha ? colors + 1 : colors), width: a.width, height: a.height,
      column: place.column, row: place.row)
    guard placed.isVisible.contains(true) else {
      throw CommandFailure.data(
        "nothing of '\(second)' is visible: it is \(sizes.b) at column \(place.column), row "
          + "\(place.row) of \(sizes.a), or transparent everywhere; pass another --at")
    }
    var marked = placed.isVisible
    if let maskPicture {
      let drawn = try drawnMask(maskPicture, background: a, source: b, at: place)
      marked = zip(marked, drawn).map { $0 && $1 }
    }
    guard marked.contains(true), marked.contains(false) else {
      throw CommandFailure.data(message(ofUniform: marked.contains(true)))
    }
    return Blend(
      problem: BlendProblem(background: shape, cloning: placed.image, where: marked), shape: shape,
      background: background, mask: marked, stored: resize == nil ? stored : nil, format: format)
  }

  /// The marked pixels in the frame of the first picture.
  private func drawnMask(
    _ picture: Image, background a: Image, source b: Image, at place: PicturePlace
  ) throws -> [Bool] {
    let size = (picture.width, picture.height)
    if stretch || size == (a.width, a.height) {
      let fitting =
        size == (a.width, a.height)
        ? picture : picture.resized(width: a.width, height: a.height)
      return PixelMask.marked(by: fitting)
    }
    guard size == (b.width, b.height) else {
      throw CommandFailure.data(
        "the mask '\(mask ?? "")' is \(size.0)x\(size.1), expected the size of '\(first)', "
          + "\(a.width)x\(a.height), or of '\(second)', \(b.width)x\(b.height); resize it with "
          + "--stretch")
    }
    let white = PixelMask.marked(by: picture).map { Float($0 ? 1 : 0) }
    let drawn = Image(width: b.width, height: b.height, channels: 1, values: white)
    let placed = PlacedPicture(
      drawn, width: a.width, height: a.height, column: place.column, row: place.row)
    return zip(placed.isVisible, placed.image.values).map { $0 && $1 >= 0.5 }
  }

  private func message(ofUniform isMarked: Bool) -> String {
    guard let mask else {
      return
        "'\(second)' covers the whole of '\(first)', which then gives no border; pass a --mask, or "
        + "--mix to mix the gradients"
    }
    return "'\(mask)' is \(isMarked ? "white" : "black") everywhere; draw white where "
      + "'\(second)' is to be seen, and black elsewhere"
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
