import Fitting
import Training

/// What is left of a run: its end, its length and its curve.
public struct FitRecord: Sendable, Equatable {
  /// A quality on the way.
  public struct Point: Sendable, Equatable {
    /// Since the run began.
    public var seconds: Double
    /// As the losses of the last batches tell it.
    public var decibels: Double
  }

  /// Why the run ended.
  public var ending = TrainingEnding.completed
  /// How long it took.
  public var seconds = 0.0
  /// Number of updates.
  public var steps = 0
  /// A few hundred points at most.
  public var curve: [Point] = []
  /// How often the fit went back to an earlier state because it diverged.
  public var restarts = 0

  /// An empty record.
  public init() {}

  /// Notes how far the fit has come.
  public mutating func add(_ progress: FitProgress) {
    if progress.update.restartedWith != nil { restarts += 1 }
    if progress.seconds - (curve.last?.seconds ?? -1) >= max(0.02, progress.seconds / 200) {
      curve.append(Point(seconds: progress.seconds, decibels: progress.update.decibels))
    }
  }
}
