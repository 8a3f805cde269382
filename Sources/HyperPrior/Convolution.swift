import DifferentiableCore
import RandomNumbers

extension Parameters {
  /// A convolution with PyTorch's default start: U(-1/sqrt(n), 1/sqrt(n)), n being the inputs of a value.
  mutating func appendConvolution(
    _ name: String, side: Int, inputs: Int, outputs: Int, _ random: inout Xoshiro256
  ) {
    let bound = 1 / Float(side * side * inputs).squareRoot()
    append("\(name).kernel", [side, side, inputs, outputs], uniform: bound, &random)
    append("\(name).bias", [outputs], uniform: bound, &random)
  }

  /// Number of parameters of a convolution.
  static func convolutionCount(side: Int, _ inputs: Int, _ outputs: Int) -> Int {
    (side * side * inputs + 1) * outputs
  }

  /// The two convolutions of a residual block.
  mutating func appendBlock(
    _ name: String, width: Int, _ random: inout Xoshiro256
  ) {
    for part in 0..<2 {
      appendConvolution("\(name).\(part)", side: 3, inputs: width, outputs: width, &random)
    }
  }
}

extension Tensor {
  /// The convolution of that name.
  func convolution(_ name: String, _ parameters: ParameterViews) -> Tensor {
    convolved(with: parameters["\(name).kernel"], bias: parameters["\(name).bias"])
  }

  /// Two convolutions whose result is added to what went in.
  func residualBlock(_ name: String, _ parameters: ParameterViews) -> Tensor {
    self
      + gaussianErrorLinear().convolution("\(name).0", parameters)
      .gaussianErrorLinear().convolution("\(name).1", parameters)
  }

  /// `[b, h, w, c]` to `[b, h / side, w / side, side * side * c]`.
  func patchesAsChannels(side: Int) -> Tensor {
    if side == 1 { return self }
    let (height, width) = (shape[1] / side, shape[2] / side)
    return reshaped([shape[0], height, side, width, side * shape[3]]).permuted([0, 1, 3, 2, 4])
      .reshaped([shape[0], height, width, side * side * shape[3]])
  }

  /// The inverse of ``patchesAsChannels(side:)``.
  func channelsAsPatches(side: Int) -> Tensor {
    if side == 1 { return self }
    let (height, width, channels) = (shape[1], shape[2], shape[3] / (side * side))
    return reshaped([shape[0], height, width, side, side * channels]).permuted([0, 1, 3, 2, 4])
      .reshaped([shape[0], height * side, width * side, channels])
  }
}
