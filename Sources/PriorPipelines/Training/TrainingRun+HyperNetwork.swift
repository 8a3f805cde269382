import HyperNetworks
import Training

extension TrainingRun {
  /// The trainer of a hypernetwork.
  func trainer(
    _ configuration: HyperNetworkConfiguration, _ pictures: PipelinePictures
  ) throws -> HyperNetworkTrainer {
    var training = HyperNetworkTrainingSettings(
      configuration, length: settings.length, seed: settings.seed)
    if let batchSize = settings.batchSize { training.batchSize = batchSize }
    if let learningRate = settings.learningRate { training.learningRate = learningRate }
    training.mirrors = settings.mirrors
    return try HyperNetworkTrainer(
      configuration, training: pictures.training, validation: pictures.validation,
      settings: training)
  }

  /// Trains a hypernetwork, validates it and writes it.
  func trainHyperNetwork(
    _ configuration: HyperNetworkConfiguration, _ trainer: HyperNetworkTrainer,
    _ pictures: PipelinePictures
  ) throws -> TrainingPipelineResult {
    let state = try train(
      from: trainer.start(), fingerprint: try trainer.fingerprint(pictures: pictures.digest),
      .training,
      opening: .pictures(
        training: pictures.training.count, validation: pictures.validation.count, scope: .picture,
        parameters: configuration.parameterCount),
      validation: { .errors($0) }
    ) { try trainer.run(&$0, shouldStop: $1, report: $2, save: $3, saving: $4) }
    let prior = trainer.best(state)
    let validation = try trainer.validate(prior)
    try write(
      prior,
      training: "steps \(state.step), seed \(settings.seed), "
        + "pictures \(pictures.training.count), batch \(trainer.settings.batchSize), "
        + "learning rate \(trainer.settings.learningRate), flips \(trainer.settings.mirrors)",
      pictures)
    return TrainingPipelineResult(
      prior: prior, output: settings.output, pictures: pictures.training.count, steps: state.step,
      seconds: state.seconds, measure: .hypernetwork(validation))
  }
}
