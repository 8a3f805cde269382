import DatasetCatalog
import Files
import Foundation
import HyperNetworks
import Training

/// The whole way from a folder of pictures to a model file: index, decode or cut windows, learn,
/// validate, write, record the run in the catalog.
///
/// ```swift
/// let settings = TrainingPipelineSettings(
///   .subspace(.picture, .ifPossible), imageSize: 32, output: "prior.safetensors",
///   program: "my-program 1.0")
/// let result = try TrainingPipeline(settings).run(
///   on: CollectionLocation(directory: "faces"), report: { print($0) })
/// ```
///
/// For fixed settings with a number of updates, and fixed pictures, the model file is the same bit for
/// bit, however often the run was interrupted.
public struct TrainingPipeline: Sendable {
  /// What is learned and where it goes.
  public let settings: TrainingPipelineSettings
  private let storage: TrainingStorage

  /// A pipeline that writes to the disk.
  public init(_ settings: TrainingPipelineSettings) {
    self.init(settings, storage: .system)
  }

  /// A pipeline with another way to save.
  package init(_ settings: TrainingPipelineSettings, storage: TrainingStorage) {
    self.settings = settings
    self.storage = storage
  }

  /// Learns a prior of a collection and writes it.
  ///
  /// - Parameters:
  ///   - location: of the pictures; the catalog is made where there is none, and brought up to date.
  ///   - shouldStop: asked now and then, on the calling thread; true ends the run with an error, after
  ///     saving a training that is on.
  ///   - report: told what happens, on the calling thread.
  /// - Returns: the prior; its file is written.
  /// - Throws: ``TrainingPipelineError``, `CatalogError`, `PriorError`, `TrainingError`, `FileError`, or
  ///   `LinearAlgebraError` for pictures with values that are not finite. A checkpoint that cannot be
  ///   written on the way and a run that cannot be recorded at the end are reported instead.
  public func run(
    on location: CollectionLocation, shouldStop: @escaping () -> Bool = { false },
    report: @escaping (TrainingPipelineEvent) -> Void = { _ in }
  ) throws -> TrainingPipelineResult {
    let run = TrainingRun(
      settings: settings, storage: storage, shouldStop: shouldStop, report: report)
    try run.checkOutput()
    let catalog = try run.index(location)
    let pictures = try run.open(catalog)
    switch settings.kind {
    case .subspace(let scope, let choice):
      return try run.recorded(in: catalog) {
        try run.learnSubspace(pictures, scope: scope, residualNetwork: choice)
      }
    case .hypernetwork(let encoder, let head, let isConditioned):
      var configuration = HyperNetworkConfiguration(
        imageSize: settings.imageSize, channels: settings.channels, encoder: encoder, head: head)
      if let isConditioned { configuration.isConditioned = isConditioned }
      let trainer = try run.trainer(configuration, pictures)
      return try run.recorded(in: catalog) {
        try run.trainHyperNetwork(configuration, trainer, pictures)
      }
    }
  }
}

/// How a pipeline saves on its way; tests have ways that fail.
package struct TrainingStorage: Sendable {
  /// Seconds between two checkpoints of a training.
  package var checkpointInterval = 60.0
  /// Writes a checkpoint to a path.
  package var writeCheckpoint: @Sendable (TrainingCheckpoint, String) throws -> Void
  /// Notes in the catalog how a run ended.
  package var finishRun: @Sendable (Catalog, Int64, String) throws -> Void

  /// The disk.
  package static let system = TrainingStorage(
    writeCheckpoint: { try $0.write(to: $1) }, finishRun: { try $0.finishRun($1, result: $2) })
}

/// One run of a pipeline; its steps are in extensions, a file each.
struct TrainingRun {
  let settings: TrainingPipelineSettings
  let storage: TrainingStorage
  let shouldStop: () -> Bool
  let report: (TrainingPipelineEvent) -> Void

  /// Fails before the work what would fail after it.
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

  /// Whether a model file of the same name is replaced.
  var replacesOutput: Bool { settings.overwrites || settings.resumes }

  /// Work that the catalog has a record of.
  ///
  /// The model is written when the work is done, so a record that cannot be finished, as on a full
  /// disk, is reported and nothing more.
  func recorded(
    in catalog: Catalog, _ work: () throws -> TrainingPipelineResult
  ) throws -> TrainingPipelineResult {
    let id = try catalog.startRun(
      command: "train", arguments: settings.arguments, modelPath: settings.output)
    let result = try work()
    do {
      try storage.finishRun(catalog, id, result.record())
    } catch {
      report(.notice(.runNotRecorded(reason: "\(error)")))
    }
    return result
  }
}
