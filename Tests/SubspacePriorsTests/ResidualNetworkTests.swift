import DifferentiableCore
import Files
import Foundation
import ImagePriors
import Numerics
import PriorPipelines
import Signals
import SubspacePriors
import TestSupport
import Testing
import Training

@Suite("Residual network of the closed form", .serialized) struct ResidualNetworkTests {
  static let training = EdgePictures(count: 200, seed: 1)
  static let validation = EdgePictures(count: 32, seed: 2)

  private static func learning(steps: Int) throws -> ResidualLearning {
    var components = SubspaceLearningSettings()
    components.mirrors = false
    var settings = ResidualSettings(length: .steps(steps))
    settings.batchSize = 8
    settings.mirrors = false
    settings.validations = 4
    return try ResidualLearning(
      training: training, validation: validation, components: components, settings: settings)
  }

  private static let learned = Result { () throws -> SubspacePrior in
    let run = try learning(steps: 400)
    var state = run.start()
    _ = try run.run(&state)
    return try run.finish(state)
  }

  /// Mean squared error over pictures that nothing was learned from.
  private func error(_ prior: SubspacePrior, points: Int) throws -> Double {
    let pictures = EdgePictures(count: 200, seed: 3)
    let errors = try (0..<pictures.count).map { index in
      let picture = Image(width: 12, height: 12, channels: 1, values: pictures.values(at: index))
      let seen = RandomContext.observations(
        of: picture, imageIndex: index, count: points, seed: 7)
      let posterior = try prior.posterior(seen, width: 12, height: 12, withUncertainty: false)
      return Quality.meanSquaredError(posterior.image(width: 12, height: 12), picture)
    }
    return errors.reduce(0, +) / Double(errors.count)
  }

  @Test("The residual network reduces the error of the closed form")
  func betterThanTheFormula() throws {
    let learning = try Self.learning(steps: 400)
    var state = learning.start()
    var validations: [ResidualValidation] = []
    #expect(
      try learning.run(
        &state,
        report: { event in
          if let validation = event.validation { validations.append(validation) }
        }) == .completed)
    #expect(validations.count == 4)
    #expect(validations.allSatisfy { $0.ratios.map(\.points) == [1, 14, 43] })
    let middle = validations.map { $0.ratios[1].ratio }
    #expect((middle.min() ?? 1) < 0.99, "\(middle)")
    // Neighbours are of no use here, so the network alone improves new pictures.
    let prior = try Self.learned.get()
    let (own, formula) = (try error(prior, points: 14), try error(prior.gaussian, points: 14))
    #expect(own < formula, "\(own) against \(formula)")
  }

  @Test(
    "A network is validated once with each number of points",
    arguments: [
      (32, 1_024, [10, 102, 307]), (64, 1_024, [41, 410, 1_024]), (128, 1_024, [164, 1_024]),
      (3, 9, [1, 3]),
    ])
  func validationPoints(side: Int, functions: Int, expected: [Int]) {
    #expect(
      ResidualLearning.validationPoints(pixels: side * side, functions: functions) == expected)
  }

  @Test("Observed values are kept, and the order of the points has no effect")
  func observations() throws {
    let prior = try Self.learned.get()
    let picture = Image(
      width: 12, height: 12, channels: 1,
      values: EdgePictures(count: 1, seed: 9).values(at: 0))
    let seen = RandomContext.observations(of: picture, imageIndex: 0, count: 30, seed: 1)
    let order = Array((0..<30).reversed())
    let turned = PixelObservations(
      channels: 1, positions: order.flatMap { seen.positions[2 * $0..<2 * $0 + 2] },
      values: order.map { seen.values[$0] })
    let posterior = try prior.posterior(seen, width: 12, height: 12)
    #expect(try prior.posterior(turned, width: 12, height: 12).field == posterior.field)
    let restored = posterior.image(width: 12, height: 12)
    for point in 0..<seen.count {
      let (row, column) = (Int(seen.positions[2 * point]), Int(seen.positions[2 * point + 1]))
      #expect(abs(restored[row, column, 0] - seen.values[point]) < 0.1)
    }
    // Points beyond the border and between the pixels are accepted too.
    let odd = PixelObservations(
      channels: 1, positions: [-0.5, 11.5, 3.3, 4.7, 1e9, 0], values: [0.2, 0.8, 0.5])
    let field = try prior.posterior(odd, width: 12, height: 12).field
    #expect(field.parameters.values.allSatisfy { $0.isFinite })
  }

  @Test(
    "A network is shown the same neighbours when it learns and when it restores",
    arguments: [3, 40, 120])
  func neighbours(points: Int) throws {
    let prior = try Self.learned.get()
    let picture = Image(
      width: 12, height: 12, channels: 1,
      values: EdgePictures(count: 1, seed: 9).values(at: 0))
    let mask = PixelMask.random(width: 12, height: 12, keeping: points, seed: 3)
    let restoring = try #require(
      try prior.residualInputs(of: mask.observations(of: picture), width: 12, height: 12))
    // 200 pictures, of which each half's network sees 100: the 50 nearest.
    let learning = try ResidualContext(prior, ResidualGrid(prior), mask, neighbourhood: 50)
      .inputs(of: [EdgePictures(count: 1, seed: 8).values(at: 0), picture.values])[1]
    let near = try #require(restoring.neighbours).values
    #expect(near.count == 144 && near.contains { abs($0) > 0.05 })
    let learned = try #require(learning.neighbours).values
    expectClose(actual: near, expected: learned, absolute: 2e-3)
    expectClose(actual: restoring.gaussian, expected: learning.gaussian, absolute: 1e-4)
    #expect(restoring.mask == learning.mask && restoring.observed == learning.observed)
    let none = try ResidualContext(prior, ResidualGrid(prior), mask)
    #expect(try none.inputs(of: [picture.values])[0].neighbours == nil)
  }

  @Test("Intervals of 90% contain about 90% of the values")
  func intervals() throws {
    let prior = try Self.learned.get()
    let pictures = EdgePictures(count: 24, seed: 4)
    var (held, total) = (0, 0)
    for index in 0..<pictures.count {
      let picture = Image(width: 12, height: 12, channels: 1, values: pictures.values(at: index))
      let mask = RandomContext.mask(for: picture, imageIndex: index, count: 30, seed: 7)
      let posterior = try prior.posterior(
        mask.observations(of: picture), width: 12, height: 12)
      let image = posterior.image(width: 12, height: 12)
      let variance = try posterior.variance(width: 12, height: 12)
      for place in image.values.indices where mask.missing[place] {
        total += 1
        let away = abs(image.values[place] - picture.values[place])
        held += away <= 1.645 * variance[place].squareRoot() ? 1 : 0
      }
    }
    #expect((0.8...0.97).contains(Double(held) / Double(total)), "\(held) of \(total)")
  }

  @Test("Drawn pictures spread at each pixel as the intervals say")
  func spread() throws {
    let prior = try Self.learned.get()
    let picture = Image(
      width: 12, height: 12, channels: 1, values: EdgePictures(count: 1, seed: 9).values(at: 0))
    let mask = RandomContext.mask(for: picture, imageIndex: 0, count: 30, seed: 7)
    let posterior = try prior.posterior(mask.observations(of: picture), width: 12, height: 12)
    let drawn = try posterior.widenedSamples(600, seed: 3, width: 12, height: 12)
    let said = try posterior.variance(width: 12, height: 12).map(Double.init)
    var squares = 0.0
    for place in said.indices where mask.missing[place] {
      let values: [Double] = drawn.map { Double($0[place]) }
      let mean = values.reduce(0, +) / 600
      let away: [Double] = values.map { ($0 - mean) * ($0 - mean) }
      let variance = away.reduce(0, +) / 600
      // The noise of a measurement, 1e-4, is part of the intervals alone and matters little where values are unknown.
      squares += pow(log(variance / said[place]), 2)
    }
    let missing = mask.missing.count { $0 }
    #expect((squares / Double(missing)).squareRoot() < 0.5)
    // What is drawn as pictures is the same, clipped.
    let pictures = try posterior.pictures(2, seed: 3, width: 12, height: 12)
    for (picture, values) in zip(pictures, drawn) {
      let clipped: [Float] = values.map { min(1, max(0, $0)) }
      #expect(picture.values == clipped)
    }
  }

  @Test("The result depends neither on the number of threads nor on an interruption")
  func repeatable() throws {
    let learning = try Self.learning(steps: 12)
    let file = try expectSameResult(withThreads: [3]) {
      let learning = try Self.learning(steps: 12)
      var whole = learning.start()
      #expect(try learning.run(&whole) == .completed)
      return try learning.finish(whole).archive()
    }
    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint")
    let again = try Self.learning(steps: 12)
    var first = again.start()
    var made = 0
    let end = try again.run(
      &first, shouldStop: { made == 1 }, report: { made = $0.step },
      save: { try TrainingCheckpoint($0, fingerprint: "own").write(to: path) })
    #expect(end == .stopped && first.step == 1)
    var rest = try TrainingCheckpoint.read(
      path, startingFrom: again.start(), fingerprint: "own"
    ).state
    #expect(rest.step == 1)
    #expect(try again.run(&rest) == .completed)
    #expect(try learning.finish(rest).archive() == file)
    #expect(throws: TrainingError.self) {
      try TrainingCheckpoint.read(path, startingFrom: again.start(), fingerprint: "other")
    }
  }

  @Test("A prior with a residual network reads back equal, and a damaged one is refused")
  func files() throws {
    let prior = try Self.learned.get()
    let archive = try prior.archive()
    let folder = try TemporaryFolder()
    let path = folder.file("prior.safetensors")
    try prior.write(to: path, overwrite: false)
    let read = try SubspacePrior.read(path)
    #expect(try read.archive() == archive)
    let earlier = folder.file("earlier.safetensors")
    try AtomicFile.write(
      try archive.withEarlierNames().encoded(), to: earlier, overwrite: false)
    #expect(try SubspacePrior.read(earlier) == read)
    let kernels = archive.arrays.filter { $0.name.hasPrefix("residual_network.") }
    #expect(kernels.count > 20)
    var damaged = [archive, archive, archive, archive]
    damaged[0].arrays.removeAll { $0.name == kernels[0].name }
    damaged[1].arrays = archive.arrays.map { own in
      own.name == kernels[1].name
        ? .init(name: own.name, shape: own.shape, values: own.values.map { _ in Float.nan }) : own
    }
    damaged[2].metadata["configuration"] = archive.metadata["configuration"]?.replacingOccurrences(
      of: "\"patch\":2", with: "\"patch\":1000000")
    // More neighbours than there are codes.
    damaged[3].metadata["configuration"] = archive.metadata["configuration"]?.replacingOccurrences(
      of: "\"neighbourhood\":50", with: "\"neighbourhood\":2000")
    for other in damaged {
      try AtomicFile.write(try other.encoded(), to: path, overwrite: true)
      #expect(throws: PriorError.self) { try ImagePriorFile.read(path) }
    }
  }

  @Test("Too few pictures are refused")
  func tooFew() throws {
    #expect(throws: PriorError.tooFewPictures(split: "validation", count: 3)) {
      try ResidualLearning(
        training: Self.training,
        validation: EdgePictures(count: 3, seed: 2),
        components: SubspaceLearningSettings(), settings: ResidualSettings(length: .steps(1)))
    }
  }
}
