import Fitting

extension FitSource {
  /// The limits at which a fit of this signal ends.
  ///
  /// Without any limit a fit takes 10 seconds, and one by the notebook's recipe its 500 updates, for a sound 1,000.
  ///
  /// - Parameters:
  ///   - steps: the number of updates, if given.
  ///   - seconds: the time, if given.
  ///   - decibels: the quality to reach, if given.
  ///   - recipe: the recipe of the fit.
  public func limits(
    steps: Int? = nil, seconds: Double? = nil, decibels: Double? = nil,
    recipe: FitRecipe = .standard
  ) -> FitLimits {
    let isCounted = recipe == .notebook && seconds == nil && decibels == nil
    let counted = if case .audio = content { 1_000 } else { 500 }
    return FitLimits(
      steps: steps ?? (isCounted ? counted : nil),
      seconds: seconds ?? (decibels == nil ? 10 : nil),
      goal: decibels.map { FitGoal(decibels: $0) { quality(of: $0).decibels } })
  }
}
