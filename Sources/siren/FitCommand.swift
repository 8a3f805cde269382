import ArgumentParser
import CommandSupport
import FitPipelines
import Fitting
import Foundation
import Numerics
import Signals

/// `siren fit`: a network for one picture, sound, clip or shape.
struct FitCommand: ParsableCommand, SharedCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit sine networks to a picture, a sound, a clip or a shape.",
    discussion: """
      The format of the input is detected from its content. Alpha is fitted like the other channels.

      A large signal is fitted with a grid of small networks. A network covers about 30x30 pixels of a \
      picture, 512 samples of a sound, or 24x24 pixels of 8 frames of a clip. A signal that would have \
      fewer than four such cells is fitted with one network, as is any signal with --cells 1. The first \
      line printed names the choice and its reason. For the same quality, the time is proportional to \
      the size of the signal.

      The learning rate falls to 0 over the run. With --psnr there are several such runs until the \
      quality is reached. Ctrl-C ends the run and writes the result so far. Afterwards --resume continues \
      the fit, and --init starts from a model. If a fit of one network diverges, it returns \
      to its last good state and continues with a smaller learning rate.

      --recipe notebook fits as the SIREN paper's notebook does: one network, and 500 steps of Adam (1000 \
      for a sound) at a learning rate of 0.0001, each on all points.

      A shape is a mesh or a cloud of points. One network learns the signed distance from its surface, \
      negative inside. A mesh is learned from its exact distances, and defects that were found or repaired \
      are printed. With --points, only so many random points of the surface with their normals are used. \
      Normals that a cloud lacks are estimated, and --no-normals ignores those that there are. With \
      --recipe notebook the objective is that of the SIREN paper: values and normals on the surface, a \
      gradient of length 1 everywhere, and a penalty on values near 0 elsewhere.

      EXAMPLES
        siren fit photo.png
        siren fit photo.jpg --for 1m --preview
        siren fit micrographs.tif --page 3
        siren fit photo.png --psnr 40 -o good.safetensors
        siren fit photo.png --parameters 100000
        siren fit photo.png --cells 16x24 --overlap 2
        siren fit song.flac --cells 600 --overlap 32
        siren fit photo.png --steps 200 --json --every 10
        siren fit photo.jpg --for 1m --resume
        siren fit song.flac --for 1m --report song.html
        siren fit clip.mp4 --for 2m --frames 0:99
        siren fit shape.obj --for 30s
        siren fit scan.ply --no-normals --for 1m
        siren fit photo.png --recipe notebook --seed 3
        siren fit photo.png --init photo.safetensors --for 1m -o better.safetensors
      """)

  @Argument(
    help: """
      The picture (PNG, JPEG, TIFF, WebP, NPY, NPZ), sound (WAV, FLAC, Ogg), clip (y4m, animated PNG, a \
      folder of frames, or any file that ffmpeg reads) or shape (OBJ, PLY, STL, XYZ).
      """, completion: .file())
  var input: String

  @Option(
    name: .shortAndLong, help: "The model to write (default: INPUT with .safetensors).",
    completion: .file())
  var output: String?

  @Option(help: "The recipe: default or notebook.")
  var recipe = FitRecipe.standard

  @Option(
    help: "The quality to reach, in decibels; for a sound the signal-to-noise ratio.")
  var psnr: Double?

  @Option(help: "The frames of a clip to fit, such as 0:99; the first frame is 0 (default: all).")
  var frames: FrameRange?

  @Option(help: "Of a TIFF of several pages, or an NPZ of several arrays, the one to fit, from 1.")
  var page = 1

  @Option(help: "Resize the picture first, such as 256x256.")
  var resize: PictureSize?

  @Option(
    name: .customLong("init"),
    help: """
      The model to start from: a model of this program (a grid needs a signal of the same size), or one \
      from PyTorch with the notebook's names.
      """,
    completion: .file())
  var initial: String?

  @Option(help: "Also write a page with the result as HTML.", completion: .file())
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Cells of the grid along each axis, such as 16x24 (rows x columns), or one number for a sound; 1 "
        + "fits one network (default: chosen by the size of the signal).", valueName: "grid"))
  var cells: CellCounts?

  @Option(
    help:
      "Samples on each side of a border in which both cells contribute (default: 1; for a sound 16)."
  )
  var overlap: Double?

  @Option(
    help: """
      The largest number of parameters; the cells become as small as it allows, and below that of one \
      usual network narrower (default: by the size of the signal).
      """)
  var parameters: Int?

  @Option(
    help:
      "With --json, updates between two lines; with 1 each line has the loss before its update."
  )
  var every = 100

  @Flag(
    help: """
      Continue an interrupted fit; pass the same options, of which only the time of --for may differ.
      """)
  var resume = false

  @Option(
    help: """
      Of a mesh, the number of random points to learn from instead of the mesh itself; of a cloud of \
      points, the number of them to use.
      """)
  var points: Int?

  @Flag(help: "Ignore the normals of a shape and estimate them from its points.")
  var noNormals = false

  @OptionGroup var fitting: FittingOptions
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard initial == nil || (fitting.width == nil && fitting.depth == nil) else {
      throw ValidationError("--init has its own width and depth; omit --width and --depth.")
    }
    guard initial == nil || (overlap == nil && parameters == nil) else {
      throw ValidationError("--init has its own cells; omit --overlap and --parameters.")
    }
    guard initial == nil || cells.map({ $0.counts.allSatisfy { $0 == 1 } }) ?? true else {
      throw ValidationError("--init has its own cells; omit --cells.")
    }
    guard (1...65_535).contains(page) else {
      throw ValidationError("--page is \(page), expected 1 to 65535.")
    }
    if let psnr, !(psnr > 0 && psnr <= 200) {
      throw ValidationError("--psnr is \(psnr), expected decibels up to 200.")
    }
    guard every >= 1 else {
      throw ValidationError("--every is \(every), expected at least 1.")
    }
    if let overlap, !(overlap > 0 && overlap <= 4_096) {
      throw ValidationError("--overlap is \(overlap), expected samples, above 0 and up to 4096.")
    }
    if let points, !(ShapeSource.fewestPoints...10_000_000).contains(points) {
      throw ValidationError(
        "--points is \(points), expected \(ShapeSource.fewestPoints) to 10000000.")
    }
    if let parameters, !(1...1 << 28).contains(parameters) {
      throw ValidationError("--parameters is \(parameters), expected 1 to \(1 << 28).")
    }
  }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    guard !fitting.preview || WorkGroup.current.isAlone else {
      throw CommandFailure.usage(
        "--preview shows the fit of one process, omit it where several share the fit")
    }
    try usage {
      try WorkGroup.current.onFirst {
        // The output may be the model of --init: a better one then takes its place.
        try DistinctFiles.check(
          [
            ("the output", target), ("--report", report),
            ("the saved state of the fit", settings.checkpoint),
          ], read: [("the input", input)])
        try FitPipeline(settings).checkOutputs()
      }
      if try isShape() {
        guard WorkGroup.current.isAlone else {
          throw CommandFailure.usage(
            "a shape is fitted by one process, run 'siren fit' without mpirun")
        }
        return try runShape()
      }
      guard points == nil, !noNormals else {
        throw CommandFailure.usage(
          "--points and --no-normals are for shapes (\(ShapeFormat.names)), '\(input)' is none")
      }
      // The notebook's recipe includes how it shrinks its picture.
      let source = try FitSource(
        input, resizedTo: resize.map { ($0.width, $0.height) },
        by: recipe == .notebook ? .bilinear : .standard, frames: frames?.range, page: page,
        dividedBy: { try FitPipeline(settings).division(of: $0) })
      // The file and the samples of a large picture, of which the process keeps its rows' values.
      ProcessMemory.releaseFreed()
      if !printing.quiet { source.remarks.forEach { printMessage(singleLine($0)) } }
      try run(source)
    }
  }

  var target: String {
    output ?? (input as NSString).deletingPathExtension + ".safetensors"
  }

  var settings: FitPipelineSettings {
    var settings = FitPipelineSettings(
      output: target, program: "siren \(SirenProgram.version)")
    settings.recipe = recipe
    settings.seed = fitting.seed
    settings.choices = fitting.choices
    settings.cells = cells?.counts
    settings.overlap = overlap
    settings.parameters = parameters
    settings.initial = initial
    settings.report = report
    settings.resumes = resume
    settings.overwrites = overwrite.force
    return settings
  }

  private func run(_ source: FitSource) throws {
    var settings = settings
    settings.limits = source.limits(
      steps: fitting.steps, seconds: fitting.time?.seconds, decibels: psnr, recipe: recipe)
    if printing.json { settings.limits.updatesPerReport = every }
    let pipeline = FitPipeline(settings)
    let interruption = Interruption()
    defer { interruption.stop() }
    var printer = FitPrinter(measure: source.measure, printing: printing)
    printer.every = every
    if fitting.preview { printer.preview = source.preview }
    let steps = settings.limits.steps
    let result = try pipeline.run(on: source, shouldStop: { interruption.isRequested }) { event in
      printer.show(
        event, of: steps, source: source.description, updates: "updates of each network")
    }
    printer.finish()
    show(result)
    try checkSuccess(of: result)
  }

  private func show(_ result: FitPipelineResult) {
    let (quality, record) = (result.quality, result.record)
    if printing.json {
      var object: [String: JSONValue] = [
        "model": .string(target), "mse": .number(quality.mse), "steps": .integer(record.steps),
        "seconds": .number(record.seconds), "restarts": .integer(record.restarts),
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
        + " after \(record.steps) steps in \(formatDuration(record.seconds))")
    if let outlook = result.outlook, !printing.quiet {
      printMessage(
        "--for \(Int(outlook.seconds.rounded()))s would reach about "
          + String(format: "%.0f dB", outlook.decibels))
    }
  }

  /// Throws if a fit was interrupted, and says how to continue it.
  func checkEnd(of record: FitRecord) throws {
    guard record.ending == .stopped else { return }
    let way = record.isSaved ? "--resume" : "--init '\(target)'"
    throw CommandFailure.data(
      "interrupted; the result so far is in '\(target)'; continue with \(way)")
  }

  /// Throws if a fit was interrupted or missed its goal, and warns if its result is useless.
  private func checkSuccess(of result: FitPipelineResult) throws {
    try checkEnd(of: result.record)
    if let psnr, result.record.ending == .completed, result.quality.decibels < psnr {
      throw CommandFailure.data(
        String(format: "only %.2f of %.2f dB were reached; ", result.quality.decibels, psnr)
          + "the result is in '\(target)'; continue with --init '\(target)', or pass a larger --width"
      )
    }
    if result.isNoBetterThanConstant {
      printMessage(
        "Warning: the result is no better than one constant value; fit for longer, or pass another "
          + "--learning-rate or --omega")
    }
  }
}

/// Frames on the command line, both included: `0:99`.
struct FrameRange: ExpressibleByArgument {
  let range: Range<Int>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low >= 0, low <= high,
      high < 1 << 31
    else { return nil }
    range = low..<high + 1
  }
}

extension FitRecipe: ExpressibleByArgument {}
