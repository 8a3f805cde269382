/// The clock of a run, unless another one is passed in.
public enum TrainingClock {
  private static let origin = ContinuousClock.now

  /// Seconds since some moment of this process; they never go back.
  public static func seconds() -> Double { (ContinuousClock.now - origin) / .seconds(1) }
}
