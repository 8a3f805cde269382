import DifferentiableCore
import Fields
import Fitting
import HyperNetworks
import ImagePriors
import Numerics
import PriorTestSupport
import Signals
import TestSupport
import Testing

/// The properties of every encoder and every head.
@Suite struct HyperNetworkPriorTests {
  @Test(
    "The order of the points does not matter", arguments: EncoderKind.allCases, HeadKind.allCases)
  func orderDoesNotMatter(encoder: EncoderKind, head: HeadKind) {
    let model = HyperNetworkPrior(SmallPrior.configuration(encoder, head), seed: 1)
    let points = SmallPrior.points(9)
    let order = [4, 0, 8, 2, 7, 1, 3, 6, 5]
    let shuffled = (
      coordinates: points.coordinates.permuted([1, 0, 2]).reordered(order),
      values: points.values.permuted([1, 0, 2]).reordered(order)
    )
    let error = errorRelativeToLargest(
      predict(model, shuffled).values.values, predict(model, points).values.values)
    #expect(error < 2e-5, "\(encoder), \(head): \(error)")
  }

  @Test("Padding does not change the result", arguments: EncoderKind.allCases, HeadKind.allCases)
  func paddingIsNotLookedAt(encoder: EncoderKind, head: HeadKind) {
    let model = HyperNetworkPrior(SmallPrior.configuration(encoder, head), seed: 1)
    let points = SmallPrior.points(9)
    let plain = predict(model, points)
    // Fewer and more points than the features of the closed-form fit.
    for extra in [1, 5, 40] {
      let padding = SmallPrior.points(extra, seed: 9)
      let padded = (
        coordinates: Tensor.concatenated([points.coordinates, padding.coordinates], axis: 1),
        values: Tensor.concatenated([points.values, padding.values], axis: 1)
      )
      let mask = Tensor.concatenated([.ones([2, 9]), .zeros([2, extra])], axis: 1)
      let masked = predict(model, padded, mask: mask)
      let error = errorRelativeToLargest(masked.values.values, plain.values.values)
      #expect(error < 1e-4, "\(encoder), \(head), \(extra) more: \(error)")
      // Without the mask they are points like others.
      let unmasked = predict(model, padded)
      let change = errorRelativeToLargest(unmasked.values.values, plain.values.values)
      #expect(change > 1e-3 && change.isFinite)
    }
  }

  @Test("Any number of points is accepted", arguments: EncoderKind.allCases, HeadKind.allCases)
  func anyNumberOfPoints(encoder: EncoderKind, head: HeadKind) {
    let model = HyperNetworkPrior(SmallPrior.configuration(encoder, head), seed: 1)
    let one = SmallPrior.points(1)
    let repeated = (
      coordinates: one.coordinates.broadcast(to: [2, 50, 2]),
      values: one.values.broadcast(to: [2, 50, 3])
    )
    for points in [SmallPrior.points(0), one, SmallPrior.points(64), repeated] {
      let count = points.coordinates.shape[1]
      let views = model.parameters.views().tracked()
      let prediction = HyperNetworkPrior.predict(batch(points), model.configuration, views)
      #expect(prediction.values.shape == [2, 5, 3])
      #expect(prediction.values.values.allSatisfy { $0.isFinite }, "\(count) points")
      let slopes = views.gradient(of: prediction.values.squared().sum()).flat
      #expect(slopes.allSatisfy { $0.isFinite }, "\(count) points")
      #expect(slopes.contains { $0 != 0 })
    }
    // All masked is none.
    let none = predict(model, one, mask: .zeros([2, 1])).values
    expectClose(
      actual: none.values, expected: predict(model, SmallPrior.points(0)).values.values,
      absolute: 1e-5)
  }

  @Test(
    "The generated SIREN has the training's values", arguments: EncoderKind.allCases,
    HeadKind.allCases)
  func theFieldAgreesWithThePrediction(encoder: EncoderKind, head: HeadKind) throws {
    let model = HyperNetworkPrior(SmallPrior.configuration(encoder, head), seed: 2)
    for (count, width, height) in [(1, 8, 8), (12, 8, 8), (30, 8, 8), (20, 11, 6)] {
      var random = Xoshiro256(seed: 6, UInt64(count))
      let pixels = random.sample(count, of: width * height)
      let observations = PixelObservations(
        channels: 3, positions: pixels.flatMap { [Float($0 / width), Float($0 % width)] },
        values: (0..<3 * count).map { _ in random.uniform(in: 0...1) })
      let field = try model.field(explaining: observations, width: width, height: height)
      let picture = FieldRenderer.image(of: field, width: width, height: height)

      let coordinates = Tensor(
        CoordinateGrid.points(of: observations, height: height, width: width),
        shape: [1, count, 2])
      let seen = Tensor(observations.values.map { 2 * $0 - 1 }, shape: [1, count, 3])
      let predicted = HyperNetworkPrior.predict(
        HyperNetworkBatch(
          contextCoordinates: coordinates, contextValues: seen, targetCoordinates: coordinates),
        model.configuration, model.parameters.views()
      ).values.values
      expectClose(
        actual: field.values(at: coordinates.reshaped([count, 2])).values, expected: predicted,
        absolute: 1e-3, "\(encoder), \(head), \(count) points")
      expectClose(
        actual: pixels.flatMap { picture.values[3 * $0..<3 * $0 + 3] },
        expected: predicted.map { min(1, max(0, 0.5 * $0 + 0.5)) }, absolute: 1e-3)
    }
  }

  @Test(arguments: HeadKind.allCases)
  func noObservationsGiveAField(head: HeadKind) throws {
    let model = HyperNetworkPrior(SmallPrior.configuration(.attention, head), seed: 2)
    let field = try model.field(
      explaining: PixelObservations(channels: 3, positions: [], values: []), width: 8, height: 8)
    #expect(field.parameters.values.allSatisfy { $0.isFinite })
  }

  @Test("All points are fitted, even those that the encoder does not see")
  func manyPointsAreFitted() throws {
    let model = HyperNetworkPrior(SmallPrior.configuration(), seed: 2)
    let pixels = 40 * 40
    let observations = PixelObservations(
      channels: 3, positions: (0..<pixels).flatMap { [Float($0 / 40), Float($0 % 40)] },
      values: (0..<pixels).flatMap { _ in [Float(0.2), 0.5, 0.9] })
    #expect(observations.count > model.encoderPointLimit)
    let field = try model.field(explaining: observations, width: 40, height: 40)
    let picture = FieldRenderer.image(of: field, width: 40, height: 40)
    expectClose(actual: picture.values, expected: observations.values, absolute: 0.05)
  }

  @Test func otherChannelsAreRefusedInOneLine() {
    let model = HyperNetworkPrior(SmallPrior.configuration(), seed: 2)
    let grey = PixelObservations(channels: 1, positions: [1, 2], values: [0.5])
    #expect(throws: PriorError.channels(expected: 3, actual: 1)) {
      try model.field(explaining: grey, width: 8, height: 8)
    }
  }

  @Test(
    "Counting parameters allocates none", arguments: EncoderKind.allCases, HeadKind.allCases)
  func parametersAreCounted(encoder: EncoderKind, head: HeadKind) {
    for channels in [1, 3] {
      var configuration = SmallPrior.configuration(encoder, head, channels: channels)
      #expect(
        configuration.parameterCount == HyperNetworkPrior(configuration, seed: 1).parameterCount)
      configuration.blocks = 3
      configuration.tokens = 5
      configuration.latentWidth = 24
      configuration.hyperWidth = 7
      configuration.field.hiddenLayers = 3
      #expect(
        configuration.parameterCount == HyperNetworkPrior(configuration, seed: 1).parameterCount)
    }
  }

  // MARK: Helpers

  private func batch(
    _ points: (coordinates: Tensor, values: Tensor), mask: Tensor? = nil
  ) -> HyperNetworkBatch {
    HyperNetworkBatch(
      contextCoordinates: points.coordinates, contextValues: points.values, contextMask: mask,
      targetCoordinates: SmallPrior.points(5, seed: 21).coordinates)
  }

  private func predict(
    _ model: HyperNetworkPrior, _ points: (coordinates: Tensor, values: Tensor), mask: Tensor? = nil
  ) -> HyperNetworkPrediction {
    HyperNetworkPrior.predict(
      batch(points, mask: mask), model.configuration, model.parameters.views())
  }
}

extension Tensor {
  /// `[n, b, k]` with its rows in another order, as `[b, n, k]`.
  fileprivate func reordered(_ order: [Int]) -> Tensor {
    let width = shape[1] * shape[2]
    return reshaped([shape[0], width]).gatheredRows(order).reshaped(shape).permuted([1, 0, 2])
  }
}
