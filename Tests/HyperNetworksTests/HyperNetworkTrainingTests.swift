import DifferentiableCore
import Files
import Foundation
import HyperNetworks
import ImagePriors
import Numerics
import PriorTestSupport
import TestSupport
import Testing
import Training

/// Training runs of a few steps.
@Suite(.serialized) struct HyperNetworkTrainingTests {
  private static let steps = 7

  private func trainer(
    _ configuration: HyperNetworkConfiguration, seed: UInt64 = 1
  ) throws -> HyperNetworkTrainer {
    try HyperNetworkTrainer(
      configuration, training: SmoothPictures(count: 23),
      validation: SmoothPictures(count: 6, seed: 2),
      settings: SmallPrior.settings(configuration, steps: Self.steps, seed: seed))
  }

  private func run(
    _ configuration: HyperNetworkConfiguration, seed: UInt64 = 1
  ) throws -> TrainingState {
    let trainer = try trainer(configuration, seed: seed)
    var state = trainer.start()
    #expect(try trainer.run(&state) == .completed)
    return state
  }

  @Test("The seed decides the result", arguments: EncoderKind.allCases, HeadKind.allCases)
  func theSeedDecides(encoder: EncoderKind, head: HeadKind) throws {
    let configuration = SmallPrior.configuration(encoder, head)
    let first = try run(configuration)
    #expect(first.step == Self.steps)
    #expect(first.parameters != HyperNetworkPrior(configuration, seed: 1).parameters)
    let again = try run(configuration)
    #expect(first.parameters == again.parameters)
    #expect(first.best == again.best)
    #expect(first.optimizer == again.optimizer)
    let other = try run(configuration, seed: 2)
    #expect(first.parameters != other.parameters)
  }

  @Test(
    "The loss taken picture by picture equals the batch's, and so does its gradient",
    arguments: EncoderKind.allCases, HeadKind.allCases)
  func pictureByPicture(encoder: EncoderKind, head: HeadKind) {
    let configuration = SmallPrior.configuration(encoder, head)
    let settings = SmallPrior.settings(configuration, steps: 1)
    let seen = SmallPrior.points(12, pictures: 5, seed: 4)
    let hidden = SmallPrior.points(9, pictures: 5, seed: 5)
    let batch = HyperNetworkBatch(
      contextCoordinates: seen.coordinates, contextValues: seen.values,
      targetCoordinates: hidden.coordinates)
    let views = HyperNetworkPrior(configuration, seed: 3).parameters.views().tracked()
    let share: Float = 0.25
    let loss = HyperNetworkLoss(
      batch, targets: hidden.values, share: share, settings, configuration, views)

    let prediction = HyperNetworkPrior.predict(batch, configuration, views)
    let image = (prediction.values - hidden.values).squared().mean()
    var expected = image
    if head == .full {
      let fields = prediction.fields
      let generated =
        fields.sines.flatMap { [$0.weight, $0.bias] } + [fields.outputWeight, fields.outputBias]
      let count = generated.reduce(0) { $0 + $1.count }
      let weight = generated.map { $0.sumOfSquares() }.reduce(Tensor(0)) { $0 + $1 } / Float(count)
      expected =
        expected + prediction.latent.squared().mean() * settings.latentPenalty
        + weight * settings.weightPenalty
    } else {
      let before = (prediction.unconditioned - hidden.values).squared().mean()
      expected = expected + before * settings.unconditionedWeight
    }
    expected = expected * share
    #expect(abs(loss.total.scalar - expected.scalar) < 1e-5 * expected.scalar)
    #expect(abs(loss.image - share * image.scalar) < 1e-5 * image.scalar)
    let slopes = views.gradient(of: loss.total).flat
    #expect(errorRelativeToLargest(slopes, views.gradient(of: expected).flat) < 1e-4)
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    try expectSameResult(withThreads: [2, 3]) {
      let state = try run(SmallPrior.configuration())
      return [state.best, state.parameters]
    }
  }

  @Test(
    "A run continued from its checkpoint equals an uninterrupted one", arguments: HeadKind.allCases
  )
  func aContinuedRunIsTheSame(head: HeadKind) throws {
    let configuration = SmallPrior.configuration(.attention, head)
    let whole = try run(configuration)
    let trainer = try trainer(configuration)
    let fingerprint = try trainer.fingerprint(pictures: "smooth")
    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint.safetensors")

    var state = trainer.start()
    var stepsMade = 0
    let end = try trainer.run(
      &state, shouldStop: { stepsMade == 3 }, report: { stepsMade = $0.step },
      save: { try TrainingCheckpoint($0, fingerprint: fingerprint).write(to: path) })
    #expect(end == .stopped)
    #expect(state.step == 3)
    let checkpoint = try TrainingCheckpoint.read(
      path, startingFrom: trainer.start(), fingerprint: fingerprint)
    #expect(checkpoint.state == state)
    var continued = checkpoint.state
    #expect(try trainer.run(&continued) == .completed)
    #expect(continued.step == whole.step)
    #expect(continued.parameters == whole.parameters)
    #expect(continued.best == whole.best)
    #expect(continued.optimizer == whole.optimizer)
    #expect(continued.smoothedLoss == whole.smoothedLoss)
    #expect(try folder.names() == ["checkpoint.safetensors"])
  }

  @Test func aCheckpointOfAnotherRunIsRefused() throws {
    let configuration = SmallPrior.configuration()
    let settings = SmallPrior.settings(configuration, steps: 5)
    let trainer = {
      (configuration: HyperNetworkConfiguration, settings: HyperNetworkTrainingSettings) in
      try HyperNetworkTrainer(
        configuration, training: SmoothPictures(count: 4), validation: SmoothPictures(count: 1),
        settings: settings)
    }
    let own = try trainer(configuration, settings)
    let fingerprint = try own.fingerprint(pictures: "some")
    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint.safetensors")
    let state = own.start()
    try TrainingCheckpoint(state, fingerprint: fingerprint).write(to: path)

    var (longer, seeded) = (settings, settings)
    longer.length = .steps(6)
    seeded.seed = 9
    let others = try [
      own.fingerprint(pictures: "others"),
      trainer(SmallPrior.configuration(.set), settings).fingerprint(pictures: "some"),
      trainer(configuration, longer).fingerprint(pictures: "some"),
      trainer(configuration, seeded).fingerprint(pictures: "some"),
    ]
    for other in others {
      let error = #expect(throws: TrainingError.self) {
        try TrainingCheckpoint.read(path, startingFrom: state, fingerprint: other)
      }
      expectOneLine(error, naming: path)
    }

    let prior = folder.file("prior.safetensors")
    try own.best(state).write(to: prior, overwrite: false)
    let error = #expect(throws: TrainingError.self) {
      try TrainingCheckpoint.read(prior, startingFrom: state, fingerprint: fingerprint)
    }
    expectOneLine(error, naming: prior)
    // A checkpoint is not a prior either.
    #expect(throws: PriorError.self) { try HyperNetworkPrior.read(path) }
  }

  @Test("A checkpoint with the old name of its validation count is read")
  func aCheckpointWithTheOldNameIsRead() throws {
    let trainer = try trainer(SmallPrior.configuration())
    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint.safetensors")
    try TrainingCheckpoint(trainer.start(), fingerprint: "own").write(to: path)
    var archive = try SafetensorsArchive(
      data: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    #expect(archive.metadata.removeValue(forKey: "validations_since_best") == "0")
    archive.metadata["judged_since_best"] = "3"
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
    let read = try TrainingCheckpoint.read(
      path, startingFrom: trainer.start(), fingerprint: "own")
    #expect(read.state.average.validationsSinceBest == 3)
  }

  /// Each of these once ended a resumed run in an overflow.
  @Test(
    "A checkpoint with a number out of range is refused",
    arguments: ["step", "optimizer_step", "validations_since_best"],
    ["-1", "4611686018427387904", "9223372036854775807", "9223372036854775808", "1e3", ""])
  func aCheckpointOutOfRangeIsRefused(name: String, value: String) throws {
    try expectRefusedCheckpoint { $0.metadata[name] = value }
  }

  @Test("A checkpoint with a wrong time, score or second moment is refused")
  func aCheckpointOfNoNumbersIsRefused() throws {
    try expectRefusedCheckpoint { $0.metadata["seconds"] = String(Double.infinity.bitPattern) }
    try expectRefusedCheckpoint { $0.metadata["seconds"] = String((-1.0).bitPattern) }
    try expectRefusedCheckpoint { $0.metadata["best_score"] = String(Double.nan.bitPattern) }
    try expectRefusedCheckpoint { archive in
      let place = try #require(
        archive.arrays.firstIndex { $0.name.hasPrefix("second_moment.") })
      let old = archive.arrays[place]
      archive.arrays[place] = .init(
        name: old.name, shape: old.shape, values: [-1] + old.values.dropFirst())
    }
  }

  private func expectRefusedCheckpoint(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout SafetensorsArchive) throws -> Void
  ) throws {
    let trainer = try trainer(SmallPrior.configuration())
    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint.safetensors")
    try TrainingCheckpoint(trainer.start(), fingerprint: "own").write(to: path)
    var archive = try SafetensorsArchive(
      data: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    try change(&archive)
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
    let error = #expect(throws: TrainingError.self, sourceLocation: sourceLocation) {
      try TrainingCheckpoint.read(path, startingFrom: trainer.start(), fingerprint: "own")
    }
    expectOneLine(error, naming: path, sourceLocation: sourceLocation)
  }

  @Test("The best parameters are written, and a run without improvement ends")
  func theBestIsKept() throws {
    // Without a fit of the output layer, which would hide a bad training.
    let configuration = SmallPrior.configuration(.set, .full)
    var settings = SmallPrior.settings(configuration, steps: 120)
    settings.validations = 20
    // The rate is so large that the error soon grows.
    settings.learningRate = 0.3
    settings.gradientLimit = 100
    let trainer = try HyperNetworkTrainer(
      configuration, training: SmoothPictures(count: 12),
      validation: SmoothPictures(count: 8, seed: 2), settings: settings)
    var state = trainer.start()
    var validations: [ValidationResult] = []
    let end = try trainer.run(
      &state, report: { if let result = $0.validation { validations.append(result) } })
    let scores = validations.map { $0.errors.reduce(0) { $0 + log($1.meanSquaredError) } }
    let best = try #require(scores.indices.min { scores[$0] < scores[$1] })
    #expect(try trainer.validate(trainer.best(state)) == validations[best])
    #expect(end == (validations.count - 1 - best >= 10 ? .exhausted : .completed))
    #expect(end == .exhausted && state.step < 120)
  }

  @Test func trainingImprovesThePrediction() throws {
    let configuration = SmallPrior.configuration()
    var settings = SmallPrior.settings(configuration, steps: 200)
    // At 3e-3 rounding alone decides whether a run of this length gets anywhere.
    settings.learningRate = 1e-3
    let trainer = try HyperNetworkTrainer(
      configuration, training: SmoothPictures(count: 40),
      validation: SmoothPictures(count: 16, seed: 2),
      settings: settings)
    var state = trainer.start()
    let before = try trainer.validate(trainer.best(state))
    var validations: [ValidationResult] = []
    let end = try trainer.run(
      &state, report: { if let result = $0.validation { validations += [result] } })
    #expect(end == .completed)
    #expect(validations.count == 2)
    let after = try trainer.validate(trainer.best(state))
    #expect(validations.last == after)
    #expect(after.mean < 0.8 * before.mean)
  }

  @Test func tooFewPicturesAreRefusedInOneLine() {
    let configuration = SmallPrior.configuration()
    let error = #expect(throws: PriorError.self) {
      try HyperNetworkTrainer(
        configuration, training: SmoothPictures(count: 1), validation: SmoothPictures(count: 1),
        settings: SmallPrior.settings(configuration, steps: 1))
    }
    #expect(error == .tooFewPictures(split: "training", count: 1))
  }
}

/// Expects a message of one line that names the file.
func expectOneLine(
  _ error: (any Error)?, naming path: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let error else {
    Issue.record("no error, expected one that names \(path)", sourceLocation: sourceLocation)
    return
  }
  let message = "\(error)"
  #expect(
    !message.contains("\n") && message.contains(path), "\(message)",
    sourceLocation: sourceLocation)
}
