import DifferentiableCore
import Foundation
import Numerics

/// What a field is fitted to: a loss on the field, and how to read its size.
///
/// The learning side sees nothing of the signal behind it. An objective is a value, so fits of one
/// start from one seed give one result.
public protocol FieldObjective: Sendable {
  /// Number of coordinates that the field must take.
  var coordinates: Int { get }
  /// Number of channels that the field must give.
  var outputs: Int { get }
  /// The loss of the best constant field: what does no better explains nothing.
  var constantLoss: Double { get }

  /// The mean loss over a batch, and its derivative with respect to the field's parameters.
  ///
  /// Must not depend on the number of threads.
  func lossGradient(of field: Siren, _ batch: PointBatch) -> (loss: Double, gradient: [Float])

  /// A mean loss in decibels, as users know it: PSNR for pictures, SNR for sounds and others.
  func decibels(ofLoss loss: Double) -> Double
}

extension FieldObjective {
  /// How far a loss is below that of a constant field: `10 log10(constantLoss / loss)` dB.
  public func decibels(ofLoss loss: Double) -> Double {
    loss == 0 ? .infinity : 10 * log10(constantLoss / loss)
  }
}

/// Which points one update looks at; every random choice follows from the seed and the step.
public struct PointBatch: Sendable, Equatable {
  /// Number of points; nil takes all.
  public var size: Int?
  /// Of the whole fit.
  public var seed: UInt64
  /// Number of updates made before.
  public var step: Int

  /// A batch.
  public init(size: Int? = nil, seed: UInt64 = 0, step: Int = 0) {
    self.size = size
    self.seed = seed
    self.step = step
  }

  /// The generator of this step's random choices.
  public var random: Xoshiro256 { Xoshiro256(seed: seed, 1, UInt64(max(0, step))) }

  /// Points of 0..<count in rising order, one drawn from each of `size` equal parts; nil for all.
  ///
  /// Every point is equally likely. Drawing from each part spreads the points evenly, so that the
  /// batch's gradient is closer to that of all points than independent draws are.
  public func points(of count: Int) -> [Int]? {
    guard let size, size < count else { return nil }
    var random = random
    return (0..<size).map { part in
      // floor((part + u) count / size) for a uniform u in multiples of 1 / count.
      (part * count + random.uniform(below: count)) / size
    }
  }
}
