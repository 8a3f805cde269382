import Fitting
import Foundation

/// The quality that a picture's grid would reach with more time, estimated from fits of photographs.
public struct FitOutlook: Sendable, Equatable {
  /// The duration of a longer fit, in seconds.
  public var seconds: Double
  /// The approximate quality that it would reach, in decibels.
  public var decibels: Double

  /// Updates per cell, and the decibels gained by four times as many: the mean over twelve photographs of 768x512
  /// (`siren fit --steps`; see Docs/EXPERIMENTS.md).
  private static let gains: [(steps: Double, decibels: Double)] = [
    (36, 7.0), (144, 5.3), (576, 3.1), (2_304, 1.5),
  ]

  /// Creates the outlook of a picture's fit that ended by time; nil for other fits.
  init?(_ quality: FitQuality, _ record: FitRecord, _ signal: FittedSignal) {
    guard case .image = signal, record.ending == .completed, record.seconds >= 1,
      quality.decibels.isFinite, let first = Self.gains.first, let last = Self.gains.last
    else { return nil }
    let steps = min(last.steps, max(first.steps, Double(record.steps)))
    guard let next = Self.gains.firstIndex(where: { $0.steps >= steps }) else { return nil }
    let (low, high) = (Self.gains[max(0, next - 1)], Self.gains[next])
    let share = high.steps > low.steps ? log(steps / low.steps) / log(high.steps / low.steps) : 1
    seconds = 4 * record.seconds
    decibels = quality.decibels + low.decibels + share * (high.decibels - low.decibels)
  }
}
