import Fitting
import Signals
import SyntheticData

/// The signals of the notebook, and the effort for each part.
public struct ReproductionSettings: Sendable {
  /// The picture, 1 or 3 channels, values 0...1.
  public var picture: Image
  /// The name of the picture.
  public var pictureName: String
  /// The sound, one channel.
  public var sound: AudioSignal
  /// The name of the sound.
  public var soundName: String
  /// The effort for each part.
  public var effort: Effort
  /// The seed of initializations and batches.
  public var seed: UInt64

  /// Longest side of the picture that is fitted, as in the notebook.
  public static let largestSide = 256
  /// Seconds of the sound that are fitted, as in the notebook.
  public static let longestSound = 7.0

  /// Creates settings; a user's picture and sound are brought to the notebook's size.
  ///
  /// - Parameters:
  ///   - picture: a picture of 1 to 4 channels, with its name; nil draws one.
  ///   - sound: a sound of any number of channels, with its name; nil synthesizes one.
  public init(
    picture: (image: Image, name: String)?, sound: (signal: AudioSignal, name: String)?,
    effort: Effort = .full, seed: UInt64 = 1
  ) {
    self.picture =
      picture.map { Self.fitting($0.image, side: effort.pictureSide) }
      ?? TestPicture.draw(size: effort.pictureSide)
    pictureName = picture?.name ?? "a drawn picture"
    self.sound =
      sound.map { Self.fitting($0.signal, seconds: effort.longestSound) }
      ?? TestMelody.play(seconds: min(5, effort.longestSound))
    soundName = sound?.name ?? "a synthesized melody"
    self.effort = effort
    self.seed = seed
  }

  /// The amount of work: sizes, and seconds for each fit.
  public struct Effort: Sendable {
    /// Seconds for the picture.
    public var pictureSeconds: Double
    /// Seconds for the sound.
    public var soundSeconds: Double
    /// Seconds for the clip.
    public var clipSeconds: Double
    /// Side and number of the clip's frames.
    public var clip: (side: Int, frames: Int)
    /// Seconds for the shape.
    public var shapeSeconds: Double
    /// Points of the shape's surface from which it is learned.
    public var shapePoints: Int
    /// Cells per side for the surface of the fitted shape, and pixels per side of its pictures.
    public var shapeResolution: Int
    /// Seconds for the picture from its gradient, and as many from its Laplacian.
    public var poissonSeconds: Double
    /// Longest side of the picture.
    public var pictureSide: Int
    /// Side of the picture of the Poisson problems and of the comparison; the notebook's is 128.
    public var smallSide: Int
    /// Seconds of the sound at most.
    public var longestSound: Double
    /// Updates of each network of the comparison.
    public var comparisonSteps: Int
    /// Units of each sine layer of the networks that are fitted; nil chooses by the signal's size.
    public var width: Int?
    /// Units of each hidden layer of the networks of the comparison.
    public var comparisonWidth: Int
    /// Samples along each side of the picture far outside its range.
    public var rangeSize: Int
    /// The network whose activations are analyzed.
    public var activations: ActivationSettings
    /// The network whose inputs are shifted; it runs twice.
    public var shifted: ActivationSettings
    /// Seconds for each equation.
    public var equationSeconds = 35.0
    /// The wave number of the Helmholtz equation.
    public var waveNumber = 20.0
    /// Sines of the networks that solve equations; nil takes each equation's own number.
    public var equationWidth: Int?

    /// All of the notebook, in less than six minutes on two cores.
    public static let full = Effort(
      pictureSeconds: 40, soundSeconds: 45, clipSeconds: 30, clip: (128, 40), shapeSeconds: 30,
      shapePoints: 20_000, shapeResolution: 256, poissonSeconds: 27, pictureSide: 256,
      smallSide: 128, longestSound: ReproductionSettings.longestSound, comparisonSteps: 400,
      width: nil, comparisonWidth: 128, rangeSize: 1_024,
      activations: ActivationSettings(),
      shifted: ActivationSettings(width: 1_024, points: 8_192))

    /// The same in less than a minute, with smaller networks in the analyses.
    public static let quick = Effort(
      pictureSeconds: 8, soundSeconds: 8, clipSeconds: 5, clip: (64, 24), shapeSeconds: 6,
      shapePoints: 10_000, shapeResolution: 128, poissonSeconds: 6, pictureSide: 128, smallSide: 96,
      longestSound: 2, comparisonSteps: 120, width: nil, comparisonWidth: 96, rangeSize: 512,
      activations: ActivationSettings(width: 512, points: 4_096),
      shifted: ActivationSettings(width: 256, points: 4_096), equationSeconds: 7, waveNumber: 10)

    /// Very little, to test that all parts work.
    package static let trial = Effort(
      pictureSeconds: 0.2, soundSeconds: 0.2, clipSeconds: 0.2, clip: (16, 4), shapeSeconds: 0.5,
      shapePoints: 500, shapeResolution: 32, poissonSeconds: 0.2, pictureSide: 24, smallSide: 16,
      longestSound: 0.05, comparisonSteps: 4, width: 16, comparisonWidth: 8, rangeSize: 64,
      activations: ActivationSettings(width: 16, hiddenLayers: 2, points: 256),
      shifted: ActivationSettings(width: 16, hiddenLayers: 1, points: 256), equationSeconds: 0.2,
      waveNumber: 4, equationWidth: 8)
  }

  /// The picture without transparency, its longest side at most `side`.
  private static func fitting(_ image: Image, side: Int) -> Image {
    let opaque = image.composited(onto: 1)
    let longest = max(opaque.width, opaque.height)
    guard longest > side else { return opaque }
    let scaled = { (length: Int) in max(1, (length * side + longest / 2) / longest) }
    return opaque.resized(width: scaled(opaque.width), height: scaled(opaque.height))
  }

  /// The mean of the channels, limited to the first `seconds`.
  private static func fitting(_ sound: AudioSignal, seconds: Double) -> AudioSignal {
    let frames = max(1, min(sound.frameCount, Int(seconds * Double(sound.sampleRate))))
    let samples = (0..<frames).map { frame in
      let start = frame * sound.channels
      return sound.samples[start..<start + sound.channels].reduce(0, +) / Float(sound.channels)
    }
    return AudioSignal(sampleRate: sound.sampleRate, channels: 1, samples: samples)
  }
}

/// The reason that the notebook cannot be run on a signal, as one line for the user.
public struct ReproductionError: Error, CustomStringConvertible, Equatable {
  /// The name of the signal.
  public let name: String
  /// The problem, and a suggestion for what to try.
  public let problem: String

  /// The message.
  public var description: String { "'\(name)' \(problem)" }
}

extension ReproductionSettings {
  /// Rejects signals that contain nothing to fit.
  ///
  /// - Throws: ``ReproductionError``.
  public func check() throws {
    guard sound.peak > 0 else {
      throw ReproductionError(
        name: soundName,
        problem: String(
          format: "is silent in its first %.1f s; pass another sound", sound.duration))
    }
    // The parts that solve for the picture see its middle square alone.
    let middle = ComparisonChapter.squared(picture, side: effort.smallSide)
    let range = (middle.values.min() ?? 0, middle.values.max() ?? 0)
    guard range.1 - range.0 > 1e-3 else {
      throw ReproductionError(
        name: pictureName,
        problem: "has one brightness in its middle square; pass another picture")
    }
  }
}
