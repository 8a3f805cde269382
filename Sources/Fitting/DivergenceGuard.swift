import Fields
import Training

/// Watches the loss of a fit, keeps the last good state, and says when to go back to it.
struct DivergenceGuard: Sendable {
  /// What a fit goes back to.
  struct State: Sendable {
    var field: Siren
    var optimizer: Optimizer
  }

  /// Restarts after which the fit is given up.
  static let restartLimit = 6
  /// The factor on the learning rate at each restart.
  static let gentler: Float = 0.25
  private static let snapshotInterval = 50
  /// Updates after which a fit that explains nothing has failed, and the learning rate above which a
  /// smaller one is likely to help: at 1e-3 a sound of 300,000 samples stood still that 3e-4 learned
  /// (measured).
  private static let patience = 200
  private static let gentleRate: Float = 1.5e-4

  private let constantLoss: Double
  private(set) var lastGood: State
  private(set) var restarts = 0
  private var firstLoss: Double?
  private var smoothed = 0.0
  private var best = Double.infinity
  private var observations = 0

  init(start: State, constantLoss: Double) {
    lastGood = start
    self.constantLoss = constantLoss
  }

  /// Notes the loss of a state before its update.
  ///
  /// - Parameter learningRate: the largest of the run.
  /// - Returns: whether the fit has diverged: the loss is not a number, has grown far beyond both its
  ///   start and that of a constant, or stays at no better than a constant.
  mutating func observe(
    _ loss: Double, learningRate: Float, _ state: @autoclosure () -> State
  ) -> Bool {
    guard loss.isFinite else { return true }
    let first = firstLoss ?? loss
    firstLoss = first
    smoothed = observations == 0 ? loss : 0.9 * smoothed + 0.1 * loss
    observations += 1
    let ceiling = max(first, constantLoss)
    if ceiling > 0, smoothed > 2 * ceiling { return true }
    if constantLoss > 0, learningRate > Self.gentleRate, observations >= Self.patience,
      smoothed > 0.97 * constantLoss
    {
      return true
    }
    // Having explained something and lost it again is divergence too.
    if observations >= 20, best < 0.25 * constantLoss, smoothed > 0.9 * constantLoss { return true }
    best = min(best, observations >= 10 ? smoothed : .infinity)
    // A network that lost its start's features and explains nothing is no state to go back to.
    let explains = constantLoss == 0 || smoothed < 0.9 * constantLoss
    if observations % Self.snapshotInterval == 0, explains, smoothed < 1.2 * best {
      lastGood = state()
    }
    return false
  }

  /// Begins to watch again after the fit went back; the number of restarts so far is kept.
  mutating func restart() {
    restarts += 1
    firstLoss = nil
    observations = 0
    smoothed = 0
    best = .infinity
  }
}
