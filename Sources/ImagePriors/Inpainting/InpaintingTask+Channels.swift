import Signals

extension InpaintingTask {
  /// The same task in the channels of a prior, which may be the picture's own.
  ///
  /// - Throws: `PriorError.channels` if the observations cannot be converted.
  public func converted(for prior: any ImagePrior) throws -> InpaintingTask {
    prior.keepsChannels ? self : try converted(toChannels: prior.channels)
  }

  /// The same task for a prior of so many channels: colour becomes grey, or grey is repeated.
  ///
  /// - Throws: `PriorError.channels` if the observations cannot be converted.
  public func converted(toChannels channels: Int) throws -> InpaintingTask {
    if observations.channels == channels { return self }
    return InpaintingTask(
      width: width, height: height,
      observations: try observations.converted(toChannels: channels), mask: mask,
      truth: truth?.converted(toChannels: channels), known: known, table: table,
      source: source, missingPixels: missingPixels, observesSource: observesSource)
  }
}
