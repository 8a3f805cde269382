import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fields
import Files
import Fitting
import Foundation
import Numerics
import Training

/// `siren fit`: a network for one picture or sound.
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a sine network to a picture or a sound.",
    discussion: """
      Takes PNG, JPEG, WAV, FLAC and Ogg files of any size, told apart by their content; alpha is a \
      channel like others. The default recipe takes batches of random points and a network whose first \
      frequencies suit the signal's size, and lowers the learning rate to 0 over the run; towards a \
      quality (--psnr) it does so in several runs, each as long as the last one says is needed. The \
      recipe notebook is that of the SIREN paper's notebook: all points in each of 500 steps (a \
      sound: 1000) of Adam at 0.0001. A fit that diverges goes on from its last good state with a \
      smaller learning rate. Ctrl-C ends the run early and writes what was reached.

      EXAMPLES
        siren fit photo.png
        siren fit photo.jpg --resize 256x256 --for 30s -o photo.safetensors
        siren fit photo.png --psnr 40 --preview
        siren fit song.flac --for 1m --report song.html
        siren fit photo.png --recipe notebook --seed 3
        siren fit photo.png --init photo.safetensors --for 1m -o better.safetensors
      """)

  /// How to fit.
  enum Recipe: String, ExpressibleByArgument, CaseIterable {
    case standard = "default"
    case notebook
  }

  @Argument(help: "The picture (PNG, JPEG) or sound (WAV, FLAC, Ogg).", completion: .file())
  var input: String

  @Option(
    name: .shortAndLong, help: "The model to write (default: INPUT with .safetensors).",
    completion: .file())
  var output: String?

  @Option(help: "default or notebook.")
  var recipe = Recipe.standard

  @Option(
    help: "Stop as soon as so many decibels are reached; of a sound, its signal to noise.")
  var psnr: Double?

  @Option(help: "Resize the picture first, such as 256x256.")
  var resize: PictureSize?

  @Option(
    name: .customLong("init"),
    help: "Start from a model: one of this program, or PyTorch's with the notebook's names.",
    completion: .file())
  var initial: String?

  @Option(help: "Also write a page with the result, HTML.", completion: .file())
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Cells of the grid along each axis, such as 16x24 (rows x columns; of a sound one number); 1 fits one "
        + "network (default: by the size of the signal).", valueName: "grid"))
  var cells: CellCounts?

  @Option(
    help:
      "Samples on each side of a cell's border in which both cells count (default: 1; of a sound 16)."
  )
  var overlap: Double?

  @Option(help: "A budget: as good as possible with at most so many parameters.")
  var parameters: Int?

  @Option(help: "With --json, updates between two lines (default: 100).")
  var every = 100

  @OptionGroup var fitting: FittingOptions
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard initial == nil || (fitting.width == nil && fitting.depth == nil) else {
      throw ValidationError("--init brings its own --width and --depth, leave them out.")
    }
    if let psnr, !(psnr > 0 && psnr <= 200) {
      throw ValidationError("--psnr is \(psnr), expected decibels up to 200.")
    }
  }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    let target = output ?? (input as NSString).deletingPathExtension + ".safetensors"
    for path in [target, report].compactMap({ $0 }) {
      try AtomicFile.checkWritable(path, overwrite: overwrite.force)
    }
    // The notebook's recipe includes how it shrinks its picture.
    let source = try FitSource(
      input, resize: resize, by: recipe == .notebook ? .bilinear : .standard)
    let limits = FitLimits(
      steps: fitting.steps ?? defaultSteps(source.description),
      seconds: fitting.time?.seconds ?? (psnr == nil ? 10 : nil),
      goal: psnr.map { FitGoal(decibels: $0) { source.quality(of: $0).decibels } })
    if let shape = try gridShape(source) {
      var fit = try startGrid(source, shape)
      try run(&fit, source, limits, target)
    } else {
      var fit = try start(source)
      try run(&fit, source, limits, target)
    }
  }

  private func run<Fit: ProgressiveFit>(
    _ fit: inout Fit, _ source: FitSource, _ limits: FitLimits, _ target: String
  ) throws {
    var session = FitSession(measure: source.measure, printing: printing)
    session.every = every
    if fitting.preview { session.preview = source.preview }
    let result = try session.run(&fit, limits)

    try FieldFile.write(
      fit.field, to: target, signal: source.description,
      provenance: [
        "program": "siren \(SirenProgram.version)",
        "fit": "steps \(result.steps), seed \(fitting.seed), recipe \(recipe.rawValue), "
          + source.description.summary,
      ], overwrite: overwrite.force)
    let quality = source.quality(of: fit.field)
    if let report {
      let page = source.page(
        fit.field, quality, result, recipe: recipe.rawValue, network: network(fit.field))
      try AtomicFile.write(Data(page.html.utf8), to: report, overwrite: overwrite.force)
    }
    show(target, quality, result)
    try judge(target, quality, source, result)
  }

  /// The grid to fit with, from the options, from the model to start from, or by the signal's size; nil for one network.
  private func gridShape(_ source: FitSource) throws -> GridShape? {
    if recipe == .notebook || cells?.isOne == true { return nil }
    if let initial {
      let model = try FieldFile.read(initial)
      guard let grid = model.grid else { return nil }
      return GridShape(
        cells: grid.grid.axes.map(\.cells), overlap: grid.grid.axes[0].overlap,
        architecture: grid.architecture)
    }
    guard cells != nil || parameters != nil || GridShape.suits(source.description),
      fitting.optimizer ?? .adam == .adam
    else { return nil }
    var shape = GridShape.standard(
      for: source.description, parameters: parameters, hiddenWidth: fitting.width)
    if let cells {
      guard cells.counts.count == shape.cells.count else {
        throw CommandFailure.usage(
          "--cells is \(cells), a \(source.description.summary) has \(shape.cells.count) axes")
      }
      shape.cells = cells.counts
    }
    if let overlap { shape.overlap = overlap }
    if let depth = fitting.depth { shape.architecture.hiddenLayers = depth }
    if let omega = fitting.omega { shape.architecture.omegaHidden = omega }
    if let omega = fitting.omegaFirst { shape.architecture.omegaFirst = omega }
    return shape
  }

  private func startGrid(_ source: FitSource, _ shape: GridShape) throws -> GridFit {
    var settings = GridFitSettings()
    if let rate = fitting.learningRate { settings.learningRate = Double(rate) }
    if let batch = fitting.batch { settings.batch = batch.points ?? .max / 4 }
    if let initial, let grid = try FieldFile.read(initial).grid {
      return try GridFit(
        source.gridSignal, startingFrom: grid, settings, seed: fitting.seed)
    }
    return try GridFit(source.gridSignal, shape, settings, seed: fitting.seed)
  }

  /// What was fitted, in words.
  private func network(_ field: any Field) -> String {
    let shape = (field as? SirenGrid)?.architecture ?? (field as? Siren)?.architecture
    guard let shape else { return "\(field.parameterCount) parameters" }
    let own =
      "\(shape.hiddenLayers + 1) sine layers of width \(shape.hiddenWidth), omega "
      + "\(shape.omegaFirst) and \(shape.omegaHidden)"
    guard let grid = field as? SirenGrid else {
      return "\(own), \(field.parameterCount) parameters"
    }
    let cells = grid.grid.axes.map { "\($0.cells)" }.joined(separator: "x")
    return "a grid of \(cells) networks of \(own), \(field.parameterCount) parameters"
  }

  private func start(_ source: FitSource) throws -> FieldFit {
    let objective = try source.objective()
    let settings = fitting.settings(recipe == .notebook ? .notebook : .standard)
    guard let initial else {
      return FieldFit(
        objective,
        fitting.architecture(
          recipe == .notebook
            ? .notebook(for: source.description) : .standard(for: source.description)),
        settings, seed: fitting.seed)
    }
    let model = try FieldFile.read(
      initial, omegaFirst: fitting.omegaFirst, omegaHidden: fitting.omega)
    guard let siren = model.siren else {
      throw CommandFailure.usage(
        "'\(initial)' is a grid; leave out --recipe notebook and --cells 1")
    }
    let shape = siren.architecture
    guard (shape.coordinates, shape.outputs) == source.description.shape else {
      throw CommandFailure.data(
        "'\(initial)' maps \(shape.coordinates) coordinates to \(shape.outputs) values, a "
          + "\(source.description.summary) needs \(source.description.shape.coordinates) and "
          + "\(source.description.shape.outputs)")
    }
    return FieldFit(objective, startingFrom: siren, settings, seed: fitting.seed)
  }

  /// The notebook counts steps, unless another limit was given.
  private func defaultSteps(_ signal: FittedSignal) -> Int? {
    guard recipe == .notebook, fitting.time == nil, psnr == nil else { return nil }
    if case .audio = signal { return 1_000 }
    return 500
  }

  private func show(_ target: String, _ quality: FitQuality, _ result: FitSession.Result) {
    if printing.json {
      var object: [String: JSONValue] = [
        "model": .string(target), "mse": .number(quality.mse), "steps": .integer(result.steps),
        "seconds": .number(result.seconds), "restarts": .integer(result.restarts),
        quality.measure.lowercased(): .number(quality.decibels),
      ]
      if quality.measure == "PSNR" {
        object["ssim"] = .number(quality.similarity)
      }
      printJSON(.object(object))
      return
    }
    print(
      "\(singleLine(target)): "
        + String(
          format: "%@ %.2f dB, MSE %.2e", quality.measure, quality.decibels, quality.mse)
        + (quality.similarity.map { String(format: ", SSIM %.4f", $0) } ?? "")
        + " after \(result.steps) steps in \(formatDuration(result.seconds))")
  }

  /// What is no success is said.
  private func judge(
    _ target: String, _ quality: FitQuality, _ source: FitSource, _ result: FitSession.Result
  ) throws {
    if result.ending == .stopped {
      throw CommandFailure.data(
        "interrupted; what was reached is in '\(target)', go on with --init '\(target)'")
    }
    if let psnr, result.ending == .completed, quality.decibels < psnr {
      throw CommandFailure.data(
        String(format: "%.2f of %.2f dB were reached; ", quality.decibels, psnr)
          + "what was reached is in '\(target)', go on with --init '\(target)' or pass a larger "
          + "--width")
    }
    if source.isNoBetterThanConstant(quality) {
      printMessage(
        "Warning: the result is no better than one even value everywhere; fit for longer, or pass "
          + "another --learning-rate or --omega")
    }
  }
}

/// Cells along each axis on the command line: `16x24`, or one number.
struct CellCounts: ExpressibleByArgument, CustomStringConvertible {
  let counts: [Int]

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard (1...4).contains(numbers.count), numbers.count == parts.count,
      numbers.allSatisfy({ (1...65_536).contains($0) })
    else { return nil }
    counts = numbers
  }

  /// Whether one network is asked for.
  var isOne: Bool { counts.allSatisfy { $0 == 1 } }
  var description: String { counts.map(String.init).joined(separator: "x") }
}
