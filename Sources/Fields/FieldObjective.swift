import DifferentiableCore
import Foundation
import Numerics

/// The loss to which a field is fitted.
///
/// The fitting code sees nothing of the signal behind it. An objective is a value, so fits of the same objective from
/// the same seed give the same result.
public protocol FieldObjective: Sendable {
  /// Number of coordinates that the field must take.
  var coordinates: Int { get }
  /// Number of channels that the field must give.
  var outputs: Int { get }
  /// The loss of the best constant field.
  ///
  /// A field that does no better explains nothing.
  var constantLoss: Double { get }

  /// Returns the mean loss over a batch and its derivative with respect to the field's parameters.
  ///
  /// The result must not depend on the number of threads.
  func lossGradient(of field: Siren, _ batch: PointBatch) -> (loss: Double, gradient: [Float])

  /// Converts a mean loss to decibels: PSNR for pictures, SNR for sounds and other signals.
  func decibels(ofLoss loss: Double) -> Double
}

extension FieldObjective {
  /// The ratio of the constant field's loss to a loss in decibels: `10 log10(constantLoss / loss)`.
  public func decibels(ofLoss loss: Double) -> Double {
    loss == 0 ? .infinity : 10 * log10(constantLoss / loss)
  }
}

/// The points used by one update; every random choice follows from the seed and the step.
public struct PointBatch: Sendable, Equatable {
  /// Number of points; nil means all points.
  public var size: Int?
  /// The seed of the whole fit.
  public var seed: UInt64
  /// Number of updates made before this one.
  public var step: Int

  /// Creates a batch.
  public init(size: Int? = nil, seed: UInt64 = 0, step: Int = 0) {
    self.size = size
    self.seed = seed
    self.step = step
  }

  /// The generator of this step's random choices.
  public var random: Xoshiro256 { Xoshiro256(seed: seed, .fieldPoints, UInt64(max(0, step))) }

  /// Points of 0..<count in ascending order, one drawn from each of `size` equal parts; nil for all.
  ///
  /// Every point is equally likely. Drawing one point from each part spreads the points evenly, so the gradient of
  /// the batch is closer to that of all points than with independent draws.
  public func points(of count: Int) -> [Int]? {
    guard let size, size < count else { return nil }
    var random = random
    return (0..<size).map { part in
      // floor((part + u) count / size) for a uniform u in multiples of 1 / count.
      (part * count + random.uniform(below: count)) / size
    }
  }
}
