import Foundation
import Training

/// How a residual network is trained.
public struct ResidualSettings: Sendable, Equatable {
  /// The length of the training, which also sets the schedule of the learning rate.
  public var length: TrainingLength
  /// Pictures per update.
  public var batchSize = 16
  /// The learning rate after the warm-up.
  public var learningRate: Float = 2e-3
  /// The largest norm of a gradient; a longer one is scaled down.
  public var gradientLimit: Float = 1
  /// Whether a mirrored picture is as likely as the picture.
  public var mirrors = true
  /// About how often the network is validated.
  public var validations = 20
  /// Decides the initial parameters and every random choice.
  public var seed: UInt64 = 1

  /// The defaults for a training of some length.
  public init(length: TrainingLength) { self.length = length }

  /// Pictures of one piece of a batch, which one thread takes.
  ///
  /// With fewer, the values kept for the backward pass stay in cache; with more, the convolution kernels are
  /// transformed less often. 4 and 16 are slower (measured).
  static let picturesAPiece = 8

  /// About how many examples a run takes, each counted as often as it is used.
  ///
  /// - Parameter pixels: number of pixels of a picture.
  func uses(pixels: Int) -> Int {
    let uses =
      switch length {
      case .steps(let count): Double(count) * Double(batchSize)
      // Two cores take 600 pictures of 32x32 per second (measured).
      case .seconds(let limit): limit * 600 * 1_024 / Double(pixels)
      }
    return Int(min(uses, 1e9))
  }

  /// The learning rate rises over the first hundredth of the run and then falls to 0.
  static let schedule = Schedule.cosine(warmUp: 0.01)
  /// Adam with a large weight decay and a short second moment: the error is 0.4 to 3% lower than with a
  /// decay of 0.01 and a beta2 of 0.98 (Docs/EXPERIMENTS.md).
  static let optimizer = Adam.Settings(beta1: 0.9, beta2: 0.95, weightDecay: 0.2)
}

/// The errors of a residual network on held-out pictures.
public struct ResidualValidation: Sendable, Equatable {
  /// The squared error relative to the Gaussian posterior's, for one number of observed points.
  public struct Ratio: Sendable, Equatable {
    /// Number of observed random pixels.
    public let points: Int
    /// The ratio of the errors; below 1 the network improves the picture.
    public let ratio: Double
  }

  /// By number of points, ascending.
  public let ratios: [Ratio]

  /// The mean logarithm of the ratios, by which networks are compared; 0 is that of no network.
  var score: Double? {
    ratios.isEmpty ? nil : ratios.reduce(0) { $0 + log($1.ratio) } / Double(ratios.count)
  }
}
