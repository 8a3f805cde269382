import Files

/// A sound: samples at equal steps of time, channels interleaved.
///
/// Storage is row-major `[frames, channels]`: channel `c` of frame `i` is
/// `samples[i * channels + c]`. Values are usually in -1...1, full scale.
public struct AudioSignal: Sendable, Equatable {
  /// Frames per second, at least 1.
  public let sampleRate: Int
  /// Number of interleaved channels, at least 1.
  public let channels: Int
  /// `[frames, channels]`, at least one frame.
  public var samples: [Float]

  /// A sound from its samples.
  ///
  /// - Parameter samples: interleaved, `[frames, channels]`.
  public init(sampleRate: Int, channels: Int, samples: [Float]) {
    precondition(
      sampleRate >= 1 && channels >= 1 && !samples.isEmpty && samples.count % channels == 0,
      "a sound needs a rate, channels and whole frames, got \(sampleRate) Hz, \(channels) channels "
        + "and \(samples.count) samples")
    self.sampleRate = sampleRate
    self.channels = channels
    self.samples = samples
  }

  /// Number of frames: samples per channel.
  public var frameCount: Int { samples.count / channels }

  /// Its length in seconds, `frameCount / sampleRate`.
  public var duration: Double { Double(frameCount) / Double(sampleRate) }

  /// The largest magnitude of a sample; 0 for silence.
  public var peak: Float { samples.reduce(0) { max($0, abs($1)) } }
}

/// Limits on the size of a sound file; larger files are rejected before memory is allocated.
public struct AudioLimits: Sendable, Equatable {
  /// Largest number of samples, frames times channels.
  public var maximumSamples: Int
  /// Largest file, in bytes.
  public var maximumBytes: Int

  /// Limits from their values.
  ///
  /// The defaults take an hour in stereo at 48 kHz (400 million samples, 1 GiB of file).
  public init(maximumSamples: Int = 400_000_000, maximumBytes: Int = 1 << 30) {
    self.maximumSamples = maximumSamples
    self.maximumBytes = maximumBytes
  }

  /// 400 million samples and 1 GiB of file, unless the environment says otherwise; see `FileLimit`.
  public static let standard = AudioLimits(
    maximumSamples: FileLimit.samples.value(usually: 400_000_000),
    maximumBytes: FileLimit.bytes.value(usually: 1 << 30))
}
