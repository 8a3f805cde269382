import Fitting
import Training

/// The record of a run: its ending, its duration and its quality curve.
public struct FitRecord: Sendable, Equatable {
  /// The quality at one time during the run.
  public struct Point: Sendable, Equatable {
    /// Seconds since the run began.
    public var seconds: Double
    /// The quality in decibels, estimated from the losses of the last batches.
    public var decibels: Double
  }

  /// The reason that the run ended.
  public var ending = TrainingEnding.completed
  /// The duration of the run, in seconds.
  public var seconds = 0.0
  /// Number of updates.
  public var steps = 0
  /// The mean loss over the last batch; infinite without an update.
  public var loss = Double.infinity
  /// The quality curve, with a few hundred points at most.
  public var curve: [Point] = []
  /// Number of times that the fit returned to an earlier state because it diverged.
  public var restarts = 0
  /// Whether the fit was stopped and its state was saved, so that it can be resumed.
  public var isSaved = false

  /// Creates an empty record.
  public init() {}

  /// Records the progress of the fit.
  public mutating func add(_ progress: FitProgress) {
    loss = progress.update.loss
    if progress.update.restartedWith != nil { restarts += 1 }
    if progress.seconds - (curve.last?.seconds ?? -1) >= max(0.02, progress.seconds / 200) {
      curve.append(Point(seconds: progress.seconds, decibels: progress.update.decibels))
    }
  }
}
