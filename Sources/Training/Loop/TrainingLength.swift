/// How long a training run lasts; it also sets the schedule of the learning rate.
public enum TrainingLength: Sendable, Equatable {
  /// A number of updates. The result depends on the seed and the data alone.
  case steps(Int)
  /// Seconds of wall-clock time.
  case seconds(Double)

  /// The fraction that is done after so many updates and seconds, 0...1; it is 1 for a run without
  /// length.
  package func progress(step: Int, seconds: Double) -> Double {
    switch self {
    case .steps(let count): step < count ? Double(step) / Double(count) : 1
    case .seconds(let limit): seconds < limit ? seconds / limit : 1
    }
  }
}
