import DifferentiableCore
import Foundation
import ImagePriors
import Numerics
import Signals

/// Measures the error of a prior on validation pictures, always with the same observed points.
struct HyperNetworkValidator: Sendable {
  let pictures: any TrainingPictures
  /// The number of validation pictures, and of predicted pixels per picture; more would slow down training
  /// without a more useful estimate.
  private static let pictureLimit = 128
  private static let targetLimit = 256

  init(_ pictures: any TrainingPictures) { self.pictures = pictures }

  func validate(_ model: HyperNetworkPrior) throws -> ValidationResult {
    let pixels = pictures.size * pictures.size
    let count = min(Self.pictureLimit, pictures.count)
    guard count > 0 else { return ValidationResult(errors: []) }
    let views = model.parameters.views()
    let coordinates = CoordinateGrid.points(height: pictures.size, width: pictures.size)
    // About 1% and 10% of the pixels.
    let contexts = [max(1, pixels / 100), max(1, pixels / 10)]
    let groupSize = 8
    let targetCount = min(Self.targetLimit, pixels)
    let errors = try contexts.map { points -> (points: Int, meanSquaredError: Double) in
      let groups = try WorkGroup.current.map((count + groupSize - 1) / groupSize) {
        group -> Double in
        let members = group * groupSize..<min(count, (group + 1) * groupSize)
        var (context, seen): ([Float], [Float]) = ([], [])
        var (targets, truth): ([Float], [Float]) = ([], [])
        for index in members {
          let values = try pictures.values(at: index)
          var random = Xoshiro256(
            fixed: .hyperNetworkValidation, UInt64(index), UInt64(points))
          for position in random.sample(points, of: pixels) {
            context += coordinates[2 * position..<2 * position + 2]
            for channel in 0..<pictures.channels {
              seen.append(2 * values[position * pictures.channels + channel] - 1)
            }
          }
          for position in random.sample(targetCount, of: pixels) {
            targets += coordinates[2 * position..<2 * position + 2]
            let start = position * pictures.channels
            truth += values[start..<start + pictures.channels]
          }
        }
        let batch = HyperNetworkBatch(
          contextCoordinates: Tensor(context, shape: [members.count, points, 2]),
          contextValues: Tensor(seen, shape: [members.count, points, pictures.channels]),
          targetCoordinates: Tensor(targets, shape: [members.count, targetCount, 2]))
        let predicted = HyperNetworkPrior.predict(batch, model.configuration, views).values
        return predicted.withValues { predicted in
          var total = 0.0
          for (value, truth) in zip(predicted, truth) {
            let error = Double(min(1, max(0, 0.5 * value + 0.5)) - truth)
            total += error * error
          }
          return total
        }
      }
      return (points, groups.reduce(0, +) / Double(count * targetCount * pictures.channels))
    }
    return ValidationResult(errors: errors)
  }
}
