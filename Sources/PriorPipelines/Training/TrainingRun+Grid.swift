import GridPriors
import Training

extension TrainingRun {
  /// The trainer of a grid prior.
  func gridTrainer(_ pictures: PipelinePictures) throws -> GridTrainer {
    let initial = try settings.initialModel.map { try GridPrior.read($0) }
    var training =
      initial == nil
      ? GridTrainingSettings(length: settings.length) : .adapting(length: settings.length)
    if let batchSize = settings.batchSize { training.batchSize = batchSize }
    if let learningRate = settings.learningRate { training.learningRate = learningRate }
    training.noise = settings.noise
    training.mirrors = settings.mirrors
    training.seed = settings.seed
    var configuration = initial?.configuration ?? GridPriorConfiguration()
    configuration.windowSize = pictures.training.size
    configuration.noise = settings.noise
    return try GridTrainer(
      configuration, training: pictures.training, validation: pictures.validation,
      settings: training, initial: initial)
  }

  /// Trains a grid prior, validates it and writes it.
  func trainGrid(
    _ trainer: GridTrainer, _ pictures: PipelinePictures
  ) throws -> TrainingPipelineResult {
    let state = try train(
      from: trainer.initialState(), fingerprint: try trainer.fingerprint(pictures: pictures.digest),
      .training,
      opening: .pictures(
        training: pictures.training.count, validation: pictures.validation.count, scope: .window,
        parameters: trainer.parameterCount),
      validation: { .grid($0) }
    ) { try trainer.run(&$0, shouldStop: $1, report: $2, save: $3, saving: $4) }
    let prior = try trainer.best(state)
    let validation = try trainer.validation(of: prior)
    try write(
      prior,
      training: "steps \(state.step), seed \(settings.seed), "
        + "windows \(pictures.training.count), batch \(trainer.settings.batchSize), "
        + "learning rate \(trainer.settings.learningRate), goal \(trainer.settings.goal), flips \(trainer.settings.mirrors), "
        + "noise \(trainer.settings.noise)", pictures)
    return TrainingPipelineResult(
      prior: prior, output: settings.output, pictures: pictures.training.count, steps: state.step,
      seconds: state.seconds, measure: .grid(validation))
  }
}
