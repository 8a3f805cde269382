import Foundation
import ImagePriors
import Numerics
import Signals

/// Draws the windows, components, masks and symmetries of every step.
///
/// Every choice depends only on the seed and the step, so a run can be resumed at any step.
struct GridSampler: Sendable {
  let pictures: any TrainingPictures
  let settings: GridTrainingSettings

  /// The examples of one piece of a step's batch.
  func examples(_ indices: [Int], step: Int, piece: Int) throws -> [GridExample] {
    var random = Xoshiro256(seed: settings.seed, .gridBatch, UInt64(step), UInt64(piece))
    return try indices.compactMap { try example($0, &random) }
  }

  /// One example; nil for a window without contrast.
  private func example(_ index: Int, _ random: inout Xoshiro256) throws -> GridExample? {
    let side = pictures.size
    let plain = Self.component(
      of: try pictures.values(at: index), channels: pictures.channels, &random)
    let truth =
      settings.mirrors ? Self.turned(plain, side: side, by: random.uniform(below: 8)) : plain
    let mask = mask(side: side, &random)
    guard settings.noise > 0 else { return try GridExample(truth, mask) }
    let level = settings.noise * Float(random.uniform())
    let observed = truth.map { $0 + level * Float(random.normal()) }
    return try GridExample(truth, mask, observed: observed)
  }

  /// The brightness, or in one of two windows a random combination of the channels.
  static func component(
    of values: [Float], channels: Int, _ random: inout Xoshiro256
  ) -> [Float] {
    guard channels > 1 else { return values }
    var weights = [Float](repeating: 1 / Float(channels), count: channels)
    if channels == 3 { weights = [0.299, 0.587, 0.114] }
    if random.uniform(below: 2) == 1 {
      let drawn = weights.map { _ in Float(random.normal()) }
      let length = max(1e-3, drawn.reduce(0) { $0 + $1 * $1 }.squareRoot())
      weights = drawn.map { $0 / length }
    }
    return (0..<values.count / channels).map { pixel in
      var sum: Float = 0
      for channel in 0..<channels { sum += weights[channel] * values[pixel * channels + channel] }
      return sum
    }
  }

  /// One of the eight symmetries of a square.
  static func turned(_ values: [Float], side: Int, by symmetry: Int) -> [Float] {
    if symmetry == 0 { return values }
    var result = [Float](repeating: 0, count: values.count)
    for row in 0..<side {
      for column in 0..<side {
        var (y, x) = symmetry & 1 == 0 ? (row, column) : (column, row)
        if symmetry & 2 != 0 { y = side - 1 - y }
        if symmetry & 4 != 0 { x = side - 1 - x }
        result[row * side + column] = values[y * side + x]
      }
    }
    return result
  }

  /// The observed pixels: in three of four windows single ones at random, else another kind.
  private func mask(side: Int, _ random: inout Xoshiro256) -> PixelMask {
    let pixels = side * side
    let (low, high) = (Double(settings.smallestShare), Double(settings.largestShare))
    let count = min(
      pixels - 1, max(2, Int(Double(pixels) * low * pow(high / low, random.uniform()))))
    let isRandom = random.uniform(below: 4) > 0
    let kinds = MaskKind.allCases.filter { $0 != .random }
    let kind = isRandom ? MaskKind.random : kinds[random.uniform(below: kinds.count)]
    let shape = kind.mask(
      width: side, height: side,
      keeping: kind.isSparse ? count : pixels / 4 + random.uniform(below: pixels * 5 / 8),
      seed: random.next())
    // Half of the holes are in pictures whose other pixels are observed sparsely.
    guard !kind.isSparse, random.uniform(below: 2) == 1 else {
      return shape.observedCount > 1
        ? shape : PixelMask.random(width: side, height: side, keeping: count, seed: random.next())
    }
    let sparse = PixelMask.random(width: side, height: side, keeping: count, seed: random.next())
    let both = PixelMask(
      width: side, height: side, observed: zip(shape.observed, sparse.observed).map { $0 && $1 })
    return both.observedCount > 1 ? both : sparse
  }
}
