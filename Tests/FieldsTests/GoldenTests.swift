import DifferentiableCore
import Fields
import Files
import Foundation
import Testing
import Training

/// Small runs recorded with an automatic differentiation that shares no code with this one.
@Suite struct GoldenTests {
  static let names = ["image", "image_rgb", "audio", "poisson_gradient", "poisson_laplacian"]

  @Test(
    "Derivatives and training follow the recorded run", arguments: names, GoldenRun.Path.allCases)
  func followsTheRecord(name: String, path: GoldenRun.Path) throws {
    let (run, start) = try Self.load(name)
    let errors = run.errors(startingFrom: start, path)
    #expect(errors.value < 1e-4, "\(name): \(errors)")
    #expect(errors.gradient < 1e-4, "\(name): \(errors)")
    #expect(errors.laplacian < 1e-4, "\(name): \(errors)")
    #expect(errors.losses < run.lossTolerance, "\(name): \(errors)")
  }

  @Test(
    "A weight that is 1% wrong is detected", arguments: names,
    GoldenRun.Path.allCases)
  func changesAreNoticed(name: String, path: GoldenRun.Path) throws {
    let (run, start) = try Self.load(name)
    var changed = start
    let weight = try #require(start.parameters.layout["net.1.linear.weight"])
    for index in weight.range { changed.parameters.values[index] *= 1.01 }
    let errors = run.errors(startingFrom: changed, path)
    // Infinite is what cannot be compared at all.
    for error in [errors.value, errors.gradient, errors.laplacian] {
      #expect(error > 1e-4 && error.isFinite, "\(name): \(errors)")
    }
    #expect(errors.losses > run.lossTolerance && errors.losses.isFinite, "\(name): \(errors)")
  }

  @Test("A learning rate that is 10% wrong is detected", arguments: names)
  func anotherRateIsNoticed(name: String) throws {
    let (run, start) = try Self.load(name)
    let losses = run.errors(startingFrom: start, .fused, rateFactor: 1.1).losses
    #expect(losses > run.lossTolerance && losses.isFinite)
  }

  private static func load(_ name: String) throws -> (GoldenRun, Siren) {
    let folder = try #require(Bundle.module.url(forResource: "Goldens", withExtension: nil))
    let record = folder.appendingPathComponent("\(name).json")
    let weights = folder.appendingPathComponent("\(name).safetensors")
    let run = try JSONDecoder().decode(GoldenRun.self, from: try Data(contentsOf: record))
    let archive = try SafetensorsArchive(data: try Data(contentsOf: weights), path: weights.path)
    return (run, try run.start(archive))
  }
}
