import Foundation
import Training

/// How a residual network is learned.
public struct ResidualSettings: Sendable, Equatable {
  /// How long; it also sets the schedule of the learning rate.
  public var length: TrainingLength
  /// Pictures an update.
  public var batchSize = 16
  /// The learning rate after the warm-up.
  public var learningRate: Float = 2e-3
  /// Gradients longer than this are shortened.
  public var gradientLimit: Float = 1
  /// Whether a mirrored picture is as likely as the picture.
  public var mirrors = true
  /// The validation split is looked at about this often.
  public var validations = 20
  /// Decides the start and every random choice.
  public var seed: UInt64 = 1

  /// The defaults for a length.
  public init(length: TrainingLength) { self.length = length }

  /// Pictures of one piece of a batch, which one thread takes: few, so that what they leave behind for
  /// the way back stays in cache, but every piece transforms the kernels anew (4 and 16 are slower, measured).
  static let picturesAPiece = 8

  /// About how many pictures a run looks at, repeated ones too.
  ///
  /// - Parameter pixels: of a picture.
  func looks(pixels: Int) -> Int {
    let looks =
      switch length {
      case .steps(let count): Double(count) * Double(batchSize)
      // 600 pictures of 32x32 a second are what two cores look at (measured).
      case .seconds(let limit): limit * 600 * 1_024 / Double(pixels)
      }
    return Int(min(looks, 1e9))
  }

  /// Rises over the first hundredth of the run, then falls to 0.
  static let schedule = Schedule.cosine(warmUp: 0.01)
  /// Adam's, with weights that decay within about as many updates as one look at 40,000 examples takes, and a
  /// short second moment: 0.4 to 3% less error than with a decay of 0.01 and 0.98 (Docs/EXPERIMENTS.md).
  static let optimizer = Adam.Settings(beta1: 0.9, beta2: 0.95, weightDecay: 0.2)
}

/// How a residual network does on pictures that it was not learned from.
public struct ResidualValidation: Sendable, Equatable {
  /// The squared error over the Gaussian posterior's, for a number of observed points.
  public struct Ratio: Sendable, Equatable {
    /// Observed random pixels.
    public let points: Int
    /// 1 is no better than the Gaussian posterior.
    public let ratio: Double
  }

  /// By number of points, ascending.
  public let ratios: [Ratio]

  /// The mean logarithm, which decides between networks; 0 is no better than no residual network.
  var score: Double? {
    ratios.isEmpty ? nil : ratios.reduce(0) { $0 + log($1.ratio) } / Double(ratios.count)
  }
}
