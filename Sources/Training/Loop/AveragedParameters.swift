/// The moving average of a training's parameters, and the average that did best on held-out pictures.
///
/// The average errs less than the parameters themselves do, which jump about (Polyak and Juditsky 1992).
package struct AveragedParameters: Sendable, Equatable {
  /// The average so far.
  package private(set) var current: [Float]
  /// The average that did best.
  package private(set) var best: [Float]
  /// How well it did, less is better; infinite if none was judged.
  package private(set) var bestScore: Double
  /// How often others were judged since.
  package private(set) var validationsSinceBest: Int

  /// Decay of the average; less at the start.
  private static let decay = 0.999

  /// The start of a run.
  init(_ parameters: [Float]) {
    self.init(current: parameters, best: parameters, bestScore: .infinity, validationsSinceBest: 0)
  }

  /// What a checkpoint holds.
  init(current: [Float], best: [Float], bestScore: Double, validationsSinceBest: Int) {
    self.current = current
    self.best = best
    self.bestScore = bestScore
    self.validationsSinceBest = validationsSinceBest
  }

  /// Takes in the parameters after so many updates.
  mutating func add(_ parameters: [Float], step: Int) {
    current.move(
      towards: parameters, share: Float(1 - min(Self.decay, Double(step) / Double(step + 10))))
  }

  /// Keeps the average if it is the best so far.
  ///
  /// - Parameter score: how it did, less is better; nil if there is nothing to judge it by, and then the
  ///   newest is the best.
  mutating func judge(_ score: Double?) {
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
