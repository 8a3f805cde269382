import DifferentiableCore
import Numerics

/// A convolutional network that looks at what the Gaussian posterior made of some observations and says
/// what is wrong with it: what a collection has in common beyond mean and covariance, such as edges.
///
/// It is the U-Net of Ronneberger, Fischer and Brox (arXiv 1505.04597) with residual blocks (He et al.,
/// arXiv 1603.05027), and with a learned number for each place and unit, since a prior's subjects are
/// aligned. Patches of pixels become channels before the first convolution, so the costliest layers
/// work on a quarter of the pixels.
package struct ResidualNetwork: Sendable, Equatable {
  /// The shape of a network.
  package struct Configuration: Sendable, Equatable, Codable {
    /// Side of the square pictures, in pixels.
    var size: Int
    /// Channels of a picture.
    var channels: Int
    /// Side of the patches that become one place of the first level, 1 or more.
    package var patch: Int
    /// Channels of the levels, each of half the side of the one before.
    package var widths: [Int]

    /// How many neighbours make the picture that is shown beside the Gaussian posterior's, one of
    /// `SubspacePrior.neighbourhoods`; nil if none is shown, as in files from before it was.
    var neighbourhood: Double?

    /// The shape for pictures of a size; Docs/EXPERIMENTS.md has what was tried.
    package init(size: Int, channels: Int, neighbourhood: Double?) {
      self.size = size
      self.channels = channels
      self.neighbourhood = neighbourhood
      patch = size > 64 ? 4 : 2
      widths = size > 32 ? [32, 64, 96, 128] : [48, 64, 96]
    }

    /// Numbers that the network is shown for each pixel: the Gaussian posterior's value in each channel,
    /// its deviation, whether the pixel was observed, the observed value in each channel, and how far the
    /// neighbours' value in each channel is from the Gaussian posterior's.
    package var inputs: Int { (neighbourhood == nil ? 2 : 3) * channels + 2 }

    /// Numbers that it gives for each pixel: a residual network of each channel, and the logarithm of how much
    /// wider than the formula's the corrected value's deviation is.
    package var outputs: Int { channels + 1 }

    /// Side of a level's grid; pictures are filled up with zeros to whole places of the last level.
    package func side(level: Int) -> Int {
      let whole = patch << (widths.count - 1)
      return (size + whole - 1) / whole * whole / (patch << level)
    }
  }

  let configuration: Configuration
  var parameters: Parameters

  /// A network that corrects nothing yet: its last layer is zero.
  package init(_ configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    var random = Xoshiro256(seed: seed, 11)
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
  static func layout(of configuration: Configuration) -> ParameterLayout {
    plan(of: configuration).layout
  }

  private static func plan(of configuration: Configuration) -> ParameterPlan {
    let (area, widths) = (configuration.patch * configuration.patch, configuration.widths)
    var plan = ParameterPlan()
    plan.appendConvolution(
      "stem", side: 3, inputs: configuration.inputs * area, outputs: widths[0])
    for (level, width) in widths.enumerated() {
      let side = configuration.side(level: level)
      plan.append("places.\(level)", [side, side, width], uniform: 0)
      plan.appendBlock("encode.\(level)", width: width)
      guard level + 1 < widths.count else { continue }
      let next = widths[level + 1]
      plan.appendConvolution("down.\(level)", side: 1, inputs: 4 * width, outputs: next)
      plan.appendConvolution("up.\(level)", side: 1, inputs: next, outputs: 4 * width)
      plan.appendBlock("decode.\(level)", width: width)
    }
    plan.appendConvolution(
      "head", side: 3, inputs: widths[0], outputs: configuration.outputs * area, isZero: true)
    return plan
  }

  /// The residual networks in units of the deviation, and the logarithms of its factor.
  ///
  /// - Parameters:
  ///   - inputs: `[b, size, size, inputs]`.
  ///   - parameters: views of the parameters, tracked for training.
  /// - Returns: `[b, size, size, channels + 1]`.
  static func corrections(
    _ inputs: Tensor, _ configuration: Configuration, _ parameters: ParameterViews
  ) -> Tensor {
    let whole = configuration.side(level: 0) * configuration.patch
    let missing = whole - configuration.size
    let framed =
      missing == 0
      ? inputs
      : inputs.padded(axis: 1, before: 0, after: missing)
        .padded(axis: 2, before: 0, after: missing)
    var x = framed.patchesAsChannels(side: configuration.patch).convolution("stem", parameters)
    var skipped: [Tensor] = []
    for level in configuration.widths.indices {
      x = (x + parameters["places.\(level)"]).residualBlock("encode.\(level)", parameters)
      guard level + 1 < configuration.widths.count else { break }
      skipped.append(x)
      x = x.patchesAsChannels(side: 2).convolution("down.\(level)", parameters)
    }
    for level in skipped.indices.reversed() {
      x = skipped[level] + x.convolution("up.\(level)", parameters).channelsAsPatches(side: 2)
      x = x.residualBlock("decode.\(level)", parameters)
    }
    let result = x.gaussianErrorLinear().convolution("head", parameters)
      .channelsAsPatches(side: configuration.patch)
    return missing == 0
      ? result
      : result.sliced(axis: 1, 0..<configuration.size).sliced(axis: 2, 0..<configuration.size)
  }
}
