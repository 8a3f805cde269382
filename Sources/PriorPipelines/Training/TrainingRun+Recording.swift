import DatasetCatalog
import Foundation
import GridPriors
import HyperNetworks
import ImagePriors
import Numerics
import SubspacePriors
import Training

extension TrainingRun {
  /// Runs some work and records it in the catalog: its settings, its validations and how it ended.
  ///
  /// The model is written when the work ends, so a failure to record it, for example on a full disk, is
  /// only reported.
  ///
  /// - Parameters:
  ///   - catalog: the catalog.
  ///   - recorded: the settings by name.
  ///   - work: the work of a run that reports what this one does.
  func recorded(
    in catalog: Catalog, _ recorded: [String: RunSetting],
    _ work: (TrainingRun) throws -> TrainingPipelineResult
  ) throws -> TrainingPipelineResult {
    // Of several processes the first alone writes to the catalog.
    guard WorkGroup.current.isFirst else { return try work(self) }
    let id = try catalog.startRun(
      command: "train", arguments: settings.arguments,
      // Commands that read it are run in other folders.
      modelPath: URL(fileURLWithPath: settings.output).standardizedFileURL.path,
      settings: recorded)
    let recorder = ValidationRecorder(
      record: { [storage] in try storage.recordValidations(catalog, id, $0) },
      failed: { [report] in report(.notice(.validationsNotRecorded(reason: "\($0)"))) })
    var run = self
    run.report = { [report] event in
      // First, so that who is told of a validation can find it.
      if case .trained(let event) = event, let validation = event.recorded {
        recorder.add(validation)
      }
      // Not before: a saved state of other settings is refused, and its curve is not this run's.
      if case .resumed = event {
        do {
          try catalog.continueRun(id)
        } catch {
          report(.notice(.continuationNotRecorded(reason: "\(error)")))
        }
      }
      report(event)
    }
    let result: TrainingPipelineResult
    do {
      result = try work(run)
    } catch {
      recorder.finish()
      // The first error is the one to report.
      try? catalog.failRun(id, reason: "\(error)")
      throw error
    }
    recorder.finish()
    do {
      try storage.finishRun(catalog, id, result.record())
    } catch {
      report(.notice(.runNotRecorded(reason: "\(error)")))
    }
    return result
  }

  /// The settings of a subspace prior.
  func recordedSettings(
    _ scope: PriorScope, _ choice: TrainingPipelineSettings.ResidualNetworkChoice,
    _ pictures: PipelinePictures
  ) -> [String: RunSetting] {
    let hasNetwork =
      choice != .never
      && ResidualLearning.isPossible(
        training: pictures.training, validation: pictures.validation)
    var names = commonSettings("subspace", pictures, isTrained: hasNetwork)
    names["scope"] = .text("\(scope.noun)")
    names["residual network"] = .flag(hasNetwork)
    if hasNetwork {
      names["batch"] = .number(residualSettings.batchSize)
      names["learning rate"] = .number(decimal: residualSettings.learningRate)
    }
    return names
  }

  /// The settings of a grid prior.
  func recordedSettings(
    _ trainer: GridTrainer, _ pictures: PipelinePictures
  ) -> [String: RunSetting] {
    var names = commonSettings("grid", pictures, isTrained: true)
    names["batch"] = .number(trainer.settings.batchSize)
    names["learning rate"] = .number(decimal: trainer.settings.learningRate)
    names["noise"] = .number(decimal: trainer.settings.noise)
    names["parameters"] = .number(trainer.parameterCount)
    names["initial model"] = .text(settings.initialModel ?? "none")
    return names
  }

  /// The settings of a hypernetwork.
  func recordedSettings(
    _ configuration: HyperNetworkConfiguration, _ trainer: HyperNetworkTrainer,
    _ pictures: PipelinePictures
  ) -> [String: RunSetting] {
    var names = commonSettings("hypernetwork", pictures, isTrained: true)
    names["encoder"] = .text(configuration.encoder.rawValue)
    names["head"] = .text(configuration.head.rawValue)
    names["conditioning"] = .flag(configuration.isConditioned)
    names["batch"] = .number(trainer.settings.batchSize)
    names["learning rate"] = .number(decimal: trainer.settings.learningRate)
    names["parameters"] = .number(configuration.parameterCount)
    return names
  }

  /// The settings that all kinds of prior have.
  private func commonSettings(
    _ prior: String, _ pictures: PipelinePictures, isTrained: Bool
  ) -> [String: RunSetting] {
    var names: [String: RunSetting] = [
      "prior": .text(prior), "size": .number(pictures.training.size),
      "channels": .number(settings.channels), "flips": .flag(settings.mirrors),
      "seed": .text("\(settings.seed)"), "range": .text(pictures.scale.summary),
      "training pictures": .number(pictures.training.count),
      "validation pictures": .number(pictures.validation.count),
      "program": .text(settings.program),
    ]
    guard isTrained else { return names }
    switch settings.length {
    case .steps(let count): names["length"] = .text("\(count) steps")
    case .seconds(let seconds): names["length"] = .text("\(RunSetting.number(seconds)) s")
    }
    return names
  }
}

extension RunSetting {
  /// A number in the fewest digits that represent the `Float` exactly.
  fileprivate static func number(decimal value: Float) -> RunSetting {
    .number(Double("\(value)") ?? Double(value))
  }
}
