import DatasetCatalog
import Foundation
import HyperNetworks
import ImagePriors
import PriorPipelines
import PriorTestSupport
import Signals
import TestSupport
import Testing

/// From a prior and a folder to a table.
@Suite("Evaluation pipeline", .serialized) struct EvaluationPipelineTests {
  private static let methods = ["mean", "nearest", "linear", "biharmonic", "gaussian"]

  /// A collection with a prior that was learned from it.
  private func learned(
    _ kind: TrainingPipelineSettings.Kind
  ) throws -> (FaceFolder, any ImagePrior) {
    let faces = try FaceFolder(60)
    let result = try TrainingPipeline(faces.settings(kind, steps: 2)).run(on: faces.location)
    return (faces, result.prior)
  }

  @Test("A prior of pictures is compared with the baselines")
  func pictures() throws {
    let (faces, prior) = try learned(.subspace(.picture, .never))
    let evaluation = try EvaluationPipeline(prior, model: "m", on: faces.location, seed: 1)
    let pictures = try evaluation.pictures(of: .train, limit: 4)
    #expect(pictures.images.count == 4)
    #expect(pictures.images.allSatisfy { $0.width == 8 && $0.height == 8 && $0.channels == 3 })
    #expect(pictures.names[0].hasPrefix("face-"))
    var events: [EvaluationPipelineEvent] = []
    let table = try evaluation.compare(
      pictures, contextSizes: [10, 20], withBaselines: true,
      refinement: FieldRefinement(steps: 2), report: { events.append($0) })
    #expect(
      table.rows.filter { $0.points == 10 }.map(\.method)
        == Self.methods + ["model", "model+pasted", "model+refined", "model+refined+pasted"])
    let comparisons = 2 * (Self.methods.count + 2)
    #expect(
      events == (1...comparisons).map { .progressed(completed: $0, total: comparisons) })
    let examples = try evaluation.bestMedianWorst(
      of: table, pictures, points: 10, kind: .random)
    #expect(examples.count == 3)
    for example in examples {
      #expect(example.observations.count == 10 && pictures.images.contains(example.truth))
    }
    let errors = table.rows.filter { $0.method == "model" && $0.points == 10 }.map(\.mse)
    let own = examples.map { Quality.meanSquaredError($0.result, $0.truth) }
    #expect(own[0] <= errors[0] && errors[0] <= own[2])
    let study = try evaluation.compareMeasuring(pictures, contextSizes: [10])
    #expect(study.images == 4 && study.rows.last?.points == 10)
  }

  @Test("A prior of windows is evaluated on windows, like the baselines")
  func windows() throws {
    let (faces, prior) = try learned(.subspace(.window, .never))
    let evaluation = try EvaluationPipeline(prior, model: "m", on: faces.location, seed: 1)
    let pictures = try evaluation.pictures(of: .train, limit: 5)
    #expect(pictures.images.count == 5)
    #expect(pictures.images.allSatisfy { $0.width == 8 && $0.height == 8 })
    #expect(pictures.names.allSatisfy { $0.contains("@") })
    let table = try evaluation.compare(pictures, contextSizes: [10], withBaselines: true)
    #expect(table.rows.map(\.method) == Self.methods + ["model", "model+pasted"])
    // Unless limited, 200 windows; each picture gives as many.
    #expect(try evaluation.pictures(of: .train).images.count >= 200)
  }

  @Test("Contexts are fractions or numbers of pixels, and a half observes a half")
  func contextSizes() throws {
    let (faces, prior) = try learned(.subspace(.picture, .never))
    let evaluation = try EvaluationPipeline(prior, model: "m", on: faces.location, seed: 1)
    let fractions = [try SampleFraction(parsing: "10"), try SampleFraction(parsing: "25%")]
    let pictures = try evaluation.pictures(of: .train, limit: 1)
    #expect(evaluation.contextSizes(fractions, kind: .random, of: pictures) == [10, 16])
    #expect(evaluation.contextSizes(fractions, kind: .half, of: pictures) == [32])
  }

  @Test("A prior of fewer pixels than the usual contexts has its baselines", arguments: [2, 3])
  func fewPixels(size: Int) throws {
    let faces = try FaceFolder(60)
    _ = try Catalog.open(directory: faces.location.directory, createIfMissing: true).index()
    var configuration = SmallPrior.configuration(.set, .modulated)
    configuration.imageSize = size
    let prior = HyperNetworkPrior(configuration, seed: 2)
    let evaluation = try EvaluationPipeline(prior, model: "m", on: faces.location, seed: 1)
    let pictures = try evaluation.pictures(of: .train, limit: 2)
    let table = try evaluation.compare(pictures, contextSizes: [1], withBaselines: true)
    #expect(table.rows.map(\.method) == Self.methods + ["model", "model+pasted"])
    #expect(table.rows.allSatisfy { $0.mse.isFinite && $0.mse <= 1 })
  }

  @Test("A hypernetwork prior does not propose points to measure")
  func network() throws {
    let faces = try FaceFolder(10)
    _ = try Catalog.open(directory: faces.location.directory, createIfMissing: true).index()
    let prior = HyperNetworkPrior(SmallPrior.configuration(.set, .modulated), seed: 2)
    let evaluation = try EvaluationPipeline(prior, model: "a.b", on: faces.location, seed: 1)
    let pictures = try evaluation.pictures(of: .train, limit: 2)
    let table = try evaluation.compare(pictures, contextSizes: [5], withBaselines: false)
    #expect(table.rows.map(\.method) == ["model", "model+pasted"])
    let error = #expect(throws: NoPosterior.self) {
      try evaluation.compareMeasuring(pictures, contextSizes: [5])
    }
    #expect(
      error?.description
        == "'a.b' is a hypernetwork prior, which does not propose points to measure; "
        + "train a prior with 'siren-hyper train --prior subspace'")
  }

  @Test("A collection without a catalog is refused")
  func noCatalog() throws {
    let faces = try FaceFolder(2)
    let prior = HyperNetworkPrior(SmallPrior.configuration(.set, .modulated), seed: 2)
    #expect(throws: CatalogError.self) {
      try EvaluationPipeline(prior, model: "m", on: faces.location, seed: 1)
    }
  }

  @Test("The default model is the current folder's, or else the bundled one")
  func defaultPath() throws {
    let folder = try TemporaryFolder()
    let program = folder.file("bin/siren-hyper")
    try folder.makeFolder("Models")
    try folder.write("", to: "Models/faces.safetensors")
    let bundled = try ImagePriorFile.defaultPath(in: folder.path, program: program)
    #expect(bundled.hasSuffix("/faces.safetensors"))
    let own = try folder.write("", to: "prior.safetensors")
    #expect(try ImagePriorFile.defaultPath(in: folder.path, program: program) == own)
  }
}
