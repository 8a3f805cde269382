import Fields
import Foundation
import GridPriors
import ImagePriors
import Interpolation
import Numerics
import PriorPipelines
import PriorTestSupport
import Signals
import Synchronization
import TestSupport
import Testing

/// A method that restores what a function says, and counts how often and how large.
private final class FixedPrior: ImagePrior, Sendable {
  let imageSize = 8
  let channels: Int
  let keepsChannels: Bool
  let scope = PriorScope.picture
  let kind = PriorKind.interpolation("fixed")
  private let value: @Sendable (PixelObservations, Int, Int) -> Float
  private let calls = Mutex<[(width: Int, height: Int, points: Int)]>([])

  init(
    channels: Int = 3, keepsChannels: Bool = true,
    _ value: @escaping @Sendable (PixelObservations, Int, Int) -> Float
  ) {
    (self.channels, self.keepsChannels, self.value) = (channels, keepsChannels, value)
  }

  var sizes: [(width: Int, height: Int, points: Int)] { calls.withLock { $0 } }

  func field(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> Siren { throw PriorError.gridOfNetworks }

  func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] { throw PriorError.gridOfNetworks }

  func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    calls.withLock { $0.append((width, height, observations.count)) }
    var image = Image(width: width, height: height, channels: observations.channels)
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<image.channels {
          image[row, column, channel] = value(observations, row, column)
        }
      }
    }
    return Inpainting(nil, rendered: image, observations)
  }
}

/// Which method restores a picture best, by its own observations.
@Suite("Choice of a method by evidence") struct MethodEvidenceTests {
  private let linear = MethodCandidate(name: "linear", prior: InterpolationPrior(.linear))
  private let biharmonic = MethodCandidate(
    name: "biharmonic", prior: InterpolationPrior(.biharmonic))
  private let grey = MethodCandidate(name: "grey", prior: FixedPrior { _, _, _ in 0.5 })

  private func untrained() -> MethodCandidate {
    var configuration = GridPriorConfiguration(windowSize: 16)
    configuration.widths = [4]
    return MethodCandidate(name: "grid", prior: GridPrior(configuration, seed: 1))
  }

  /// Linear in x and y.
  private static func plane(_ row: Int, _ column: Int) -> Float {
    0.2 + 0.004 * Float(row) + 0.006 * Float(column)
  }

  private func points(
    _ count: Int, width: Int = 40, height: Int = 30, channels: Int = 1,
    _ value: (Int, Int) -> Float
  ) -> PixelObservations {
    var image = Image(width: width, height: height, channels: channels)
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<channels { image[row, column, channel] = value(row, column) }
      }
    }
    return PixelMask.random(width: width, height: height, keeping: count, seed: 4)
      .observations(of: image)
  }

  @Test("Of equal methods the first is chosen")
  func ties() throws {
    let own = points(300, Self.plane)
    for candidates in [[linear, untrained(), grey], [untrained(), linear, grey]] {
      let evidence = try MethodEvidence(among: candidates, own, width: 40, height: 30)
      #expect(evidence.chosen == 0)
      #expect(evidence.heldOut == 30)
      #expect(evidence.errors.map(\.name) == candidates.map(\.name))
      expectClose(
        actual: evidence.errors[0].meanSquaredError, expected: evidence.errors[1].meanSquaredError,
        absolute: 1e-9)
      #expect(evidence.errors[2].meanSquaredError > 1e-3)
    }
    // A picture that is linear in x and y is restored up to the border of the points.
    let evidence = try MethodEvidence(
      among: [grey, linear, biharmonic], own, width: 40, height: 30)
    #expect(evidence.errors[1].meanSquaredError < 1e-4)
    #expect(evidence.chosen != 0)
  }

  @Test(
    "The better method is chosen wherever it stands, by its error at points that it does not see")
  func better() throws {
    let wave = { @Sendable (row: Int, column: Int) -> Float in
      0.5 + 0.4 * sinf(1.9 * Float(row)) * cosf(2.3 * Float(column))
    }
    let right = FixedPrior { _, row, column in wave(row, column) + 0.01 }
    let perfect = MethodCandidate(name: "perfect", prior: right)
    let own = points(250, wave)
    for candidates in [[perfect, linear, biharmonic], [linear, biharmonic, grey, perfect]] {
      let evidence = try MethodEvidence(among: candidates, own, width: 40, height: 30)
      #expect(candidates[evidence.chosen].name == "perfect")
      expectClose(
        actual: evidence.errors[evidence.chosen].meanSquaredError, expected: 1e-4, absolute: 1e-6)
    }
    #expect(right.sizes.allSatisfy { $0 == (40, 30, 225) })
    // A later method must be better by more than half a percent.
    let slightly = MethodCandidate(
      name: "slightly",
      prior: FixedPrior { _, row, column in wave(row, column) + 0.00999 })
    #expect(
      try MethodEvidence(among: [perfect, slightly], own, width: 40, height: 30).chosen == 0)
  }

  @Test("Few points are held out in turns until each was", arguments: [2, 5, 17, 199])
  func fewPoints(count: Int) throws {
    let prior = FixedPrior { _, _, _ in 0.5 }
    let own = points(count, Self.plane)
    let evidence = try MethodEvidence(
      among: [linear, .init(name: "fixed", prior: prior)], own, width: 40, height: 30)
    #expect(evidence.heldOut == count)
    #expect(prior.sizes.count == min(5, count))
    #expect(prior.sizes.reduce(0) { $0 + count - $1.points } == count)
    #expect(evidence.errors.allSatisfy { $0.meanSquaredError.isFinite })
  }

  @Test("One point is no evidence")
  func onePoint() throws {
    let evidence = try MethodEvidence(
      among: [grey, linear], points(1, Self.plane), width: 40, height: 30)
    #expect(evidence.chosen == 0 && evidence.heldOut == 0)
    #expect(evidence.errors.allSatisfy { $0.meanSquaredError.isNaN })
  }

  @Test("Large pictures are compared in parts, and methods of whole pictures as a whole")
  func parts() throws {
    let own = points(20_000, width: 400, height: 300, channels: 3, Self.plane)
    let local = FixedPrior { _, _, _ in 0.5 }
    let whole = FixedPrior(keepsChannels: false) { _, _, _ in 0.5 }
    let evidence = try MethodEvidence(
      among: [
        .init(name: "local", prior: local), .init(name: "whole", prior: whole), linear,
      ], own, width: 400, height: 300)
    #expect(
      local.sizes.count == 3 && local.sizes.allSatisfy { $0.width == 128 && $0.height == 128 })
    #expect(whole.sizes.count == 1 && whole.sizes.allSatisfy { $0 == (400, 300, 18_000) })
    // About 2,000 points are held out, of which 3 parts of 128x128 have 41%.
    #expect((700...900).contains(evidence.heldOut))
    expectClose(
      actual: evidence.errors[0].meanSquaredError, expected: evidence.errors[1].meanSquaredError,
      relative: 1e-5)
    #expect(evidence.chosen == 2)
    #expect(evidence.errors[2].meanSquaredError < 1e-6)
  }

  @Test("A part without observations favours no method")
  func emptyParts() throws {
    // All of the first part's points are in one fold of five: it is restored from nothing.
    var own = points(8, width: 128, height: 128) { _, _ in 0.9 }
    for point in 0..<own.count {
      own.positions[2 * point] += 143
      own.positions[2 * point + 1] += 143
    }
    own.positions += [40, 40]
    own.values.append(0)
    let local = MethodCandidate(name: "local", prior: FixedPrior { _, _, _ in 0.8 })
    let whole = MethodCandidate(
      name: "whole", prior: FixedPrior(keepsChannels: false) { _, _, _ in 0.8 })
    let evidence = try MethodEvidence(among: [local, whole], own, width: 300, height: 300)
    expectClose(
      actual: evidence.errors[0].meanSquaredError, expected: evidence.errors[1].meanSquaredError,
      relative: 1e-5)
  }

  @Test("The order of the points changes nothing", arguments: [5, 100, 400])
  func order(count: Int) throws {
    let own = points(count, channels: 3) { row, column in
      0.5 + 0.3 * sinf(0.7 * Float(row)) * cosf(0.9 * Float(column))
    }
    let candidates = [linear, biharmonic, grey]
    let evidence = try MethodEvidence(among: candidates, own, width: 40, height: 30)
    var random = Xoshiro256(seed: 2)
    for _ in 0..<3 {
      let other = own.selecting(random.permutation(of: count))
      let evidenceOfOther = try MethodEvidence(among: candidates, other, width: 40, height: 30)
      #expect(evidenceOfOther.errors == evidence.errors)
      #expect(evidenceOfOther.chosen == evidence.chosen)
      #expect(evidenceOfOther.heldOut == evidence.heldOut)
    }
  }

  @Test("Points are converted for a method with channels of its own")
  func channels() throws {
    let colour = FixedPrior(channels: 3, keepsChannels: false) { observations, _, _ in
      observations.channels == 3 ? 0.25 : 0
    }
    let evidence = try MethodEvidence(
      among: [grey, .init(name: "colour", prior: colour)], points(40) { _, _ in 0.25 },
      width: 40, height: 30)
    #expect(evidence.chosen == 1)
    #expect(evidence.errors[1].meanSquaredError < 1e-9)
    let two = points(40, channels: 2) { _, _ in 0.25 }
    #expect(throws: PriorError.channels(expected: 3, actual: 2)) {
      try MethodEvidence(
        among: [grey, .init(name: "colour", prior: colour)], two, width: 40, height: 30)
    }
  }

  @Test("With hundreds of thousands of observations, local methods alone are compared, on parts")
  func manyObservations() throws {
    let (width, height) = (640, 512)
    let image = Image(
      width: width, height: height, channels: 1,
      values: (0..<width * height).map { Float($0 % width) / Float(width) })
    let mask = PixelMask.random(
      width: width, height: height, keeping: MethodEvidence.mostForWholePictures + 1, seed: 1)
    let whole = FixedPrior(channels: 1, keepsChannels: false) { _, _, _ in 0 }
    let local = FixedPrior { _, _, _ in 0.5 }
    let evidence = try MethodEvidence(
      among: [
        MethodCandidate(name: "whole", prior: whole), MethodCandidate(name: "local", prior: local),
        linear,
      ], mask.observations(of: image), width: width, height: height)
    #expect(whole.sizes.isEmpty && !local.sizes.isEmpty)
    #expect(local.sizes.allSatisfy { $0.width == 128 && $0.height == 128 && $0.points <= 16_384 })
    #expect(evidence.errors.map(\.name) == ["local", "linear"])
    #expect(evidence.chosen == 2 && evidence.chosenError == evidence.errors[1])
  }
}
