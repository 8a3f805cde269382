import DifferentiableCore
import HyperPrior
import TestSupport
import Testing

/// Training runs of a few steps.
@Suite(.serialized) struct PriorTrainingTests {
  private static let steps = 7

  private func trainer(
    _ configuration: PriorConfiguration, seed: UInt64 = 1
  ) throws -> PriorTrainer {
    try PriorTrainer(
      training: SmoothPictures(count: 23), validation: SmoothPictures(count: 6, seed: 2),
      settings: SmallPrior.settings(configuration, steps: Self.steps, seed: seed))
  }

  private func run(
    _ configuration: PriorConfiguration, seed: UInt64 = 1
  ) throws -> TrainingState {
    var state = TrainingState(configuration, seed: seed)
    #expect(try trainer(configuration, seed: seed).run(&state))
    return state
  }

  @Test("The seed decides the result", arguments: EncoderKind.allCases, HeadKind.allCases)
  func theSeedDecides(encoder: EncoderKind, head: HeadKind) throws {
    let configuration = SmallPrior.configuration(encoder, head)
    let first = try run(configuration)
    #expect(first.step == Self.steps)
    #expect(first.model != PriorModel(configuration, seed: 1))
    let again = try run(configuration)
    #expect(first.model == again.model)
    #expect(first.optimizer == again.optimizer)
    let other = try run(configuration, seed: 2)
    #expect(first.model != other.model)
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    let models = try [1, 3].map { threads in
      Parallel.threadCount = threads
      return try run(SmallPrior.configuration()).model
    }
    #expect(models[0] == models[1])
  }

  @Test(
    "A run continued from its checkpoint ends as if never interrupted", arguments: HeadKind.allCases
  )
  func aContinuedRunIsTheSame(head: HeadKind) throws {
    let configuration = SmallPrior.configuration(.attention, head)
    let whole = try run(configuration)
    let trainer = try trainer(configuration)
    let fingerprint = try TrainingCheckpoint.fingerprint(
      configuration, trainer.settings, pictures: "smooth")
    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint.safetensors")

    var state = TrainingState(configuration, seed: 1)
    var stepsMade = 0
    let complete = try trainer.run(
      &state, shouldStop: { stepsMade == 3 }, report: { stepsMade = $0.step },
      save: { try TrainingCheckpoint($0, fingerprint: fingerprint).write(to: path) })
    #expect(!complete)
    #expect(state.step == 3)
    let checkpoint = try TrainingCheckpoint.read(
      path, configuration: configuration, fingerprint: fingerprint)
    #expect(checkpoint.state == state)
    var continued = checkpoint.state
    #expect(try trainer.run(&continued))
    #expect(continued.step == whole.step)
    #expect(continued.model == whole.model)
    #expect(continued.optimizer == whole.optimizer)
    #expect(continued.smoothedLoss == whole.smoothedLoss)
    #expect(try folder.names() == ["checkpoint.safetensors"])
  }

  @Test func aCheckpointOfAnotherRunIsRefused() throws {
    let configuration = SmallPrior.configuration()
    let settings = SmallPrior.settings(configuration, steps: 5)
    let fingerprint = try TrainingCheckpoint.fingerprint(
      configuration, settings, pictures: "some")
    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint.safetensors")
    let state = TrainingState(configuration, seed: 1)
    try TrainingCheckpoint(state, fingerprint: fingerprint).write(to: path)

    var others = try [
      TrainingCheckpoint.fingerprint(configuration, settings, pictures: "others"),
      TrainingCheckpoint.fingerprint(
        SmallPrior.configuration(.set), settings, pictures: "some"),
    ]
    var longer = settings
    longer.length = .steps(6)
    var seeded = settings
    seeded.seed = 9
    others += try [longer, seeded].map {
      try TrainingCheckpoint.fingerprint(configuration, $0, pictures: "some")
    }
    for other in others {
      let error = #expect(throws: PriorError.self) {
        try TrainingCheckpoint.read(path, configuration: configuration, fingerprint: other)
      }
      expectOneLine(error, naming: path)
    }

    let prior = folder.file("prior.safetensors")
    try state.model.write(to: prior, overwrite: false)
    let error = #expect(throws: PriorError.self) {
      try TrainingCheckpoint.read(prior, configuration: configuration, fingerprint: fingerprint)
    }
    expectOneLine(error, naming: prior)
    // Nor is a checkpoint a prior.
    #expect(throws: PriorError.self) { try PriorModel.read(path) }
  }

  @Test func trainingImprovesThePrediction() throws {
    let configuration = SmallPrior.configuration()
    var settings = SmallPrior.settings(configuration, steps: 200)
    settings.learningRate = 3e-3
    let trainer = try PriorTrainer(
      training: SmoothPictures(count: 40), validation: SmoothPictures(count: 16, seed: 2),
      settings: settings)
    var state = TrainingState(configuration, seed: 1)
    let before = trainer.validate(state.model)
    var validations: [ValidationResult] = []
    #expect(
      try trainer.run(&state, report: { if let result = $0.validation { validations += [result] } })
    )
    #expect(validations.count == 2)
    #expect(validations.last == trainer.validate(state.model))
    #expect(trainer.validate(state.model).mean < 0.8 * before.mean)
  }

  @Test func tooFewPicturesAreRefusedInOneLine() {
    let configuration = SmallPrior.configuration()
    let error = #expect(throws: PriorError.self) {
      try PriorTrainer(
        training: SmoothPictures(count: 1), validation: SmoothPictures(count: 1),
        settings: SmallPrior.settings(configuration, steps: 1))
    }
    #expect(error == .tooFewPictures(split: "training", count: 1))
  }
}

/// Expects a message of one line that names the file.
func expectOneLine(
  _ error: (any Error)?, naming path: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let error else { return }
  let message = "\(error)"
  #expect(
    !message.contains("\n") && message.contains(path), "\(message)",
    sourceLocation: sourceLocation)
}
