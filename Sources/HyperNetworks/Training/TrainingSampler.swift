import DifferentiableCore
import Foundation
import ImagePriors
import Numerics
import Signals
import Training

/// A piece of a batch: pictures with the same number of observed points, so that nothing is padded.
struct TrainingShard: Sendable {
  let batch: HyperNetworkBatch
  /// True values at the targets in -1...1, `[b, m, c]`.
  let targetValues: Tensor
}

/// Draws the pictures, observed points and targets of every step.
///
/// Every choice depends only on the seed and the step, so a run can be resumed at any step.
struct TrainingSampler: Sendable {
  let pictures: any TrainingPictures
  let settings: HyperNetworkTrainingSettings
  private let coordinates: [Float]

  init(_ pictures: any TrainingPictures, _ settings: HyperNetworkTrainingSettings) {
    self.pictures = pictures
    self.settings = settings
    coordinates = CoordinateGrid.points(height: pictures.size, width: pictures.size)
  }

  /// The pictures of a step.
  func pictureIndices(step: Int) -> [Int] {
    EpochOrder(
      count: pictures.count, batchSize: settings.batchSize, seed: settings.seed,
      stream: .hyperNetworkOrder
    ).indices(step: step)
  }

  /// Number of pieces of every batch.
  var shardCount: Int { (settings.batchSize + shardSize - 1) / shardSize }

  private var shardSize: Int { max(1, settings.picturesAPiece) }

  /// One piece of a step's batch.
  func shard(_ number: Int, of indices: [Int], step: Int) throws -> TrainingShard {
    var random = Xoshiro256(
      seed: settings.seed, .hyperNetworkBatch, UInt64(step), UInt64(number))
    let start = number * shardSize
    let own = indices[start..<min(indices.count, start + shardSize)]
    let open = visible(&random)
    let contextCount = min(drawContextCount(&random), open.count)
    let (size, channels) = (pictures.size, pictures.channels)
    var builder = ShardBuilder(channels: channels)
    for index in own {
      let values = try pictures.values(at: index)
      let mirrored = settings.mirrors && random.uniform(below: 2) == 1
      let pixel = { (position: Int) -> Int in
        mirrored ? position / size * size + (size - 1 - position % size) : position
      }
      let context = random.sample(contextCount, of: open.count).map { open[$0] }
      let targets = random.sample(settings.targets, of: size * size)
      for position in context {
        builder.appendContext(coordinates, position, values, pixel(position))
      }
      for position in targets {
        builder.appendTarget(coordinates, position, values, pixel(position))
      }
    }
    return builder.shard(pictures: own.count, context: contextCount, targets: settings.targets)
  }

  /// The pixels that may be observed: all, or in one of eight pieces those of a mask of another kind than random
  /// pixels.
  private func visible(_ random: inout Xoshiro256) -> [Int] {
    let (size, pixels) = (pictures.size, pictures.size * pictures.size)
    let hole = random.uniform(below: 8)
    let kinds = MaskKind.allCases.filter { $0 != .random }
    guard hole == 0 else {
      return Array(0..<pixels)
    }
    let kind = kinds[random.uniform(below: kinds.count)]
    let mask = kind.mask(
      width: size, height: size,
      keeping: max(1, pixels / 4 + random.uniform(below: pixels / 2 + 1)),
      seed: random.next())
    let seen = mask.observed.indices.filter { mask.observed[$0] }
    return seen.isEmpty ? Array(0..<pixels) : seen
  }

  /// A random number of points, log-uniform between the smallest and the largest context.
  private func drawContextCount(_ random: inout Xoshiro256) -> Int {
    let (low, high) = (Double(settings.smallestContext), Double(settings.largestContext))
    let drawn = low * pow((high + 1) / low, random.uniform())
    return min(settings.largestContext, max(settings.smallestContext, Int(drawn)))
  }
}

/// Collects the points of a shard.
private struct ShardBuilder {
  let channels: Int
  private var contextCoordinates: [Float] = []
  private var contextValues: [Float] = []
  private var targetCoordinates: [Float] = []
  private var targetValues: [Float] = []

  init(channels: Int) { self.channels = channels }

  mutating func appendContext(
    _ coordinates: [Float], _ position: Int, _ values: [Float], _ pixel: Int
  ) {
    contextCoordinates.append(coordinates[2 * position])
    contextCoordinates.append(coordinates[2 * position + 1])
    for channel in 0..<channels { contextValues.append(2 * values[pixel * channels + channel] - 1) }
  }

  mutating func appendTarget(
    _ coordinates: [Float], _ position: Int, _ values: [Float], _ pixel: Int
  ) {
    targetCoordinates.append(coordinates[2 * position])
    targetCoordinates.append(coordinates[2 * position + 1])
    for channel in 0..<channels { targetValues.append(2 * values[pixel * channels + channel] - 1) }
  }

  func shard(pictures: Int, context: Int, targets: Int) -> TrainingShard {
    TrainingShard(
      batch: HyperNetworkBatch(
        contextCoordinates: Tensor(contextCoordinates, shape: [pictures, context, 2]),
        contextValues: Tensor(contextValues, shape: [pictures, context, channels]),
        targetCoordinates: Tensor(targetCoordinates, shape: [pictures, targets, 2])),
      targetValues: Tensor(targetValues, shape: [pictures, targets, channels]))
  }
}
