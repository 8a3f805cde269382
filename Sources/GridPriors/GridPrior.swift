import DifferentiableCore
import Numerics

/// A prior for pictures of any size and content, which generates a grid of SIRENs from observed pixels.
///
/// A convolutional set encoder looks at the observations on the grid of the pixels (Gordon et al., arXiv 1910.13556).
/// The hypernetwork's last layer is the weights of a grid of SIRENs of one sine layer: cell by cell, the cosine
/// coefficients of the restored picture. Where observations lie between pixels, the cells' output layers are then
/// fitted to them in closed form. The network also predicts a standard deviation for every place.
///
/// Values are relative to the mean and deviation of the observations nearby, and channels are decorrelated first, so
/// one model serves photographs and micrographs, grey and colour.
public struct GridPrior: Sendable, Equatable {
  /// The architecture.
  public let configuration: GridPriorConfiguration
  /// All parameters of the network in one flat buffer.
  public var parameters: Parameters
  /// The factors on the predicted deviations.
  public var calibration: DeviationCalibration

  /// A freshly initialized prior, which interpolates linearly.
  public init(_ configuration: GridPriorConfiguration, seed: UInt64) {
    var random = Xoshiro256(seed: seed, .gridStart)
    self.configuration = configuration
    parameters = Parameters()
    parameters.append(configuration.network.plan, &random)
    calibration = DeviationCalibration()
  }

  /// A prior with given parameters; nil if their names or shapes do not fit.
  package init?(
    _ configuration: GridPriorConfiguration, parameters: Parameters,
    calibration: DeviationCalibration = DeviationCalibration()
  ) {
    guard parameters.layout == configuration.network.plan.layout else { return nil }
    self.configuration = configuration
    self.parameters = parameters
    self.calibration = calibration
  }

  /// Number of parameters.
  public var parameterCount: Int { parameters.layout.count }
}
