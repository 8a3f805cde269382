import Fields
import Fitting

/// What a user chose of a network and its training; nil leaves the usual.
public struct FieldChoices: Sendable, Equatable {
  /// Width of the sine layers.
  public var width: Int?
  /// Number of sine layers after the first.
  public var depth: Int?
  /// Frequency scale of the sine layers.
  public var omega: Float?
  /// Frequency scale of the first layer.
  public var omegaFirst: Float?
  /// Samples per update; `.some(nil)` takes all of them.
  public var batch: Int??
  /// The largest learning rate.
  public var learningRate: Float?
  /// How the parameters are moved.
  public var optimizer: FitOptimizer?

  /// Nothing chosen.
  public init() {}

  /// A recipe's settings with what was chosen instead.
  public func settings(_ recipe: FitSettings) -> FitSettings {
    var settings = recipe
    if let batch { settings.batchSize = batch }
    if let optimizer, optimizer != settings.optimizer {
      // A recipe that is gentler than its optimizer's usual stays as much gentler with another one.
      settings.learningRate *= optimizer.learningRate / settings.optimizer.learningRate
      settings.optimizer = optimizer
    }
    if let learningRate { settings.learningRate = learningRate }
    return settings
  }

  /// The usual network with what was chosen instead.
  public func architecture(_ usual: SirenArchitecture) -> SirenArchitecture {
    SirenArchitecture(
      coordinates: usual.coordinates, hiddenWidth: width ?? usual.hiddenWidth,
      hiddenLayers: depth ?? usual.hiddenLayers, outputs: usual.outputs,
      omegaFirst: omegaFirst ?? omega ?? usual.omegaFirst,
      omegaHidden: omega ?? usual.omegaHidden)
  }

  /// The settings of a grid with what was chosen instead.
  func gridSettings() -> GridFitSettings {
    var settings = GridFitSettings()
    if let learningRate { settings.learningRate = Double(learningRate) }
    if let batch { settings.batch = batch ?? .max / 4 }
    return settings
  }
}
