import Fields

extension SirenArchitecture {
  /// The frequency scale of the first layer for a sound.
  ///
  /// The coordinate spans -1...1 whatever the sound's length, so the scale must grow with the number
  /// of samples: in proportion, such that the notebook's 7 seconds at 44.1 kHz (308,207 samples) get
  /// its 3,000. At least 30, at most 30,000, beyond which float32 phases lose their last digits.
  ///
  /// - Parameter samples: frames of the sound: its length times its rate.
  public static func omegaFirst(forSamples samples: Int) -> Float {
    min(30_000, max(30, 3_000 * Float(samples) / 308_207))
  }
}
