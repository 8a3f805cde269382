import Fields
import Fitting

/// A user's choices for a network and its training; nil keeps the default.
public struct FieldChoices: Sendable, Equatable {
  /// Width of the sine layers.
  public var width: Int?
  /// Number of sine layers after the first.
  public var depth: Int?
  /// Frequency scale of the sine layers.
  public var omega: Float?
  /// Frequency scale of the first layer.
  public var omegaFirst: Float?
  /// Samples per update; `.some(nil)` means all samples.
  public var batch: Int??
  /// The peak learning rate.
  public var learningRate: Float?
  /// The optimizer.
  public var optimizer: FitOptimizer?

  /// Creates choices that keep every default.
  public init() {}

  /// A recipe's settings with these choices applied.
  public func settings(_ recipe: FitSettings) -> FitSettings {
    var settings = recipe
    if let batch { settings.batchSize = batch }
    if let optimizer, optimizer != settings.optimizer {
      // A recipe that is gentler than its optimizer's default keeps the same ratio with another optimizer.
      settings.learningRate *= optimizer.learningRate / settings.optimizer.learningRate
      settings.optimizer = optimizer
    }
    if let learningRate { settings.learningRate = learningRate }
    return settings
  }

  /// The default network with these choices applied.
  public func architecture(_ usual: SirenArchitecture) -> SirenArchitecture {
    SirenArchitecture(
      coordinates: usual.coordinates, hiddenWidth: width ?? usual.hiddenWidth,
      hiddenLayers: depth ?? usual.hiddenLayers, outputs: usual.outputs,
      omegaFirst: omegaFirst ?? omega ?? usual.omegaFirst,
      omegaHidden: omega ?? usual.omegaHidden)
  }

  /// The default settings of a grid with these choices applied.
  func gridSettings() -> GridFitSettings {
    var settings = GridFitSettings()
    if let learningRate { settings.learningRate = Double(learningRate) }
    if let batch { settings.batch = batch ?? .max / 4 }
    return settings
  }

  /// The default settings of a grid's fit to differences with these choices applied.
  func differenceGridSettings() -> DifferenceGridSettings {
    var settings = DifferenceGridSettings()
    settings.descent = gridSettings()
    return settings
  }
}
