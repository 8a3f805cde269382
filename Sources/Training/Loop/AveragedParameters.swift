/// The moving average of a training's parameters, and the best average on validation pictures.
///
/// The average has a smaller error than the parameters themselves, which are noisy (Polyak and
/// Juditsky 1992).
package struct AveragedParameters: Sendable, Equatable {
  /// The current average.
  package private(set) var current: [Float]
  /// The best average.
  package private(set) var best: [Float]
  /// The score of the best average, less is better; infinite before the first validation.
  package private(set) var bestScore: Double
  /// The number of validations since the best one.
  package private(set) var validationsSinceBest: Int

  /// The decay of the average, which is smaller at the start.
  private static let decay = 0.999

  /// The start of a run.
  init(_ parameters: [Float]) {
    self.init(current: parameters, best: parameters, bestScore: .infinity, validationsSinceBest: 0)
  }

  /// The values from a checkpoint.
  init(current: [Float], best: [Float], bestScore: Double, validationsSinceBest: Int) {
    self.current = current
    self.best = best
    self.bestScore = bestScore
    self.validationsSinceBest = validationsSinceBest
  }

  /// Adds the parameters after `step` updates.
  mutating func add(_ parameters: [Float], step: Int) {
    current.move(
      towards: parameters, share: Float(1 - min(Self.decay, Double(step) / Double(step + 10))))
  }

  /// Keeps the average if it is the best so far.
  ///
  /// - Parameter score: the score of the average, less is better; nil without validation pictures,
  ///   and then the newest average is the best.
  mutating func keepBest(_ score: Double?) {
    guard let score else {
      best = current
      return
    }
    if score < bestScore {
      (best, bestScore, validationsSinceBest) = (current, score, 0)
    } else {
      validationsSinceBest += 1
    }
  }
}
