import Fields
import ImagePriors
import Numerics
import PriorTestSupport
import Signals
import TestSupport
import Testing

@Suite("Refinement of a generated network") struct FieldRefinementTests {
  /// A smooth picture, some of its pixels, and a network that knows nothing of it.
  private static let truth = Image(
    width: 16, height: 16, channels: 1,
    values: SmoothPictures(count: 1, size: 16, channels: 1).values(at: 0))
  private static let start: Siren = {
    var random = Xoshiro256(seed: 4)
    return Siren(
      SirenArchitecture(
        coordinates: 2, hiddenWidth: 32, hiddenLayers: 1, outputs: 1, omegaFirst: 3, omegaHidden: 3),
      random: &random)
  }()

  private func observations(_ count: Int) -> PixelObservations {
    RandomContext.observations(of: Self.truth, imageIndex: 0, count: count, seed: 2)
  }

  private func refined(
    _ observations: PixelObservations, from field: Siren = start, steps: Int = 200
  ) throws -> FieldRefinement.Result {
    try FieldRefinement(steps: steps).field(
      explaining: observations, width: 16, height: 16, generatedBy: { _ in field })
  }

  private func error(_ field: Siren) -> Double {
    Quality.meanSquaredError(
      Inpainting(of: field, observations(1), width: 16, height: 16).rendered, Self.truth)
  }

  @Test(
    "A network that knows nothing comes nearer to the picture, at held-out points and elsewhere")
  func gains() throws {
    let result = try refined(observations(120))
    let heldOut = try #require(result.heldOut)
    #expect(result.steps > 0 && result.steps <= 200)
    #expect(heldOut.after < 0.3 * heldOut.before)
    #expect(error(result.field) < 0.3 * error(Self.start))
  }

  @Test("A network whose held-out error cannot decrease is not changed")
  func leftAlone() throws {
    // A network that fits the other points exactly and is right everywhere gains nothing from
    // noise.
    var random = Xoshiro256(seed: 9)
    let exact = try refined(observations(256), steps: 2_000).field
    var noisy = observations(60)
    for index in noisy.values.indices { noisy.values[index] += 0.2 * Float(random.normal()) }
    let result = try refined(noisy, from: exact, steps: 50)
    let heldOut = try #require(result.heldOut)
    #expect(heldOut.after <= heldOut.before)
    #expect(result.steps == 0 ? result.field == exact : heldOut.after < heldOut.before)
    #expect(error(result.field) < 2 * error(exact) + 1e-3)
  }

  @Test("The result does not depend on the order of the points or the number of threads")
  func orderAndThreads() throws {
    // All of the picture, which is more than one tile.
    let seen = observations(256)
    let first = try expectSameResult { try refined(seen, steps: 20) }
    #expect(first.steps > 0)
    let turned = try refined(seen.selecting(Array((0..<256).reversed())), steps: 20)
    #expect(turned.steps == first.steps)
    expectClose(
      actual: turned.field.parameters.values, expected: first.field.parameters.values,
      absolute: 1e-4)
  }

  @Test("With few points nothing is held out and the network is not changed", arguments: [0, 1, 9])
  func fewPoints(count: Int) throws {
    let seen = observations(max(1, count)).selecting(Array(0..<count))
    let result = try refined(seen)
    #expect(result.field == Self.start && result.steps == 0 && result.heldOut == nil)
  }
}
