import Numerics

/// The result of ``checkGradients(at:order:seed:step:of:)``.
public struct GradientCheck: Sendable {
  /// The largest of |numerical - analytic| / (1 + |numerical|) over all orders.
  public var largestError: Double = 0
  /// The order of derivative with the largest error.
  public var order = 0
}

/// Compares derivatives with central differences along random directions, order by order.
///
/// The directional derivative from reverse accumulation is itself a function of the inputs, so the check
/// recurses into it. Differences are computed with sums in double precision. Float32 results limit the
/// agreement to about 1e-3 at the default step.
///
/// - Parameters:
///   - inputs: the point at which to check.
///   - order: the highest order of derivative, 1 to 3.
///   - seed: the seed of the random directions.
///   - step: the step of the finite differences, relative to inputs of size about 1.
///   - function: any differentiable function of the inputs.
public func checkGradients(
  at inputs: [Tensor], order: Int = 2, seed: UInt64 = 1, step: Float = 1 / 128,
  of function: @escaping ([Tensor]) -> Tensor
) -> GradientCheck {
  var check = GradientCheck()
  var random = Xoshiro256(seed: seed)
  checkOneOrder(
    at: inputs, level: 1, order: order, random: &random, step: step, function, &check)
  return check
}

private func checkOneOrder(
  at inputs: [Tensor], level: Int, order: Int, random: inout Xoshiro256, step: Float,
  _ function: @escaping ([Tensor]) -> Tensor, _ check: inout GradientCheck
) {
  let directions = inputs.map { randomTensor($0.shape, &random) }
  let weights = randomTensor(function(inputs).shape, &random)

  let derivative: ([Tensor]) -> Tensor = { inputs in
    let variables = inputs.map { $0.tracked() }
    let slopes = gradients(
      of: function(variables), withRespectTo: variables, seed: weights, differentiable: true)
    return zip(slopes, directions).map { ($0 * $1).sum() }.reduce(Tensor(0)) { $0 + $1 }
  }
  let moved: (Float) -> [Tensor] = { distance in
    zip(inputs, directions).map { $0 + $1 * distance }
  }
  // Richardson extrapolation: two central differences cancel the second-order error.
  let central: (Float) -> Double = { distance in
    let ahead = (function(moved(distance)) * weights).doubleSum
    let behind = (function(moved(-distance)) * weights).doubleSum
    return (ahead - behind) / (2 * Double(distance))
  }
  let numerical = (4 * central(step) - central(2 * step)) / 3
  let analytic = Double(derivative(inputs).scalar)
  let error = abs(numerical - analytic) / (1 + abs(numerical))
  if !(error <= check.largestError) {
    check.largestError = error
    check.order = level
  }
  if level < order {
    checkOneOrder(
      at: inputs, level: level + 1, order: order, random: &random, step: step, derivative, &check)
  }
}

private func randomTensor(_ shape: [Int], _ random: inout Xoshiro256) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { _ in random.uniform(in: -1...1) }, shape: shape)
}

extension Tensor {
  fileprivate var doubleSum: Double { values.reduce(0) { $0 + Double($1) } }
}
