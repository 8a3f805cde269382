import DatasetCatalog
import Files
import Foundation
import HyperNetworks
import Numerics
import Training

/// The complete training of a model file from a folder of pictures.
///
/// The pipeline indexes the folder, decodes the pictures or cuts windows, trains, validates, writes the
/// model and records the run in the catalog.
///
/// ```swift
/// let settings = TrainingPipelineSettings(
///   .subspace(.picture, .ifPossible), imageSize: 32, output: "prior.safetensors",
///   program: "my-program 1.0")
/// let result = try TrainingPipeline(settings).run(
///   on: CollectionLocation(directory: "faces"), report: { print($0) })
/// ```
///
/// In a group of processes every member runs the pipeline, and the first one indexes the folder, writes and reports.
///
/// If the length of the training is a number of updates, the same settings and pictures give the same
/// model file bit for bit, for any number of processes and however often the run was interrupted.
public struct TrainingPipeline: Sendable {
  /// The kind of prior, the training and the output file.
  public let settings: TrainingPipelineSettings
  private let storage: TrainingStorage

  /// A pipeline that saves to the disk.
  public init(_ settings: TrainingPipelineSettings) {
    self.init(settings, storage: .system)
  }

  /// A pipeline with another way to save.
  package init(_ settings: TrainingPipelineSettings, storage: TrainingStorage) {
    self.settings = settings
    self.storage = storage
  }

  /// Trains a prior on a collection and writes it.
  ///
  /// - Parameters:
  ///   - location: the collection; its catalog is created if necessary and updated.
  ///   - shouldStop: polled on the calling thread; true ends the run with an error, after the state of a
  ///     training in progress is saved.
  ///   - report: called with each event on the calling thread.
  /// - Returns: the prior, whose file is written, and measures of the run.
  /// - Throws: ``TrainingPipelineError``, `CatalogError`, `PriorError`, `TrainingError`, `FileError`, or
  ///   `LinearAlgebraError` for pictures with values that are not finite. A periodic checkpoint that
  ///   cannot be written and a run that cannot be recorded in the catalog are reported as notices instead.
  public func run(
    on location: CollectionLocation, shouldStop: @escaping () -> Bool = { false },
    report: @escaping (TrainingPipelineEvent) -> Void = { _ in }
  ) throws -> TrainingPipelineResult {
    let group = WorkGroup.current
    var run = TrainingRun(
      settings: settings, storage: storage, shouldStop: shouldStop, report: report)
    try group.onFirst { try run.checkOutput() }
    let catalog = try run.index(location)
    var opened: PipelinePictures?
    if case .automatic(let choice) = settings.kind {
      (run.settings.kind, opened) = try run.chosenKind(catalog, choice)
    }
    let pictures = try opened ?? run.open(catalog)
    switch run.settings.kind {
    case .automatic(let choice):
      return try run.recordedSubspace(in: catalog, pictures, .picture, choice)
    case .subspace(let scope, let choice):
      return try run.recordedSubspace(in: catalog, pictures, scope, choice)
    case .grid:
      let trainer = try run.gridTrainer(pictures)
      return try run.recorded(in: catalog, run.recordedSettings(trainer, pictures)) {
        try $0.trainGrid(trainer, pictures)
      }
    case .hypernetwork(let encoder, let head, let isConditioned):
      var configuration = HyperNetworkConfiguration(
        imageSize: settings.imageSize, channels: settings.channels, encoder: encoder, head: head)
      if let isConditioned { configuration.isConditioned = isConditioned }
      let trainer = try run.trainer(configuration, pictures)
      let recorded = run.recordedSettings(configuration, trainer, pictures)
      return try run.recorded(in: catalog, recorded) {
        try $0.trainHyperNetwork(configuration, trainer, pictures)
      }
    }
  }
}

/// How a pipeline saves its state; tests inject failures here.
package struct TrainingStorage: Sendable {
  /// Seconds between two checkpoints of a training.
  package var checkpointInterval = 60.0
  /// Writes a checkpoint to a path.
  package var writeCheckpoint: @Sendable (TrainingCheckpoint, String) throws -> Void
  /// Records validations of a run in the catalog.
  package var recordValidations: @Sendable (Catalog, Int64, [RunValidation]) throws -> Void
  /// Records the result of a run in the catalog.
  package var finishRun: @Sendable (Catalog, Int64, String) throws -> Void

  /// Saves to the disk.
  package static let system = TrainingStorage(
    writeCheckpoint: { try $0.write(to: $1) },
    recordValidations: { try $0.recordValidations($2, of: $1) },
    finishRun: { try $0.finishRun($1, result: $2) })
}

/// One run of a pipeline; each of its steps is an extension in its own file.
struct TrainingRun {
  var settings: TrainingPipelineSettings
  let storage: TrainingStorage
  let shouldStop: () -> Bool
  var report: (TrainingPipelineEvent) -> Void

  /// Throws at once for an output that could not be written at the end.
  func checkOutput() throws {
    let checkpoint = settings.checkpointPath
    let hasCheckpoint = FileManager.default.fileExists(atPath: checkpoint)
    if settings.resumes {
      guard hasCheckpoint else {
        throw TrainingPipelineError.noInterruptedRun(checkpoint: checkpoint)
      }
    } else if hasCheckpoint && !settings.overwrites {
      throw TrainingPipelineError.interruptedRunExists(checkpoint: checkpoint)
    }
    try AtomicFile.checkWritable(settings.output, overwrite: replacesOutput)
  }

  /// Whether an existing model file is replaced.
  var replacesOutput: Bool { settings.overwrites || settings.resumes }
}
