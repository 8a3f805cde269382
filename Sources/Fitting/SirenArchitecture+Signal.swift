import Fields

extension SirenArchitecture {
  /// The network with which a signal is fitted by default.
  ///
  /// A picture gets three sine layers and a first frequency scale that grows with its size. On a
  /// 256x256 photograph, 300 updates of 4,096 points reached 33.3 dB with the notebook's omega of 30
  /// and 40.6 dB with 160; in the same time three sine layers of 256 came 4 dB beyond four, and within
  /// four seconds three of 192 another 2 dB (measured). Rendered at twice the size, none of them was
  /// farther from the larger photograph than the notebook's.
  ///
  /// - Parameters:
  ///   - signal: the channels and the size of the signal.
  ///   - hiddenWidth: width of the sine layers; nil chooses 192 up to 100,000 points, 256 beyond.
  public static func standard(
    for signal: FittedSignal, hiddenWidth: Int? = nil
  ) -> SirenArchitecture {
    let points: Int
    let omega: Float
    switch signal {
    case .image(let width, let height, _):
      points = width * height
      omega = Self.omegaFirst(forSide: max(width, height))
    case .audio(_, let frames, _, _):
      points = frames
      omega = Self.omegaFirst(forSamples: frames)
    case .video(let width, let height, _, let frames, _):
      points = width * height * frames
      omega = Self.omegaFirst(forSide: max(width, height, frames))
    case .shape: return .shape(hiddenWidth: hiddenWidth)
    }
    return SirenArchitecture(
      coordinates: signal.shape.coordinates,
      hiddenWidth: hiddenWidth ?? (points <= 100_000 ? 192 : 256), hiddenLayers: 2,
      outputs: signal.shape.outputs, omegaFirst: omega)
  }

  /// The network for conditions on a picture's differences: four sine layers with the notebook's omega,
  /// since slow variations are what differences show least.
  ///
  /// A 128x128 photograph from its gradient, in 28 s: 41.6 dB with width 192, 32.1 with 256, 34.3 with a
  /// first scale of 45, and 28.0 after 200 updates with the network for pictures (measured).
  ///
  /// - Parameter hiddenWidth: width of the sine layers; nil chooses as ``standard(for:hiddenWidth:)`` does.
  public static func differences(
    for signal: FittedSignal, hiddenWidth: Int? = nil
  ) -> SirenArchitecture {
    let standard = standard(for: signal, hiddenWidth: hiddenWidth)
    return SirenArchitecture(
      coordinates: standard.coordinates, hiddenWidth: standard.hiddenWidth,
      outputs: standard.outputs)
  }

  /// The frequency scale of the first layer for a picture.
  ///
  /// The coordinates span -1...1 whatever the size, so the scale must grow with the number of pixels:
  /// 5/8 of the longer side (measured at 256: 120, 160 and 200 reach 39.5, 40.6 and 39.3 dB in 300
  /// updates, 256 only 36.9), at least 30, at most 3,000.
  ///
  /// - Parameter side: the longer side in pixels.
  public static func omegaFirst(forSide side: Int) -> Float {
    min(3_000, max(30, 0.625 * Float(side)))
  }

  /// The frequency scale of the first layer for a sound.
  ///
  /// In proportion to the number of samples, as for a picture, with five times the notebook's 3,000 for
  /// its 308,207 samples (7 s at 44.1 kHz): in 450 updates on music of that length, with three sine
  /// layers, 15,000 left a mean squared error of 8.6e-5, 10,000 1.1e-4 and 50,000 3.7e-3, where four
  /// layers with the notebook's scale were at 5.6e-4 after 300 (measured). At least 30, at most 60,000,
  /// beyond which float32 phases lose digits that are heard.
  ///
  /// - Parameter samples: frames of the sound: its length times its rate.
  public static func omegaFirst(forSamples samples: Int) -> Float {
    scale(15_000, samples, most: 60_000)
  }

  /// A scale for the notebook's sound, in proportion for others, from 30 on.
  private static func scale(_ notebook: Float, _ samples: Int, most: Float) -> Float {
    min(most, max(30, notebook * Float(samples) / 308_207))
  }

  /// The notebook's network: four sine layers of 256, omega 30, and for a sound a first scale of 3,000
  /// for its 308,207 samples, in proportion for others, from 30 to 30,000.
  public static func notebook(for signal: FittedSignal) -> SirenArchitecture {
    var omega: Float = 30
    if case .audio(_, let frames, _, _) = signal {
      omega = scale(3_000, frames, most: 30_000)
    }
    return SirenArchitecture(
      coordinates: signal.shape.coordinates, outputs: signal.shape.outputs, omegaFirst: omega)
  }
}
