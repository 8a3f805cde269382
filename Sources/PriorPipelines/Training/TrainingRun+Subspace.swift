import DatasetCatalog
import ImagePriors
import Numerics
import SubspacePriors

extension TrainingRun {
  /// Computes and writes a subspace prior, and records the run.
  func recordedSubspace(
    in catalog: Catalog, _ pictures: PipelinePictures, _ scope: PriorScope,
    _ choice: TrainingPipelineSettings.ResidualNetworkChoice
  ) throws -> TrainingPipelineResult {
    try recorded(in: catalog, recordedSettings(scope, choice, pictures)) {
      try $0.learnSubspace(pictures, scope: scope, residualNetwork: choice)
    }
  }

  /// Computes and writes a subspace prior, with a residual network if one is chosen and possible.
  func learnSubspace(
    _ pictures: PipelinePictures, scope: PriorScope,
    residualNetwork: TrainingPipelineSettings.ResidualNetworkChoice
  ) throws -> TrainingPipelineResult {
    var learning = SubspaceLearningSettings()
    learning.mirrors = settings.mirrors
    learning.seed = settings.seed
    learning.scope = scope
    let clock = ContinuousClock()
    let start = clock.now
    report(.started(.learning))
    report(
      .notice(
        .pictures(
          training: pictures.training.count, validation: pictures.validation.count, scope: scope,
          parameters: nil)))
    let prior: SubspacePrior
    var steps: Int?
    if try hasResidualNetwork(residualNetwork, pictures) {
      (prior, steps) = try learnResidualNetwork(pictures, learning)
    } else {
      prior = try SubspacePrior(
        training: pictures.training, validation: pictures.validation, settings: learning,
        progress: followLearning)
      report(.finished(.learning))
    }
    let seconds = (clock.now - start) / .seconds(1)
    try write(
      prior,
      training: "components \(prior.codeLength), codes \(prior.codeCount), "
        + "seed \(settings.seed), \(scope.noun) \(pictures.training.count), flips \(settings.mirrors)"
        + (steps.map { ", residual network steps \($0)" } ?? ""), pictures)
    return TrainingPipelineResult(
      prior: prior, output: settings.output, pictures: pictures.training.count, steps: steps,
      seconds: seconds,
      measure: .subspace(components: prior.codeLength, codes: prior.codeCount))
  }

  private func hasResidualNetwork(
    _ choice: TrainingPipelineSettings.ResidualNetworkChoice, _ pictures: PipelinePictures
  ) throws -> Bool {
    if choice == .never { return false }
    let (training, validation) = (pictures.training, pictures.validation)
    if ResidualLearning.isPossible(training: training, validation: validation) { return true }
    if choice == .required {
      throw TrainingPipelineError.tooFewForResidualNetwork(
        training: training.count, validation: validation.count)
    }
    report(.notice(.residualNetworkLeftOut))
    return false
  }

  private func followLearning(_ done: Double) throws {
    report(.progressed(.learning, completed: Int(100 * done), total: 100))
    if WorkGroup.current.any(shouldStop()) { throw TrainingPipelineError.interruptedLearning }
  }

  /// How a residual network is trained.
  var residualSettings: ResidualSettings {
    var residual = ResidualSettings(length: settings.length)
    if let batchSize = settings.batchSize { residual.batchSize = batchSize }
    if let learningRate = settings.learningRate { residual.learningRate = learningRate }
    residual.mirrors = settings.mirrors
    residual.seed = settings.seed
    return residual
  }

  private func learnResidualNetwork(
    _ pictures: PipelinePictures, _ components: SubspaceLearningSettings
  ) throws -> (prior: SubspacePrior, steps: Int) {
    let residual = residualSettings
    let learning = try ResidualLearning(
      training: pictures.training, validation: pictures.validation, components: components,
      settings: residual, progress: followLearning)
    report(.finished(.learning))
    let state = try train(
      from: learning.start(), fingerprint: "\(components) \(residual) \(pictures.digest)",
      .trainingResidualNetwork, validation: { .ratios($0) }
    ) { try learning.run(&$0, shouldStop: $1, report: $2, save: $3, saving: $4) }
    report(.started(.deciding))
    let prior = try learning.finish(
      state,
      progress: { report(.progressed(.deciding, completed: Int(100 * $0), total: 100)) })
    report(.finished(.deciding))
    return (prior, state.step)
  }
}
