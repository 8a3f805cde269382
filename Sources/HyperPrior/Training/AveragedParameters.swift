import Training

/// The moving average of a descent's parameters, and the average that did best on held-out pictures.
///
/// The average errs less than the parameters themselves do, which jump about (Polyak and Juditsky 1992).
struct AveragedParameters: Sendable, Equatable {
  /// The average so far.
  private(set) var current: [Float]
  /// The average that did best.
  private(set) var best: [Float]
  /// How well it did, less is better; infinite if none was judged.
  private(set) var bestScore: Double
  /// How often others were judged since.
  private(set) var judgedSince: Int

  /// Decay of the average; less at the start.
  private static let decay = 0.999

  /// The start of a run.
  init(_ parameters: [Float]) {
    self.init(current: parameters, best: parameters, bestScore: .infinity, judgedSince: 0)
  }

  /// What a checkpoint holds.
  init(current: [Float], best: [Float], bestScore: Double, judgedSince: Int) {
    self.current = current
    self.best = best
    self.bestScore = bestScore
    self.judgedSince = judgedSince
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
      (best, bestScore, judgedSince) = (current, score, 0)
    } else {
      judgedSince += 1
    }
  }
}
