/// The default clock of a run.
public enum TrainingClock {
  private static let origin = ContinuousClock.now

  /// Seconds since a moment in this process.
  ///
  /// They never go back.
  public static func seconds() -> Double { (ContinuousClock.now - origin) / .seconds(1) }
}
