import DifferentiableCore
import Foundation
import HyperNetworks
import ImagePriors
import Numerics

/// Priors and data small enough to try everything on in milliseconds.
package enum SmallPrior {
  /// A configuration for pictures of 8 by 8 pixels.
  package static func configuration(
    _ encoder: EncoderKind = .attention, _ head: HeadKind = .modulated, channels: Int = 3
  ) -> HyperNetworkConfiguration {
    var configuration = HyperNetworkConfiguration(
      imageSize: 8, channels: channels, encoder: encoder, head: head)
    configuration.latentWidth = 16
    configuration.tokens = 3
    configuration.attentionHeads = 2
    configuration.blocks = 2
    configuration.hyperWidth = 12
    configuration.field.hiddenWidth = 20
    configuration.field.hiddenLayers = 1
    return configuration
  }

  /// `count` random points: coordinates `[b, count, 2]` and values `[b, count, channels]`.
  package static func points(
    _ count: Int, pictures: Int = 2, channels: Int = 3, seed: UInt64 = 3
  ) -> (coordinates: Tensor, values: Tensor) {
    var random = Xoshiro256(seed: seed)
    return (
      uniform([pictures, count, 2], &random), uniform([pictures, count, channels], &random)
    )
  }

  /// A tensor of numbers drawn uniformly from -1...1.
  package static func uniform(_ shape: [Int], _ random: inout Xoshiro256) -> Tensor {
    Tensor((0..<shape.reduce(1, *)).map { _ in random.uniform(in: -1...1) }, shape: shape)
  }

  /// Short settings for training on few pictures.
  package static func settings(
    _ configuration: HyperNetworkConfiguration, steps: Int, seed: UInt64 = 1
  ) -> HyperNetworkTrainingSettings {
    var settings = HyperNetworkTrainingSettings(configuration, length: .steps(steps), seed: seed)
    // Two pieces, the second smaller.
    settings.batchSize = 10
    settings.picturesAPiece = 8
    settings.targets = 24
    settings.largestContext = 20
    settings.validations = 2
    return settings
  }
}

/// Smooth random pictures, in memory.
package struct SmoothPictures: TrainingPictures {
  package let count: Int
  package let size: Int
  package let channels: Int
  private let pictures: [[Float]]

  package init(count: Int, size: Int = 8, channels: Int = 3, seed: UInt64 = 1) {
    self.count = count
    self.size = size
    self.channels = channels
    pictures = (0..<count).map { index in
      var random = Xoshiro256(seed: seed, UInt64(index))
      let (y, x) = (random.uniform(in: 0.1...0.6), random.uniform(in: 0.1...0.6))
      let phases = (0..<channels).map { _ in random.uniform(in: 0...6) }
      return (0..<size * size).flatMap { pixel in
        phases.map { phase in
          0.5 + 0.4 * sin(y * Float(pixel / size) + x * Float(pixel % size) + phase)
        }
      }
    }
  }

  package func values(at index: Int) -> [Float] { pictures[index] }
}
