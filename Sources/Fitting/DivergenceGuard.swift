import Fields
import Training

/// Monitors the loss of a fit, keeps the last good state, and decides when to return to it.
struct DivergenceGuard: Sendable {
  /// The state to which a fit returns.
  struct State: Sendable {
    var field: Siren
    var optimizer: Optimizer
  }

  /// Number of restarts after which the fit is abandoned.
  static let restartLimit = 6
  /// The factor on the learning rate at each restart.
  static let gentler: Float = 0.25
  private static let snapshotInterval = 50
  /// Number of updates after which a fit that explains nothing has failed.
  ///
  /// It counts only above the learning rate `gentleRate`, where a smaller rate is likely to help. A sound of 300,000
  /// samples made no progress at 1e-3 but was learned at 3e-4 (measured).
  private static let patience = 200
  private static let gentleRate: Float = 1.5e-4

  private let constantLoss: Double
  var lastGood: State
  var restarts = 0
  var firstLoss: Double?
  var smoothed = 0.0
  var best = Double.infinity
  var observations = 0

  init(start: State, constantLoss: Double) {
    lastGood = start
    self.constantLoss = constantLoss
  }

  /// Records the loss of a state before its update.
  ///
  /// - Parameter learningRate: the largest learning rate of the run.
  /// - Returns: whether the fit has diverged: the loss is not a number, has grown far beyond both its initial value
  ///   and that of a constant, or remains no better than that of a constant.
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
    // Losing an explanation that the fit once had also counts as divergence.
    if observations >= 20, best < 0.25 * constantLoss, smoothed > 0.9 * constantLoss { return true }
    best = min(best, observations >= 10 ? smoothed : .infinity)
    // A network that lost its initial features and explains nothing is not a useful state to return to.
    let explains = constantLoss == 0 || smoothed < 0.9 * constantLoss
    if observations % Self.snapshotInterval == 0, explains, smoothed < 1.2 * best {
      lastGood = state()
    }
    return false
  }

  /// Starts monitoring again after the fit returned to a state; keeps the number of restarts.
  mutating func restart() {
    restarts += 1
    firstLoss = nil
    observations = 0
    smoothed = 0
    best = .infinity
  }
}
