import DifferentiableCore
import Testing

@Suite struct OperationGradientTests {
  @Test("Derivatives of orders 1 to 3 agree with central differences", arguments: OperationCase.all)
  func derivativesAgree(operation: OperationCase) {
    let check = checkGradients(
      at: operation.inputs(seed: 7), order: 3, seed: 3, of: operation.apply)
    #expect(
      check.largestError < 5e-3,
      "\(operation.name): error \(check.largestError) at order \(check.order)")
  }

  @Test func aWrongDerivativeIsFound() {
    // The detached factor hides half of the derivative of x^2.
    let check = checkGradients(at: [Tensor([0.3, -0.7, 0.9])], order: 1) {
      $0[0] * $0[0].detached
    }
    #expect(check.largestError > 0.05)
  }

  @Test func aWrongSecondDerivativeIsFound() {
    // Right at first order, wrong at second: cos is applied to a detached input in the slope.
    let points = Tensor((0..<40).map { 0.7 + Float($0) / 50 })
    let check = checkGradients(at: [points], order: 2, seed: 2) { inputs in
      let x = inputs[0]
      return x.detached.sine() + x.detached.cosine() * (x - x.detached)
    }
    #expect(check.order == 2)
    #expect(check.largestError > 0.05)
  }

  @Test func independentVariablesGetZeros() {
    let x = Tensor([1, 2]).tracked()
    let y = Tensor([3, 4, 5]).tracked()
    let slopes = gradients(of: x.squared().sum(), withRespectTo: [x, y])
    #expect(slopes[0].values == [2, 4])
    #expect(slopes[1].values == [0, 0, 0])
  }

  @Test func aValueUsedTwiceCollectsBothDerivatives() {
    let x = Tensor([2, 3]).tracked()
    let y = x.squared()
    let slopes = gradients(of: (y * x + y).sum(), withRespectTo: [x, y])
    #expect(slopes[0].values == [16, 33])
    #expect(slopes[1].values == [3, 4])
  }

  @Test func fieldDerivativesOfAPolynomial() {
    // f(y, x) = y^2 x + 3 x, g(y, x) = y x
    let coordinates = Tensor([0.5, -1, 2, 0.25, -1, 3], shape: [3, 2]).tracked()
    let y = coordinates.sliced(axis: 1, 0..<1)
    let x = coordinates.sliced(axis: 1, 1..<2)
    let values = Tensor.concatenated([y * y * x + x * 3, y * x], axis: 1)
    let slope = gradient(of: values, at: coordinates)
    #expect(slope.values == [-1, 3.25, 1, 7, -6, 4])
    let all = jacobian(of: values, at: coordinates)
    #expect(all.shape == [3, 2, 2])
    #expect(Array(all.values.prefix(4)) == [-1, 3.25, -1, 0.5])
    #expect(laplacian(of: values, at: coordinates).values == [-2, 0.5, 6])
    // div (f, g) = df/dy + dg/dx = 2 y x + y
    #expect(divergence(of: values, at: coordinates).values == [-0.5, 3, -7])
  }
}
