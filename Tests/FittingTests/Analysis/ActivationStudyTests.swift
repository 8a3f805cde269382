import DifferentiableCore
import Fitting
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

/// The distributions inside a network, against theory.
@Suite struct ActivationStudyTests {
  private let small = ActivationSettings(width: 256, hiddenLayers: 4, points: 1_000, seed: 7)

  @Test func theDefaultsAreTheNotebooks() {
    let settings = ActivationSettings()
    #expect((settings.width, settings.hiddenLayers, settings.points) == (2_048, 10, 16_384))
    #expect((settings.omegaFirst, settings.omegaHidden) == (30, 30))
  }

  @Test func preactivationsAreNormalAndActivationsArcsine() throws {
    let study = ActivationStudy(small)
    #expect(study.layers.count == 5)
    for (index, layer) in study.layers.enumerated() {
      #expect(layer.activation.histogram.total == 256 * 1_000)
      guard let expected = small.expectedDeviation(ofLayer: index) else {
        #expect(index == 0)
        continue
      }
      let preactivation = layer.preactivation.histogram
      #expect(abs(preactivation.deviation / expected - 1) < 0.1, "layer \(index + 1)")
      #expect(abs(preactivation.mean) < 0.15, "layer \(index + 1)")
      #expect(preactivation.distance(to: .normal(deviation: expected)) < 0.05)
      #expect(layer.activation.histogram.distance(to: .arcsine) < 0.12)
      // Wrong theories are distinguished.
      #expect(preactivation.distance(to: .arcsine) > 0.1)
    }
    #expect(study.layers[0].activation.histogram.distance(to: .arcsine) < 0.03)
  }

  @Test func expectedDeviationsComeFromTheInitialization() throws {
    let wide = ActivationSettings(width: 1_000_000)
    // Without biases the recursion starts at 1, and ends where v = 1 - exp(-2 v).
    let first = try #require(wide.expectedDeviation(ofLayer: 1))
    #expect(abs(first - 1) < 1e-3)
    let limit = try #require(wide.expectedDeviation(ofLayer: 50))
    #expect(abs(limit * limit - 0.797) < 2e-3)
    #expect(wide.expectedDeviation(ofLayer: 0) == nil)
  }

  @Test func gradientsAreThoseOfTheMeanOutput() throws {
    // One unit, one layer: the output is a w sin(...) + ..., so the gradient with respect to the
    // activation is the last weight over the number of inputs, at every input.
    let study = ActivationStudy(
      ActivationSettings(width: 1, hiddenLayers: 0, points: 10, seed: 3))
    let gradient = study.layers[0].activationGradient.histogram
    #expect(gradient.total == 10)
    #expect(gradient.deviation < 1e-6 * abs(gradient.mean))
    // The last weight lies in -sqrt(6)/30...sqrt(6)/30.
    #expect(abs(gradient.mean) <= 6.0.squareRoot() / 30 / 10)
    let before = study.layers[0].preactivationGradient.histogram
    #expect(abs(before.support?.upperBound ?? 9) <= abs(gradient.mean) * 1.01)
  }

  @Test func gradientsKeepTheirSizeOverTheLayers() {
    // The initialization is meant to let gradients neither vanish nor explode (supplement 1.5).
    let sizes = ActivationStudy(small).layers.map { $0.preactivationGradient.histogram.deviation }
    #expect((sizes.max() ?? 0) < 3 * (sizes.min() ?? 0), "\(sizes)")
  }

  @Test func theResultDoesNotDependOnTheThreads() {
    let one = expectSameResult { ActivationStudy(small) }
    var other = small
    other.seed = 8
    #expect(ActivationStudy(other) != one)
  }

  @Test func spectraHaveTheFrequenciesOfOmega() {
    let mean = { (omega: Float) in
      ActivationStudy(
        ActivationSettings(width: 64, hiddenLayers: 1, points: 1_024, omegaFirst: omega)
      ).layers[0].activation.meanFrequency
    }
    // A unit's frequency is omega w / pi cycles over -1...1, w uniform in 0...1.
    let (low, high) = (mean(30), mean(90))
    #expect(low > 1 && low < 30 / Double.pi)
    #expect(high > 2 * low)
  }

  @Test func shiftedInputsChangeOnlyTheFirstPreactivations() {
    var reported: [Int] = []
    let study = ShiftStudy(small, shift: 1_000) { done, total in
      #expect(total == 2_000)
      reported.append(done)
    }
    #expect(reported.last == 2_000 && reported == reported.sorted())
    #expect(study.distances[0].preactivation > 0.3)
    #expect(study.distances[0].activation < 0.03)
    for distance in study.distances.dropFirst() {
      #expect(distance.preactivation < 0.06)
      #expect(distance.activation < 0.06)
      #expect(distance.preactivationGradient < 0.06)
      #expect(distance.activationGradient < 0.06)
    }
  }
}
