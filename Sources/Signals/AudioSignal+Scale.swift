extension AudioSignal {
  /// Number of samples beyond full scale, which integers cannot hold.
  public var clippedCount: Int { samples.count { abs($0) > 1 } }

  /// The sound with all samples multiplied by a factor.
  public func scaled(by factor: Float) -> AudioSignal {
    AudioSignal(sampleRate: sampleRate, channels: channels, samples: samples.map { $0 * factor })
  }
}
