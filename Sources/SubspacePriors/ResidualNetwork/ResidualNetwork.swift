import DifferentiableCore
import Numerics

/// A convolutional network that predicts the residual of the Gaussian posterior's picture.
///
/// It learns what a collection has in common beyond its mean and covariance, such as edges.
/// It is the U-Net of Ronneberger, Fischer and Brox (arXiv 1505.04597) with residual blocks (He et al.,
/// arXiv 1603.05027) and a learned bias for each grid point and channel, since a prior's subjects are
/// aligned. Patches of pixels become channels before the first convolution, so the most expensive layers
/// work on a quarter of the pixels or fewer.
package struct ResidualNetwork: Sendable, Equatable {
  /// The shape of a network.
  package struct Configuration: Sendable, Equatable, Codable {
    /// Side of the square pictures, in pixels.
    var size: Int
    /// Channels of a picture.
    var channels: Int
    /// Side of the patches that become one grid point of the first level, in pixels, at least 1.
    package var patch: Int
    /// Channels of the U-Net's levels; each level has half the side of the one before.
    package var widths: [Int]

    /// Effective number of neighbours whose picture is an input beside the Gaussian posterior's, one of
    /// `SubspacePrior.neighbourhoods`; nil if there is none, as in the earliest files.
    var neighbourhood: Double?

    /// The shape for pictures of a size; Docs/EXPERIMENTS.md has the shapes that were tried.
    package init(size: Int, channels: Int, neighbourhood: Double?) {
      self.size = size
      self.channels = channels
      self.neighbourhood = neighbourhood
      patch = size > 64 ? 4 : 2
      widths = size > 32 ? [32, 64, 96, 128] : [48, 64, 96]
    }

    /// Number of inputs per pixel: the Gaussian posterior's value in each channel, its standard deviation,
    /// whether the pixel was observed, the observed value in each channel, and with neighbours the difference
    /// of their value from the Gaussian posterior's in each channel.
    package var inputs: Int { (neighbourhood == nil ? 2 : 3) * channels + 2 }

    /// Number of outputs per pixel: the residual of each channel, and the logarithm of a factor on the
    /// formula's standard deviation.
    package var outputs: Int { channels + 1 }

    /// The U-Net of this shape.
    var network: UNet {
      UNet(
        inputs: inputs, outputs: outputs, patch: patch, widths: widths,
        aligned: UNet.Extent(height: size, width: size))
    }

    /// Side of a level's grid; pictures are padded with zeros to whole grid points of the last level.
    package func side(level: Int) -> Int { network.side(level: level, pixels: size) }
  }

  let configuration: Configuration
  var parameters: Parameters

  /// A network that predicts 0 everywhere: its last layer is zero.
  package init(_ configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    var random = Xoshiro256(seed: seed, .residualStart)
    parameters = Parameters()
    parameters.append(Self.plan(of: configuration), &random)
  }

  /// A network with given parameters; nil if their names or shapes do not fit.
  package init?(_ configuration: Configuration, parameters: Parameters) {
    guard parameters.layout == Self.layout(of: configuration) else { return nil }
    self.configuration = configuration
    self.parameters = parameters
  }

  /// Names and shapes of the parameters of a configuration.
  package static func layout(of configuration: Configuration) -> ParameterLayout {
    plan(of: configuration).layout
  }

  private static func plan(of configuration: Configuration) -> ParameterPlan {
    configuration.network.plan
  }

  /// The network's output: residuals in units of the standard deviation, and the logarithms of the factor on
  /// it.
  ///
  /// - Parameters:
  ///   - inputs: `[b, size, size, inputs]`.
  ///   - parameters: views of the parameters, tracked for training.
  /// - Returns: `[b, size, size, channels + 1]`.
  static func outputs(
    _ inputs: Tensor, _ configuration: Configuration, _ parameters: ParameterViews
  ) -> Tensor {
    configuration.network(inputs, parameters)
  }
}
