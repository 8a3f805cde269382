import DifferentiableCore
import RandomNumbers

/// A convolutional network that looks at what the Gaussian posterior made of some observations and says
/// what is wrong with it: what a collection has in common beyond mean and covariance, such as edges.
///
/// It is the U-Net of Ronneberger, Fischer and Brox (arXiv 1505.04597) with residual blocks (He et al.,
/// arXiv 1603.05027), and with a learned number for each place and unit, since a prior's subjects are
/// aligned. Patches of pixels become channels before the first convolution, so the costliest layers
/// work on a quarter of the pixels.
struct CorrectionNetwork: Sendable, Equatable {
  /// The shape of a network.
  struct Configuration: Sendable, Equatable, Codable {
    /// Side of the square pictures, in pixels.
    var size: Int
    /// Channels of a picture.
    var channels: Int
    /// Side of the patches that become one place of the first level, 1 or more.
    var patch: Int
    /// Channels of the levels, each of half the side of the one before.
    var widths: [Int]

    /// The shape for pictures of a size: measured, see Docs/PRIOR.md.
    init(size: Int, channels: Int) {
      self.size = size
      self.channels = channels
      patch = size > 64 ? 4 : 2
      widths = size > 32 ? [32, 64, 96, 128] : [48, 64, 96]
    }

    /// Numbers that the network is shown for each pixel: the Gaussian posterior's value in each channel,
    /// its deviation, whether the pixel was observed, and the observed value in each channel.
    var inputs: Int { 2 * channels + 2 }

    /// Numbers that it gives for each pixel: a correction of each channel, and the logarithm of how much
    /// wider than the formula's the corrected value's deviation is.
    var outputs: Int { channels + 1 }

    /// Side of a level's grid; pictures are filled up with zeros to whole places of the last level.
    func side(level: Int) -> Int {
      let whole = patch << (widths.count - 1)
      return (size + whole - 1) / whole * whole / (patch << level)
    }
  }

  let configuration: Configuration
  var parameters: Parameters

  /// A network that corrects nothing yet: its last layer is zero.
  init(_ configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    var random = Xoshiro256(seed: seed, 11)
    let values = Self.arrays(of: configuration).flatMap { array -> [Float] in
      let count = array.shape.reduce(1, *)
      guard array.bound > 0 else { return [Float](repeating: 0, count: count) }
      return (0..<count).map { _ in random.uniform(in: -array.bound...array.bound) }
    }
    parameters = Parameters(layout: Self.layout(of: configuration), values: values)
  }

  /// A network with given parameters; nil if their names or shapes do not fit.
  init?(_ configuration: Configuration, parameters: Parameters) {
    guard parameters.layout == Self.layout(of: configuration) else { return nil }
    self.configuration = configuration
    self.parameters = parameters
  }

  /// Names and shapes of the parameters of a configuration.
  static func layout(of configuration: Configuration) -> ParameterLayout {
    var layout = ParameterLayout()
    for array in arrays(of: configuration) { layout.append(array.name, array.shape) }
    return layout
  }

  /// One array of parameters, and the bound of the uniform distribution that it starts from.
  private typealias ArrayShape = (name: String, shape: [Int], bound: Float)

  private static func arrays(of configuration: Configuration) -> [ArrayShape] {
    let (area, widths) = (configuration.patch * configuration.patch, configuration.widths)
    var result: [ArrayShape] = []
    // PyTorch's default start: U(-1/sqrt(n), 1/sqrt(n)), n being the inputs of a value.
    func convolution(_ name: String, side: Int, inputs: Int, outputs: Int, isZero: Bool = false) {
      let bound = isZero ? 0 : 1 / Float(side * side * inputs).squareRoot()
      result.append(("\(name).kernel", [side, side, inputs, outputs], bound))
      result.append(("\(name).bias", [outputs], bound))
    }
    func block(_ name: String, _ width: Int) {
      for part in 0..<2 {
        convolution("\(name).\(part)", side: 3, inputs: width, outputs: width)
      }
    }
    convolution("stem", side: 3, inputs: configuration.inputs * area, outputs: widths[0])
    for (level, width) in widths.enumerated() {
      let side = configuration.side(level: level)
      result.append(("places.\(level)", [side, side, width], 0))
      block("encode.\(level)", width)
      guard level + 1 < widths.count else { continue }
      convolution("down.\(level)", side: 1, inputs: 4 * width, outputs: widths[level + 1])
      convolution("up.\(level)", side: 1, inputs: widths[level + 1], outputs: 4 * width)
      block("decode.\(level)", width)
    }
    convolution(
      "head", side: 3, inputs: widths[0], outputs: configuration.outputs * area, isZero: true)
    return result
  }

  /// The same network with other parameters, as many.
  func with(_ values: [Float]) -> CorrectionNetwork {
    var result = self
    result.parameters = Parameters(layout: parameters.layout, values: values)
    return result
  }

  /// The corrections in units of the deviation, and the logarithms of its factor.
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
