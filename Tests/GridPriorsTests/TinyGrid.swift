import DifferentiableCore
import Foundation
import GridPriors
import ImagePriors
import Numerics
import Signals
import SyntheticData

/// Small priors, pictures and observations.
enum TinyGrid {
  /// A network that looks at 24 pixels on each side, and cells of 8x8.
  static var configuration: GridPriorConfiguration {
    var configuration = GridPriorConfiguration(windowSize: 16)
    configuration.widths = [8, 12]
    configuration.cellSize = 8
    configuration.cellOverlap = 2
    return configuration
  }

  /// A prior whose parameters are all random, so that it changes every value that is not known.
  static func prior(seed: UInt64 = 1, strength: Float = 0.1) -> GridPrior {
    var prior = GridPrior(configuration, seed: seed)
    var random = Xoshiro256(seed: seed)
    for index in prior.parameters.values.indices {
      prior.parameters.values[index] += strength * Float(random.normal())
    }
    return prior
  }

  /// Smooth, with other values in every channel, 0.1...0.9.
  static func picture(width: Int, height: Int, channels: Int = 1) -> Image {
    var image = Image(width: width, height: height, channels: channels)
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<channels {
          let phase = 0.31 * Double(row) + 0.23 * Double(column) + 1.7 * Double(channel)
          image[row, column, channel] = Float(
            0.5 + 0.25 * sin(phase) + 0.15 * cos(0.4 * Double(column) - 0.2 * Double(row)))
        }
      }
    }
    return image
  }

  /// Random pixels of a picture.
  static func observations(of image: Image, count: Int, seed: UInt64 = 1) -> PixelObservations {
    PixelMask.random(width: image.width, height: image.height, keeping: count, seed: seed)
      .observations(of: image)
  }

  /// Points at random positions with the values of ``picture(width:height:channels:)``'s first channel nearby.
  static func between(
    _ count: Int, width: Int, height: Int, channels: Int = 1, seed: UInt64 = 1
  ) -> PixelObservations {
    var random = Xoshiro256(seed: seed)
    var points = PixelObservations(channels: channels, positions: [], values: [])
    for _ in 0..<count {
      let row = random.uniform() * Double(height - 1)
      let column = random.uniform() * Double(width - 1)
      points.positions += [Float(row), Float(column)]
      for channel in 0..<channels {
        points.values.append(
          Float(0.5 + 0.3 * sin(0.31 * row + 0.23 * column + Double(channel))))
      }
    }
    return points
  }

  /// The same points in random order.
  static func shuffled(_ observations: PixelObservations, seed: UInt64) -> PixelObservations {
    var random = Xoshiro256(seed: seed)
    return observations.selecting(random.permutation(of: observations.count))
  }
}

/// Windows of 16x16 of drawn scenes.
struct SceneWindows: TrainingPictures {
  let size = 16
  let channels = 3
  private let windows: [[Float]]

  init(_ count: Int, seed: UInt64) {
    let scenes = SceneSynthesizer(size: 16, seed: seed)
    windows = (0..<count).map { scenes.image(at: $0).values }
  }

  var count: Int { windows.count }
  func values(at index: Int) -> [Float] { windows[index] }
}

/// Windows without contrast.
struct FlatWindows: TrainingPictures {
  let count = 8
  let size = 16
  let channels = 1
  func values(at index: Int) -> [Float] {
    [Float](repeating: Float(index) / 8, count: size * size)
  }
}
