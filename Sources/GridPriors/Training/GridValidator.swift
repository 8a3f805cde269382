import DifferentiableCore
import Foundation
import ImagePriors
import Numerics
import Signals

/// The errors of a grid prior on validation windows.
public struct GridValidation: Sendable, Equatable {
  /// The squared error relative to that of linear interpolation, for one share of observed pixels.
  public struct Ratio: Sendable, Equatable {
    /// The share of the pixels that is observed, at random.
    public let share: Double
    /// The ratio of the errors; below 1 the prior is better.
    public let ratio: Double
  }

  /// By share, ascending.
  public let ratios: [Ratio]

  /// The mean logarithm of the ratios, by which parameters are compared; nil without validation windows.
  var score: Double? {
    ratios.isEmpty
      ? nil : ratios.reduce(0) { $0 + log(max(1e-12, $1.ratio)) } / Double(ratios.count)
  }

  /// Decibels gained on linear interpolation, averaged over the shares; nil without validation windows.
  public var gain: Double? { score.map { -10 / log(10) * $0 } }
}

/// Measures the errors of a network on validation windows, always with the same observed pixels.
struct GridValidator: Sendable {
  /// The examples of each share of observed pixels.
  private let examples: [(share: Double, examples: [GridExample])]
  /// Examples with masks of all kinds, for the calibration.
  private let mixed: [GridExample]

  /// The shares of the pixels that are observed.
  private static let shares = [0.05, 0.1, 0.2]
  /// The number of windows; more would slow down training without a more useful estimate.
  private static let windows = 96

  init(_ pictures: any TrainingPictures) throws {
    let count = min(Self.windows, pictures.count)
    // The first windows would all be of the first pictures.
    let indices = (0..<count).map { $0 * pictures.count / count }
    examples = try Self.shares.map { share in
      (
        share,
        try Parallel.map(count) { number in
          var random = Xoshiro256(fixed: .gridValidation, UInt64(number), UInt64(1_000 * share))
          let index = indices[number]
          let truth = GridSampler.component(
            of: try pictures.values(at: index), channels: pictures.channels, &random)
          let pixels = truth.count
          let mask = PixelMask.random(
            width: pictures.size, height: pictures.size,
            keeping: max(2, Int(share * Double(pixels))), seed: random.next())
          return try GridExample(truth, mask)
        }.compactMap { $0 }
      )
    }
    var settings = GridTrainingSettings(length: .steps(1))
    settings.mirrors = false
    let sampler = GridSampler(pictures: pictures, settings: settings)
    mixed = try Parallel.map(count) { number in
      try sampler.examples([indices[number]], step: 0, piece: number)
    }.flatMap { $0 }
  }

  func validate(_ network: UNet, _ parameters: Parameters) throws -> GridValidation {
    let views = parameters.views()
    return GridValidation(
      ratios: try examples.filter { !$0.examples.isEmpty }.map { share, examples in
        let errors = try WorkGroup.current.map(examples.count) { number -> (Double, Double) in
          let example = examples[number]
          let result = Self.outputs(network, example, views)
          var (before, after) = (0.0, 0.0)
          for place in example.missing.indices {
            let unit = Double(example.deviation[place])
            let plain = Double(example.missing[place]) * unit
            let own =
              Double(example.missing[place] - example.unknown[place] * result[2 * place]) * unit
            before += plain * plain
            after += own * own
          }
          return (before, after)
        }
        let (before, after) = errors.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        return .init(share: share, ratio: before > 0 ? after / before : 1)
      })
  }

  /// The calibration of the deviations.
  func calibration(_ network: UNet, _ parameters: Parameters) throws -> DeviationCalibration {
    let views = parameters.views()
    let samples = try WorkGroup.current.map(mixed.count) { number -> ([Float], [Float]) in
      let example = mixed[number]
      let result = Self.outputs(network, example, views)
      let places = example.missing.indices.filter { example.unknown[$0] > 0 }
      let logarithms = places.map { GridLoss.bounded(result[2 * $0 + 1]) }
      return (
        logarithms,
        zip(places, logarithms).map { abs(example.missing[$0] - result[2 * $0]) / exp($1) }
      )
    }
    return DeviationCalibration(
      measuredOn: samples.flatMap { zip($0, $1).map { (logarithm: $0, ratio: $1) } })
  }

  private static func outputs(
    _ network: UNet, _ example: GridExample, _ views: ParameterViews
  ) -> [Float] {
    network(
      Tensor(example.features, shape: [1, example.side, example.side, EncoderGrid.features]), views
    ).values
  }
}
