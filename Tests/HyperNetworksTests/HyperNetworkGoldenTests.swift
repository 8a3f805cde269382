import DifferentiableCore
import Files
import Foundation
import HyperNetworks
import Signals
import TestSupport
import Testing
import Training

/// The published hypernetwork against recorded runs.
@Suite struct HyperNetworkGoldenTests {
  @Test func followsTheSmallRecord() throws {
    let (run, start) = try Self.small()
    Self.expectAgreement(run.errors(startingFrom: start))
  }

  @Test func aChangedWeightIsDetected() throws {
    let (run, start) = try Self.small()
    for name in ["encoder.layers.2.weight", "hyper.heads.0.2.weight", "hyper.heads.2.4.bias"] {
      var changed = start
      let entry = try #require(start.parameters.layout[name])
      for index in entry.range { changed.parameters.values[index] *= 1.05 }
      let errors = run.errors(startingFrom: changed)
      // Infinite is what cannot be compared at all.
      for error in [errors.output, errors.columns[0]] {
        #expect(error > 1e-4 && error.isFinite, "\(name): \(errors)")
      }
    }
  }

  @Test(
    .enabled(
      if: ReferenceFolder.isAvailable, "set SIREN_REFERENCE and SIREN_REFERENCE_DATA to compare"))
  func followsPyTorch() throws {
    let folder = try #require(ReferenceFolder.fromEnvironment)
    let name = "hypernetwork"
    let run = try folder.record(name, as: TorchRecord.self).run(from: folder)
    let archive = try SafetensorsArchive(data: try folder.weights(name), path: name)
    let errors = run.errors(startingFrom: try run.start(archive))
    print("reference \(name): \(errors)")
    Self.expectAgreement(errors)
  }

  private static func expectAgreement(_ errors: HyperNetworkRun.Errors) {
    #expect(errors.latent < 1e-4, "\(errors)")
    #expect(errors.output < 1e-4, "\(errors)")
    #expect(errors.weight0 < 1e-4, "\(errors)")
    #expect(errors.columns.allSatisfy { $0 < 1e-4 }, "\(errors)")
  }

  private static func small() throws -> (HyperNetworkRun, HyperNetworkPrior) {
    let folder = try #require(Bundle.module.url(forResource: "Goldens", withExtension: nil))
    let record = folder.appendingPathComponent("hypernetwork.json")
    let weights = folder.appendingPathComponent("hypernetwork.safetensors")
    let run = try JSONDecoder().decode(SmallRecord.self, from: try Data(contentsOf: record)).run
    let archive = try SafetensorsArchive(data: try Data(contentsOf: weights), path: weights.path)
    return (run, try run.start(archive))
  }
}

/// The file that `Goldens/make_goldens.py` writes.
private struct SmallRecord: Decodable {
  let size: Int
  let channels: Int
  let latent: Int
  let hyperWidth: Int
  let dims: [Int]
  let learningRate: Float
  let contextIndex: [[Int]]
  let contextCount: [Int]
  let pictures: [Float]
  let initialLatent: [Double]
  let initialOutput: [Double]
  let initialWeight0: [Double]
  let steps: [[Double]]

  var run: HyperNetworkRun {
    let whole = Tensor(pictures, shape: [contextCount.count, size * size, channels])
    return HyperNetworkRun(
      configuration: HyperNetworkRun.configuration(
        size: size, channels: channels, latent: latent, hyperWidth: hyperWidth, dims: dims),
      learningRate: learningRate,
      batch: HyperNetworkRun.batch(
        pictures: whole, coordinates: CoordinateGrid.points(height: size, width: size),
        index: contextIndex, count: contextCount),
      pictures: whole, latent: initialLatent, output: initialOutput, outputStride: 1,
      weight0: initialWeight0, steps: steps)
  }
}

/// The JSON of the run recorded in PyTorch, made on four tiles of a picture.
private struct TorchRecord: Decodable {
  struct Initial: Decodable {
    let latent: [[Double]]
    let output: [[[Double]]]
    let weight0: [[Double]]
  }
  struct Optimizer: Decodable { let lr: Float }

  let adam: Optimizer
  let size: Int
  let context_index: [[Int]]
  let context_count: [Int]
  let dims: [Int]
  let latent: Int
  let hyper_hidden: Int
  let initial: Initial
  let steps: [[Double]]

  func run(from folder: ReferenceFolder) throws -> HyperNetworkRun {
    let channels = 3
    let side = 64
    let picture = try folder.picture("astronaut.png", size: side)
    let tiles = [(1, 1), (1, 2), (2, 1), (2, 2)].flatMap { tileRow, tileColumn in
      (0..<size).flatMap { row -> ArraySlice<Float> in
        let start = ((size * tileRow + row) * side + size * tileColumn) * channels
        return picture[start..<start + size * channels]
      }
    }
    let whole = Tensor(tiles, shape: [context_count.count, size * size, channels])
    return HyperNetworkRun(
      configuration: HyperNetworkRun.configuration(
        size: size, channels: channels, latent: latent, hyperWidth: hyper_hidden, dims: dims),
      learningRate: adam.lr,
      batch: HyperNetworkRun.batch(
        pictures: whole, coordinates: CoordinateGrid.points(height: size, width: size),
        index: context_index, count: context_count),
      pictures: whole, latent: initial.latent.flatMap { $0 },
      output: initial.output.flatMap { $0.flatMap { $0 } }, outputStride: 32,
      weight0: initial.weight0.flatMap { $0 }, steps: steps)
  }
}
