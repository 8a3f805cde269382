import Numerics

/// A plan of parameter arrays that determines their layout, number and initialization.
package struct ParameterPlan {
  /// Names, shapes, and the bound of the uniform distribution for the initial values; 0 means zeros.
  package private(set) var arrays: [(name: String, shape: [Int], bound: Float)] = []

  /// Creates an empty plan.
  package init() {}

  package mutating func append(_ name: String, _ shape: [Int], uniform bound: Float) {
    arrays.append((name, shape, bound))
  }

  /// Adds a convolution with PyTorch's default initialization, or with zeros.
  ///
  /// The default is U(-1/sqrt(n), 1/sqrt(n)), where n is the number of inputs per value.
  package mutating func appendConvolution(
    _ name: String, side: Int, inputs: Int, outputs: Int, isZero: Bool = false
  ) {
    let bound = isZero ? 0 : 1 / Float(side * side * inputs).squareRoot()
    append("\(name).kernel", [side, side, inputs, outputs], uniform: bound)
    append("\(name).bias", [outputs], uniform: bound)
  }

  /// Adds the two convolutions of a residual block.
  package mutating func appendBlock(_ name: String, width: Int) {
    for part in 0..<2 {
      appendConvolution("\(name).\(part)", side: 3, inputs: width, outputs: width)
    }
  }

  /// The number of parameters.
  package var count: Int { arrays.reduce(0) { $0 + $1.shape.reduce(1, *) } }

  package var layout: ParameterLayout {
    arrays.reduce(into: ParameterLayout()) { $0.append($1.name, $1.shape) }
  }
}

extension ParameterBuilder {
  /// Adds the planned arrays.
  package mutating func append(_ plan: ParameterPlan, _ random: inout Xoshiro256) {
    for array in plan.arrays {
      if array.bound > 0 {
        append(array.name, array.shape, uniform: array.bound, &random)
      } else {
        append(array.name, array.shape, repeating: 0)
      }
    }
  }
}

extension Tensor {
  /// Applies the convolution of the given name.
  package func convolution(_ name: String, _ parameters: ParameterViews) -> Tensor {
    convolved(with: parameters["\(name).kernel"], bias: parameters["\(name).bias"])
  }

  /// Applies two convolutions and adds their result to the input.
  package func residualBlock(_ name: String, _ parameters: ParameterViews) -> Tensor {
    self
      + gaussianErrorLinear().convolution("\(name).0", parameters)
      .gaussianErrorLinear().convolution("\(name).1", parameters)
  }

  /// Reshapes `[b, h, w, c]` to `[b, h / side, w / side, side * side * c]`.
  package func patchesAsChannels(side: Int) -> Tensor {
    if side == 1 { return self }
    let (height, width) = (shape[1] / side, shape[2] / side)
    return reshaped([shape[0], height, side, width, side * shape[3]]).permuted([0, 1, 3, 2, 4])
      .reshaped([shape[0], height, width, side * side * shape[3]])
  }

  /// The inverse of ``patchesAsChannels(side:)``.
  package func channelsAsPatches(side: Int) -> Tensor {
    if side == 1 { return self }
    let (height, width, channels) = (shape[1], shape[2], shape[3] / (side * side))
    return reshaped([shape[0], height, width, side, side * channels]).permuted([0, 1, 3, 2, 4])
      .reshaped([shape[0], height * side, width * side, channels])
  }
}
