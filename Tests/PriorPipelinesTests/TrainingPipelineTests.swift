import DatasetCatalog
import Files
import Foundation
import HyperNetworks
import ImagePriors
import PriorPipelines
import SubspacePriors
import TestSupport
import Testing
import Training

/// From a folder of pictures to a model file.
@Suite("Training pipeline", .serialized) struct TrainingPipelineTests {
  static let residual = TrainingPipelineSettings.Kind.subspace(.picture, .required)
  static let network = TrainingPipelineSettings.Kind.hypernetwork(
    .attention, .modulated, isConditioned: nil)

  @Test("A subspace prior with a residual network reports events, and writes file and record")
  func subspace() throws {
    let faces = try FaceFolder(200)
    let log = EventLog()
    let pipeline = TrainingPipeline(faces.settings(Self.residual))
    let result = try pipeline.run(on: faces.location, report: log.add)

    let steps = try #require(result.steps)
    // There is little to learn from so few small pictures, so it may end before its time.
    let early = steps < 12 ? ["notice"] : []
    #expect(
      log.outline == [
        "indexing {", "indexing", "} indexing", "decoding {", "decoding", "} decoding",
        "learning {", "notice", "learning", "} learning",
        "trainingResidualNetwork {", "trained", "} trainingResidualNetwork",
      ] + early + ["deciding {", "deciding", "} deciding"])
    #expect(log.trained.map(\.step) == Array(1...steps))
    #expect(log.trained.contains { if case .ratios = $0.validation { true } else { false } })
    #expect(!log.trained.contains { if case .errors = $0.validation { true } else { false } })
    let catalog = try faces.catalog()
    let counts = try [Split.train, .validation].map {
      try catalog.pictures(split: $0, state: .usable).count
    }
    #expect(
      log.notices.first
        == .pictures(
          training: counts[0], validation: counts[1], scope: .picture, parameters: nil))
    #expect(
      "\(log.notices[0])"
        == "\(counts[0]) training pictures, \(counts[1]) validation pictures")

    #expect(result.pictures == counts[0])
    let prior = try #require(result.prior as? SubspacePrior)
    #expect(
      result.measure == .subspace(components: prior.codeLength, codes: prior.codeCount))
    let written = try SubspacePrior.read(result.output)
    #expect(try written.archive() == prior.archive())
    let description = try ImagePriorFile.description(of: result.output)
    #expect(
      description.provenance == [
        "program": "a test 1.0",
        "training": "components \(prior.codeLength), codes \(prior.codeCount), seed 1, "
          + "pictures \(counts[0]), flips true, residual network steps \(steps)",
      ])
    #expect(!faces.has("model.checkpoint"))
    let record = try recorded(faces)
    #expect(record["components"] as? Int == prior.codeLength)
    #expect(record["steps"] as? Int == steps)
    #expect(record["seconds"] as? Double == result.seconds)
  }

  /// The result of the latest run, checked against the settings that it had.
  private func recorded(_ faces: FaceFolder) throws -> [String: Any] {
    let run = try #require(try faces.catalog().runs(limit: 1).first)
    #expect(run.command == "train" && run.arguments == ["train", "--test"])
    #expect(run.modelPath == faces.folder.file("model"))
    #expect(run.finished != nil)
    let text = try #require(run.result)
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(record["model"] as? String == faces.folder.file("model"))
    return record
  }

  @Test("A hypernetwork reports events, and writes file and record")
  func hypernetwork() throws {
    let faces = try FaceFolder(60)
    let log = EventLog()
    let pipeline = TrainingPipeline(faces.settings(Self.network))
    let result = try pipeline.run(on: faces.location, report: log.add)
    let steps = try #require(result.steps)
    // There is little to learn from so few pictures, so it may end before its time.
    let early = steps < 12 ? ["notice"] : []
    #expect(
      log.outline == [
        "indexing {", "indexing", "} indexing", "decoding {", "decoding", "} decoding",
        "training {", "notice", "trained", "} training",
      ] + early)
    #expect(log.trained.map(\.step) == Array(1...steps))
    let last = try #require(log.trained.last)
    guard case .errors(let seen) = last.validation else {
      Issue.record("the last update came without validation: \(last)")
      return
    }
    #expect(seen.mean > 0)
    guard case .hypernetwork(let validation) = result.measure else {
      Issue.record("measured \(result.measure)")
      return
    }
    #expect(validation.mean > 0)
    #expect(
      "\(log.notices[0])".hasSuffix(
        " parameters") && log.notices.count == 1 + early.count)
    let read = try HyperNetworkPrior.read(result.output)
    #expect(read.parameters == (result.prior as? HyperNetworkPrior)?.parameters)
    let description = try ImagePriorFile.description(of: result.output)
    #expect(
      description.provenance == [
        "program": "a test 1.0",
        "training": "steps \(steps), seed 1, pictures \(result.pictures), batch 4, "
          + "learning rate 0.0004, flips true",
      ])
    let record = try self.recorded(faces)
    let recorded = try #require(record["validation_mse"] as? Double)
    #expect(abs(recorded - validation.mean) < 1e-15)
    #expect(record["steps"] as? Int == steps)
  }

  @Test("A prior of windows is computed in closed form, even without a validation split")
  func windows() throws {
    let faces = try FaceFolder(6)
    let kind = TrainingPipelineSettings.Kind.subspace(.window, .never)
    // Content decides the split; all pictures are put where they are learned from.
    _ = try Catalog.open(directory: faces.location.directory, createIfMissing: true).index()
    for picture in try faces.catalog().pictures() {
      _ = try faces.catalog().setSplit(picture.path, to: .train)
    }
    // The lowest quarter of 16 rows has no room for windows of 8.
    #expect(
      throws: CatalogError.noWindow(
        split: .train, size: 8, directory: try faces.catalog().directory)
    ) { try TrainingPipeline(faces.settings(kind)).run(on: faces.location) }
    let other = try #require(try faces.catalog().pictures().first)
    _ = try faces.catalog().setSplit(other.path, to: .validation)
    let log = EventLog()
    let result = try TrainingPipeline(faces.settings(kind)).run(
      on: faces.location, report: log.add)
    #expect(result.prior.scope == .window && result.steps == nil)
    #expect(log.outline.suffix(4) == ["learning {", "notice", "learning", "} learning"])
    let training = try ImagePriorFile.description(of: result.output).provenance["training"]
    #expect(training?.hasSuffix("windows \(result.pictures), flips true") == true)
    #expect("\(log.notices[0])".contains("\(result.pictures) training windows, "))
    let again = faces.settings(kind, model: "again")
    _ = try TrainingPipeline(again).run(on: faces.location)
    #expect(try faces.contents("again") == faces.contents("model"))
  }

  @Test("With too few pictures the residual network is omitted, or refused if requested")
  func tooFew() throws {
    let faces = try FaceFolder(60)
    let log = EventLog()
    let result = try TrainingPipeline(
      faces.settings(.subspace(.picture, .ifPossible))
    ).run(on: faces.location, report: log.add)
    #expect(result.steps == nil)
    #expect(log.notices.last == .residualNetworkLeftOut)
    let plain = faces.settings(.subspace(.picture, .never), model: "plain")
    _ = try TrainingPipeline(plain).run(on: faces.location)
    #expect(try faces.contents("plain") == faces.contents("model"))
    let catalog = try faces.catalog()
    let counts = try [Split.train, .validation].map {
      try catalog.pictures(split: $0, state: .usable).count
    }
    #expect(
      throws: TrainingPipelineError.tooFewForResidualNetwork(
        training: counts[0], validation: counts[1])
    ) {
      try TrainingPipeline(faces.settings(Self.residual, model: "other")).run(on: faces.location)
    }
    #expect(!faces.has("other"))
  }

  @Test(
    "An interrupted and resumed run writes the same file as a whole one",
    arguments: [residual, network])
  func resumed(kind: TrainingPipelineSettings.Kind) throws {
    let faces = try FaceFolder(kind == Self.residual ? 200 : 60)
    _ = try TrainingPipeline(faces.settings(kind, model: "whole")).run(on: faces.location)

    var settings = faces.settings(kind, model: "parts")
    let before = EventLog()
    #expect(
      throws: TrainingPipelineError.interruptedTraining(
        step: 3, checkpoint: faces.folder.file("parts.checkpoint"))
    ) {
      try TrainingPipeline(settings).run(
        on: faces.location, shouldStop: { before.trained.last?.step == 3 }, report: before.add)
    }
    let phase = kind == Self.residual ? "trainingResidualNetwork" : "training"
    #expect(before.outline.last == "} " + phase)
    #expect(!faces.has("parts") && faces.has("parts.checkpoint"))
    #expect(
      throws: TrainingPipelineError.interruptedRunExists(
        checkpoint: faces.folder.file("parts.checkpoint"))
    ) { try TrainingPipeline(settings).run(on: faces.location) }

    settings.resumes = true
    var other = settings
    other.seed = 9
    #expect(throws: TrainingError.self) { try TrainingPipeline(other).run(on: faces.location) }
    let after = EventLog()
    _ = try TrainingPipeline(settings).run(on: faces.location, report: after.add)
    #expect(after.outline.contains("resumed at 3"))
    #expect(after.trained.first?.step == 4)
    #expect(try faces.contents("parts") == faces.contents("whole"))
    #expect(!faces.has("parts.checkpoint"))
  }

  @Test("An output that cannot be written is refused before the work")
  func outputs() throws {
    let faces = try FaceFolder(3)
    var settings = faces.settings(Self.network)
    try faces.folder.write("kept", to: "model")
    let log = EventLog()
    #expect(throws: FileError.self) {
      try TrainingPipeline(settings).run(on: faces.location, report: log.add)
    }
    settings.resumes = true
    #expect(
      throws: TrainingPipelineError.noInterruptedRun(
        checkpoint: faces.folder.file("model.checkpoint"))
    ) { try TrainingPipeline(settings).run(on: faces.location, report: log.add) }
    #expect(log.events.isEmpty)
    #expect(try faces.contents("model") == Data("kept".utf8))
  }

  @Test("A run that is stopped before the training writes nothing and names the phase")
  func stoppedEarly() throws {
    let faces = try FaceFolder(60)
    let settings = faces.settings(.subspace(.picture, .never))
    #expect(throws: TrainingPipelineError.interruptedIndexing) {
      try TrainingPipeline(settings).run(on: faces.location, shouldStop: { true })
    }
    let decoding = EventLog()
    #expect(throws: CatalogError.cancelled) {
      try TrainingPipeline(settings).run(
        on: faces.location, shouldStop: { decoding.outline.contains("decoding {") },
        report: decoding.add)
    }
    #expect(decoding.outline.last == "} decoding")
    let learning = EventLog()
    #expect(throws: TrainingPipelineError.interruptedLearning) {
      try TrainingPipeline(settings).run(
        on: faces.location, shouldStop: { learning.outline.contains("learning {") },
        report: learning.add)
    }
    #expect(learning.outline.last == "learning")
    #expect(try faces.folder.names() == ["faces"])
  }
}
