import DatasetCatalog
import Foundation
import GridPriors
import ImagePriors
import PriorPipelines
import Signals
import TestSupport
import Testing
import Training

/// A grid prior from a folder of pictures, and its evaluation.
@Suite("Grid priors in pipelines", .serialized) struct GridPipelineTests {
  @Test("Training: events in order, the file, the record")
  func training() throws {
    let scenes = try SceneFolder(8)
    let log = EventLog()
    let result = try TrainingPipeline(scenes.settings()).run(
      on: scenes.location, report: log.add)
    #expect(
      log.outline == [
        "indexing {", "indexing", "} indexing", "decoding {", "decoding", "} decoding",
        "training {", "notice", "trained", "} training",
      ])
    #expect(log.trained.map(\.step) == [1, 2, 3, 4])
    guard case .grid(let last) = log.trained.last?.validation else {
      Issue.record("the last update came without validation: \(log.trained)")
      return
    }
    #expect(last.ratios.count == 3)
    let prior = try #require(result.prior as? GridPrior)
    #expect(prior.imageSize == 16)
    #expect(
      log.notices.map(\.description).allSatisfy {
        $0.hasSuffix("validation windows, \(prior.parameterCount) parameters")
      })
    #expect(try GridPrior.read(result.output) == prior)
    #expect(try ImagePriorFile.read(result.output) as? GridPrior == prior)
    let description = try ImagePriorFile.description(of: result.output)
    #expect(description.kind == .grid(widths: [64, 96, 128], cell: 16))
    #expect(
      description.provenance == [
        "program": "a test 1.0",
        "training": "steps 4, seed 1, windows \(result.pictures), batch 2, learning rate 0.001, "
          + "goal relativeError, flips true, noise 0.0",
      ])
    guard case .grid(let validation) = result.measure else {
      Issue.record("measured \(result.measure)")
      return
    }
    let run = try #require(
      try Catalog.open(directory: scenes.location.directory).runs(limit: 1).first)
    let text = try #require(run.result)
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let record = try #require(parsed as? [String: Any])
    #expect(record["steps"] as? Int == 4)
    let found = record["validation_gain_db"] as? Double
    let gain = try #require(found)
    #expect(abs(gain - (validation.gain ?? .nan)) < 1e-12)
    #expect(!scenes.has("model.checkpoint"))
  }

  @Test("A model keeps the range of its collection, and pictures are evaluated in that range")
  func range() throws {
    let scenes = try SceneFolder(8)
    var settings = scenes.settings(steps: 1)
    settings.range = .fixed(try #require(ValueRange(0, 510)))
    let log = EventLog()
    let result = try TrainingPipeline(settings).run(on: scenes.location, report: log.add)
    let catalog = try Catalog.open(directory: scenes.location.directory)
    let scale = try catalog.scale()
    #expect(!scale.isPlain)
    #expect(log.notices.contains(.range(scale, try catalog.rangeChoice())))
    let (prior, stored) = try ImagePriorFile.readWithScale(result.output)
    #expect(stored == scale)

    // Half of an 8-bit range: no value is above 0.5, whether or not the scale is given.
    for given in [stored, nil] {
      let evaluation = try EvaluationPipeline(
        prior, model: "m", on: scenes.location, seed: 1, scale: given)
      let pictures = try evaluation.pictures(of: .train, limit: 2)
      #expect(pictures.images.allSatisfy { $0.values.allSatisfy { $0 <= 0.5 } })
      #expect(pictures.images.contains { $0.values.contains { $0 > 0.25 } })
    }
  }

  @Test("Refinement of one network is refused before any picture is restored")
  func refinement() throws {
    let scenes = try SceneFolder(8)
    let prior = try TrainingPipeline(scenes.settings(steps: 1)).run(on: scenes.location).prior
    let evaluation = try EvaluationPipeline(prior, model: "m", on: scenes.location, seed: 1)
    let pictures = try evaluation.pictures(of: .train, limit: 1)
    #expect(throws: PriorError.gridOfNetworks) {
      _ = try evaluation.compare(
        pictures, contextSizes: [10], withBaselines: true, refinement: FieldRefinement(steps: 1),
        report: { _ in Issue.record("a method was run") })
    }
  }

  @Test("An interrupted run continues to the same file, and no other run continues it")
  func resumed() throws {
    let scenes = try SceneFolder(8)
    _ = try TrainingPipeline(scenes.settings(model: "whole")).run(on: scenes.location)
    var settings = scenes.settings(model: "parts")
    let log = EventLog()
    #expect(
      throws: TrainingPipelineError.interruptedTraining(
        step: 2, checkpoint: scenes.folder.file("parts.checkpoint"))
    ) {
      try TrainingPipeline(settings).run(
        on: scenes.location, shouldStop: { log.trained.last?.step == 2 }, report: log.add)
    }
    #expect(!scenes.has("parts") && scenes.has("parts.checkpoint"))
    settings.resumes = true
    var other = settings
    other.noise = 0.1
    #expect(throws: TrainingError.self) { try TrainingPipeline(other).run(on: scenes.location) }
    other = settings
    other.initialModel = scenes.folder.file("whole")
    #expect(throws: TrainingError.self) { try TrainingPipeline(other).run(on: scenes.location) }
    let after = EventLog()
    _ = try TrainingPipeline(settings).run(on: scenes.location, report: after.add)
    #expect(after.outline.contains("resumed at 2") && after.trained.first?.step == 3)
    #expect(try scenes.contents("parts") == scenes.contents("whole"))
    #expect(!scenes.has("parts.checkpoint"))
  }

  @Test("Training from an initial model keeps its architecture, with windows of another size")
  func initialModel() throws {
    let scenes = try SceneFolder(8)
    var configuration = GridPriorConfiguration(windowSize: 24)
    configuration.widths = [4, 6]
    let initial = GridPrior(configuration, seed: 9)
    try initial.write(to: scenes.folder.file("initial"), overwrite: false)
    var settings = scenes.settings(steps: 2)
    settings.initialModel = scenes.folder.file("initial")
    let result = try TrainingPipeline(settings).run(on: scenes.location)
    let prior = try #require(result.prior as? GridPrior)
    #expect(prior.configuration.widths == [4, 6] && prior.configuration.windowSize == 16)
    let difference = maximumDifference(prior.parameters.values, initial.parameters.values)
    #expect(difference > 0 && difference < 0.02)
    let file = String(decoding: try scenes.contents("model"), as: UTF8.self)
    #expect(file.contains("learning rate 0.0005, goal decibels"))
    settings.initialModel = scenes.folder.file("absent")
    settings.overwrites = true
    #expect(throws: PriorError.self) { try TrainingPipeline(settings).run(on: scenes.location) }
  }

  private func evaluation(
    sizes: [Int] = [32, 24, 40]
  ) throws -> (EvaluationPipeline, EvaluationPictures, SceneFolder) {
    let scenes = try SceneFolder(6, sizes: sizes)
    let catalog = try Catalog.open(
      directory: scenes.location.directory, createIfMissing: true)
    _ = try catalog.index()
    for picture in try catalog.pictures() { _ = try catalog.setSplit(picture.path, to: .test) }
    var configuration = GridPriorConfiguration(windowSize: 16)
    configuration.widths = [4, 6]
    let evaluation = try EvaluationPipeline(
      GridPrior(configuration, seed: 1), model: "m", on: scenes.location, seed: 1)
    return (evaluation, try evaluation.pictures(of: .test), scenes)
  }

  @Test("Whole pictures of different sizes are evaluated with shares of their pixels")
  func evaluated() throws {
    let (evaluation, pictures, scenes) = try evaluation()
    defer { withExtendedLifetime(scenes) {} }
    #expect(Set(pictures.images.map(\.width)) == [32, 24, 40])
    #expect(pictures.names.count == 6)
    #expect(try evaluation.pictures(of: .test, limit: 2).images.count == 2)
    let fractions = try ["10%", "50"].map { try SampleFraction(parsing: $0) }
    let sizes = evaluation.contextSizes(fractions, kind: .random, of: pictures)
    // A tenth of 32x32, 24x24 and 40x40 on average.
    #expect(sizes == [(102 + 58 + 160 + 1) / 3, 50])
    #expect(
      evaluation.contextSizes(fractions, kind: .half, of: pictures)
        == [((512 + 288 + 800) * 2 + 3) / 6])
    let table = try evaluation.compare(
      pictures, contextSizes: sizes, fractions: fractions, kind: .random, withBaselines: true)
    #expect(
      table.rows.filter { $0.points == 50 }.map(\.method)
        == ["nearest", "linear", "biharmonic", "model", "model+pasted"])
    // An untrained grid prior interpolates linearly.
    for points in sizes {
      let own = table.rows.filter { $0.points == points }
      let linear = try #require(own.first { $0.method == "linear" })
      let model = try #require(own.first { $0.method == "model" })
      expectClose(actual: model.mse, expected: linear.mse, relative: 1e-3)
      #expect(model.meanPSNR != nil && model.calibration != nil)
    }
    for name in table.perImage where name.method == "linear" && name.points == sizes[0] {
      let image = pictures.images[name.image]
      let count = fractions[0].count(ofPixels: image.pixelCount)
      // What was hidden is what the error over unobserved pixels is about.
      let hidden = try #require(name.mseUnobserved)
      expectClose(
        actual: name.mse,
        expected: hidden * Double(image.pixelCount - count) / Double(image.pixelCount),
        relative: 1e-4)
    }
  }

  @Test("The best, median and worst picture are restored from the pixels of the table")
  func bestMedianWorst() throws {
    let (evaluation, pictures, scenes) = try evaluation()
    defer { withExtendedLifetime(scenes) {} }
    let fraction = try SampleFraction(parsing: "10%")
    let sizes = evaluation.contextSizes([fraction], kind: .random, of: pictures)
    let table = try evaluation.compare(
      pictures, contextSizes: sizes, fractions: [fraction], withBaselines: false)
    let examples = try evaluation.bestMedianWorst(
      of: table, pictures, points: sizes[0], fraction: fraction, kind: .random)
    let errors = table.bestMedianWorst(method: "model", points: sizes[0])
    #expect(examples.count == 3)
    for (example, error) in pairs(examples, errors) {
      #expect(example.observations.count == fraction.count(ofPixels: example.truth.pixelCount))
      expectClose(
        actual: Quality.meanSquaredError(example.result, example.truth), expected: error.mse,
        relative: 1e-6)
    }
  }

  @Test("Points to measure are compared on pictures of one size")
  func measuring() throws {
    let (mixed, pictures, scenes) = try evaluation()
    defer { withExtendedLifetime(scenes) {} }
    let error = #expect(throws: EvaluationPipelineError.self) {
      try mixed.compareMeasuring(pictures, contextSizes: [10])
    }
    #expect(
      error?.description.hasPrefix(
        "points to measure are compared on pictures of one size, got ") == true)
    let (evaluation, same, others) = try evaluation(sizes: [24])
    defer { withExtendedLifetime(others) {} }
    let study = try evaluation.compareMeasuring(same, contextSizes: [10, 20])
    #expect(study.images == 6 && study.rows.map(\.points) == [5, 10, 20])
  }
}
