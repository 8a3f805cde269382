import DatasetCatalog
import Foundation
import GridPriors
import HyperNetworks
import Numerics
import PriorPipelines
import TestSupport
import Testing
import Training

/// What trainings leave in the catalog, and what it says of them.
@Suite("Recorded trainings", .serialized) struct RunRecordingTests {
  private struct Busy: Error, CustomStringConvertible {
    var description: String { "busy" }
  }

  /// The validations that a log has seen, as a catalog records them.
  private func expected(_ log: EventLog) -> [(step: Int, value: Double)] {
    log.trained.compactMap { event in
      event.validation?.summary.map { (event.step, $0.value) }
    }
  }

  @Test("A training records its settings and one row per validation")
  func hypernetwork() throws {
    let faces = try FaceFolder(60)
    let log = EventLog()
    let result = try TrainingPipeline(faces.settings(TrainingPipelineTests.network)).run(
      on: faces.location, report: log.add)
    let run = try RecordedRun(1, in: try faces.catalog())
    let expected = expected(log)
    #expect(expected.count > 2)
    #expect(run.validations.map(\.step) == expected.map(\.step))
    #expect(run.validations.map(\.value) == expected.map(\.value))
    let first = try #require(run.validations.first)
    #expect(first.measure == "mse")
    #expect(first.parts.count > 1 && first.parts.allSatisfy { $0.observed.hasSuffix(" points") })
    #expect(first.loss == log.trained[first.step - 1].update.loss)
    let rate = try #require(first.learningRate)
    #expect(rate > 0 && rate <= 4e-4)
    #expect(run.validations.map(\.seconds) == run.validations.map(\.seconds).sorted())

    #expect(run.state == .finished && run.kind == "hypernetwork")
    #expect(run.pictures == result.pictures && run.steps == result.steps)
    #expect(run.seconds == result.seconds)
    #expect(run.modelState == .present)
    let names = run.settings.mapValues(\.description)
    #expect(names["batch"] == "4" && names["learning rate"] == "0.0004" && names["seed"] == "1")
    #expect(names["length"] == "12 steps" && names["size"] == "8" && names["head"] == "modulated")
    #expect(run.best?.value == expected.map(\.value).min())
    try FileManager.default.removeItem(atPath: result.output)
    #expect(run.modelState == .gone)
  }

  /// The events of a training that is interrupted after five updates.
  private func interrupted(_ settings: TrainingPipelineSettings, _ faces: FaceFolder) -> EventLog {
    let log = EventLog()
    #expect(throws: TrainingPipelineError.self) {
      try TrainingPipeline(settings).run(
        on: faces.location, shouldStop: { log.trained.last?.step == 5 }, report: log.add)
    }
    return log
  }

  @Test("A resumed training continues the curve of the interrupted one")
  func resumed() throws {
    let faces = try FaceFolder(60)
    var settings = faces.settings(TrainingPipelineTests.network)
    let before = interrupted(settings, faces)
    let first = try RecordedRun(1, in: try faces.catalog())
    #expect(first.state.word == "interrupted")
    #expect(first.record.failure?.hasPrefix("interrupted at step 5, the state is saved in") == true)
    #expect(first.record.finished != nil && first.modelState == .unwritten)
    #expect(first.steps == first.validations.last?.step)

    settings.resumes = true
    let after = EventLog()
    _ = try TrainingPipeline(settings).run(on: faces.location, report: after.add)
    let second = try RecordedRun(2, in: try faces.catalog())
    #expect(second.record.continues == 1 && second.state == .finished)
    let all = expected(before) + expected(after)
    #expect(!expected(before).isEmpty && !expected(after).isEmpty)
    #expect(second.validations.map(\.step) == all.map(\.step))
    #expect(second.validations.map(\.value) == all.map(\.value))
    #expect(RunComparison([first, second]).differences.isEmpty)
  }

  @Test("A refused request to continue is no part of the curve")
  func refused() throws {
    let faces = try FaceFolder(60)
    var settings = faces.settings(TrainingPipelineTests.network)
    _ = interrupted(settings, faces)
    settings.resumes = true
    var other = settings
    other.seed = 9
    #expect(throws: TrainingError.self) { try TrainingPipeline(other).run(on: faces.location) }
    let second = try RecordedRun(2, in: try faces.catalog())
    #expect(second.record.failure != nil && second.record.continues == nil)
    #expect(second.validations.isEmpty)
    _ = try TrainingPipeline(settings).run(on: faces.location)
    #expect(try RecordedRun(3, in: try faces.catalog()).record.continues == 1)
  }

  @Test("Ratios and gains are recorded for the other kinds", .timeLimit(.minutes(1)))
  func otherKinds() throws {
    let faces = try FaceFolder(200)
    let log = EventLog()
    let result = try TrainingPipeline(faces.settings(TrainingPipelineTests.residual)).run(
      on: faces.location, report: log.add)
    let run = try RecordedRun(1, in: try faces.catalog())
    #expect(run.kind == "subspace" && run.measure == .errorRatio)
    #expect(run.validations.map(\.value) == expected(log).map(\.value))
    #expect(run.settings["residual network"] == .flag(true))
    #expect(run.steps == result.steps)
    guard case .subspace(let components, let codes) = result.measure else {
      Issue.record("measured \(result.measure)")
      return
    }
    #expect(run.subspace?.components == components && run.subspace?.codes == codes)

    let plain = faces.settings(.subspace(.picture, .never), model: "plain")
    _ = try TrainingPipeline(plain).run(on: faces.location)
    let second = try RecordedRun(2, in: try faces.catalog())
    #expect(second.validations.isEmpty && second.validation == nil && second.steps == nil)
    #expect(second.settings["length"] == nil)
    let differences = RunComparison([run, second]).differences.map(\.name)
    #expect(differences == ["batch", "learning rate", "length", "residual network"])

    let scenes = try SceneFolder(8)
    let gains = EventLog()
    _ = try TrainingPipeline(scenes.settings()).run(on: scenes.location, report: gains.add)
    let grid = try RecordedRun(
      1, in: try Catalog.open(directory: scenes.location.directory))
    #expect(grid.kind == "grid" && grid.measure == .gain)
    #expect(grid.validations.map(\.value) == expected(gains).map(\.value))
    let last = try #require(grid.validations.last)
    #expect(last.parts.map(\.observed) == ["5%", "10%", "20%"])
    #expect(abs(last.parts.map(\.value).reduce(0, +) / 3 - last.value) < 1e-9)
    #expect(grid.validation?.text.hasSuffix(" dB") == true)
  }

  @Test("A catalog that cannot record validations is reported, and they come later")
  func busyCatalog() throws {
    let faces = try FaceFolder(60)
    let attempts = Guarded(0)
    var storage = TrainingStorage.system
    storage.recordValidations = { catalog, run, validations in
      let attempt = attempts.withLock {
        $0 += 1
        return $0
      }
      if attempt == 1 { throw Busy() }
      try catalog.recordValidations(validations, of: run)
    }
    let log = EventLog()
    let settings = faces.settings(TrainingPipelineTests.network)
    _ = try TrainingPipeline(settings, storage: storage).run(on: faces.location, report: log.add)
    #expect(log.notices.filter(\.isWarning) == [.validationsNotRecorded(reason: "busy")])
    let run = try RecordedRun(1, in: try faces.catalog())
    #expect(run.validations.map(\.value) == expected(log).map(\.value))
    // The next attempt is a minute later, or at the end.
    #expect(attempts.withLock { $0 } == 2)
  }

  @Test("After a failure the next attempt is a minute later")
  func attempts() {
    var (now, isFull) = (0.0, true)
    var (recorded, failures): ([[Int]], Int) = ([], 0)
    let recorder = ValidationRecorder(
      record: { validations in
        if isFull { throw Busy() }
        recorded.append(validations.map(\.step))
      }, failed: { _ in failures += 1 }, clock: { now })
    func add(_ step: Int) {
      recorder.add(RunValidation(step: step, seconds: 0, measure: "mse", value: 1))
    }
    add(1)
    now = 59
    isFull = false
    add(2)
    #expect(recorded.isEmpty && failures == 1)
    now = 60
    add(3)
    add(4)
    recorder.finish()
    #expect(recorded == [[1, 2, 3], [4]] && failures == 1)
  }

  // MARK: Records of earlier versions

  private func earlier(_ arguments: [String], result: String?) throws -> RecordedRun {
    let faces = try FaceFolder(3)
    let catalog = try Catalog.open(directory: faces.location.directory, createIfMissing: true)
    let id = try catalog.startRun(command: "train", arguments: arguments, modelPath: "m")
    if let result { try catalog.finishRun(id, result: result) }
    return try RecordedRun(id, in: catalog)
  }

  @Test("Records without settings say what their command line and result say")
  func earlierRecords() throws {
    let run = try earlier(
      ["train", "--dataset", "faces", "--steps=30", "--no-flips", "-o", "m", "--noise", "-0.5"],
      result: #"{"model":"m","seconds":2.5,"steps":30,"validation_gain_db":1.25}"#)
    #expect(
      run.settings == [
        "dataset": .text("faces"), "steps": .text("30"), "no-flips": .flag(true), "o": .text("m"),
        "noise": .number(-0.5),
      ])
    #expect(run.kind == "grid" && run.pictures == nil && run.steps == 30 && run.seconds == 2.5)
    #expect(run.validation?.text == "+1.25 dB" && run.best == nil)
    #expect(run.modelState == .unknown)
    let network = try earlier([], result: #"{"validation_mse":"nan","steps":1}"#)
    #expect(network.kind == "hypernetwork" && network.validation == nil)
    let subspace = try earlier([], result: #"{"components":3,"codes":4}"#)
    #expect(subspace.kind == "subspace" && subspace.subspace?.codes == 4)
    // Anything else is a result without numbers.
    for text in ["[]", "3", #"{"steps":"many"}"#, #"{"steps":1e300}"#] {
      let odd = try earlier([], result: text)
      #expect(odd.state == .finished && odd.steps == nil && odd.kind == nil)
    }
    let open = try earlier([], result: nil)
    #expect(open.state == .open && open.seconds == nil && open.modelState == .unwritten)
  }

  @Test("Differences have the values of every run, the kind of prior first")
  func differences() throws {
    let faces = try FaceFolder(3)
    let catalog = try Catalog.open(directory: faces.location.directory, createIfMissing: true)
    let settings: [[String: RunSetting]] = [
      ["prior": .text("grid"), "batch": .number(8), "seed": .text("1")],
      ["prior": .text("subspace"), "seed": .text("1")],
    ]
    let runs = try settings.map {
      try RecordedRun(
        catalog.startRun(command: "train", arguments: [], settings: $0), in: catalog)
    }
    let comparison = RunComparison(runs)
    #expect(comparison.differences.map(\.name) == ["prior", "batch"])
    #expect(comparison.differences[1].values == [.number(8), nil])
    #expect(RunComparison([runs[0], runs[0]]).differences.isEmpty)
  }
}
