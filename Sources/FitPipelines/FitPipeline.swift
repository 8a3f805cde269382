import Fields
import Files
import Fitting
import Foundation
import Numerics
import Signals
import Training

/// The whole process from a signal to a model file: choose the kind of field, fit it, measure it and write it.
///
/// ```swift
/// let source = try FitSource("photo.png")
/// let settings = FitPipelineSettings(output: "photo.safetensors", program: "my-program 1.0")
/// let result = try FitPipeline(settings).run(on: source)
/// print(result.quality.decibels)
/// ```
///
/// For fixed settings with a number of updates, the model file is bit-identical for any number of threads, and however
/// often the fit was interrupted.
public struct FitPipeline: Sendable {
  /// The settings of the fit and its outputs.
  public let settings: FitPipelineSettings

  /// Creates a pipeline with its settings.
  public init(_ settings: FitPipelineSettings) { self.settings = settings }

  /// Checks that the files can be written before the fit begins.
  ///
  /// - Throws: `FileError`, or ``FitPipelineError`` where an interrupted fit would be lost or the state has no place.
  public func checkOutputs() throws {
    try settings.checkCheckpoint()
    try AtomicFile.checkWritable(settings.output, overwrite: settings.replacesOwnFiles)
    if let report = settings.report {
      try AtomicFile.checkWritable(report, overwrite: settings.replacesOwnFiles)
    }
  }

  /// The grid by which the members of a group divide a picture; nil if each needs the whole picture.
  ///
  /// Each needs it to fit one network, for a report, and to continue a grid with windows of sine squared, whose cells
  /// the members share nevertheless.
  ///
  /// - Throws: as ``run(on:shouldStop:report:)``.
  public func division(of signal: FittedSignal) throws -> CellGrid? {
    guard !WorkGroup.current.isAlone, settings.report == nil else { return nil }
    let start = try start()
    guard case .grid(let shape) = try plan(signal, start).kind,
      case .image(let width, let height, _) = signal
    else { return nil }
    guard let own = start?.grid?.grid else { return shape.grid(over: [height, width]) }
    // Only quintic windows overlap with those of neighbours alone. A grid over other extents is refused by the fit.
    let isQuintic = own.axes.allSatisfy { $0.overlap > 0 }
    return isQuintic && own.axes.map(\.samples) == [height, width] ? own : nil
  }

  /// Fits a signal and writes the model, even if the fit is stopped.
  ///
  /// In a group of processes every member runs the pipeline. The members share the cells of a grid; a fit of one
  /// network is the work of each.
  ///
  /// - Parameters:
  ///   - source: the signal.
  ///   - shouldStop: called between updates; returns whether to stop.
  ///   - report: receives the events, on the calling thread.
  /// - Throws: ``FitPipelineError``, `FitError`, `GridFitError`, `FieldFileError`, `FileError`.
  @discardableResult
  public func run(
    on source: FitSource, shouldStop: () -> Bool = { false },
    report: (FitPipelineEvent) -> Void = { _ in }
  ) throws -> FitPipelineResult {
    let start = try start()
    let plan = try plan(source.description, start)
    switch plan.kind {
    case .grid(let shape):
      var fit = try gridFit(source, shape, start?.grid)
      return try run(&fit, plan, source, shouldStop, report) {
        FitCheckpoint.fingerprint(
          of: source.gridSignal, shape, settings.choices.gridSettings(), seed: settings.seed)
      }
    case .network(let architecture):
      var fit = try networkFit(source, architecture, start)
      return try run(&fit, plan, source, shouldStop, report) {
        FitCheckpoint.fingerprint(
          of: source.gridSignal, architecture, networkSettings, seed: settings.seed)
      }
    }
  }

  /// The initial model; nil if there is none.
  private func start() throws -> FieldModel? {
    try settings.initial.map {
      try WorkGroup.current.requireSameFile($0)
      return try FieldFile.read(
        $0, omegaFirst: settings.choices.omegaFirst, omegaHidden: settings.choices.omega)
    }
  }

  private func run<Fit: ResumableFit>(
    _ fit: inout Fit, _ plan: FieldPlan, _ source: FitSource, _ shouldStop: () -> Bool,
    _ report: (FitPipelineEvent) -> Void, fingerprint: () -> String
  ) throws -> FitPipelineResult {
    report(.planned(plan))
    let record = try settings.run(
      &fit, to: source.description, summary: source.description.summary,
      metadata: source.format?.json.map { [PictureFormat.metadataName: $0] } ?? [:],
      shouldStop: shouldStop, report: report, fingerprint: fingerprint)
    let quality = source.quality(of: fit.field)
    let result = FitPipelineResult(
      quality: quality, record: record,
      isNoBetterThanConstant: source.isNoBetterThanConstant(quality),
      outlook: fit.field is SirenGrid && settings.limits.goal == nil
        ? FitOutlook(quality, record, source.description) : nil)
    if let page = settings.report {
      let field: any Field =
        (fit.field as? SirenGrid)?.whole(over: WorkGroup.current) ?? fit.field
      let html = source.page(field, result, recipe: settings.recipe).html
      try AtomicFile.write(Data(html.utf8), to: page, overwrite: settings.replacesOwnFiles)
    }
    settings.removeCheckpoint(after: record)
    return result
  }

  private func gridFit(_ source: FitSource, _ shape: GridShape, _ start: SirenGrid?) throws
    -> GridFit
  {
    let own = settings.choices.gridSettings()
    guard let start else {
      return try GridFit(source.gridSignal, shape, own, seed: settings.seed)
    }
    return try GridFit(source.gridSignal, startingFrom: start, own, seed: settings.seed)
  }

  private var networkSettings: FitSettings {
    settings.choices.settings(settings.recipe == .notebook ? .notebook : .standard)
  }

  private func networkFit(
    _ source: FitSource, _ architecture: SirenArchitecture, _ start: FieldModel?
  ) throws -> FieldFit {
    let own = networkSettings
    guard let objective = try source.objective() else {
      throw FitPipelineError.clipOfOneNetwork
    }
    guard let siren = start?.siren else {
      return FieldFit(objective, architecture, own, seed: settings.seed)
    }
    return FieldFit(objective, startingFrom: siren, own, seed: settings.seed)
  }
}
