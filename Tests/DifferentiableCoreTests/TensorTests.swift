import DifferentiableCore
import Numerics
import Testing

@Suite struct TensorTests {
  @Test("A long chain of operations is differentiated and released")
  func longChains() {
    let variable = Tensor(2).tracked()
    var value = variable
    for _ in 0..<1_000_000 { value = -value }
    #expect(gradients(of: value, withRespectTo: [variable])[0].scalar == 1)
    value = variable
    #expect(value.scalar == 2)
  }

  @Test("A part shared by two results outlives the first of them")
  func sharedHistory() {
    let variable = Tensor(3).tracked()
    let shared = variable.squared()
    var first = shared
    for _ in 0..<1_000 { first = first + shared }
    let second = shared * variable
    first = variable
    #expect(gradients(of: second, withRespectTo: [variable])[0].scalar == 27)
  }

  @Test func copiesAreValues() {
    let first = Tensor([1, 2, 3])
    var second = first
    second.withMutableValues { $0[0] = 9 }
    #expect(first.values == [1, 2, 3])
    #expect(second.values == [9, 2, 3])
  }

  @Test func broadcastingFollowsNumpy() {
    let a = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect((a + Tensor([10, 20, 30])).values == [11, 22, 33, 14, 25, 36])
    #expect((a * Tensor([2, 3], shape: [2, 1])).values == [2, 4, 6, 12, 15, 18])
    #expect((a - Tensor(1)).values == [0, 1, 2, 3, 4, 5])
    let outer = Tensor([1, 2], shape: [2, 1, 1]) * Tensor([1, 10, 100], shape: [1, 3, 1])
    #expect(outer.shape == [2, 3, 1])
    #expect(outer.values == [1, 10, 100, 2, 20, 200])
  }

  @Test func matrixProductsAgreeWithTheDefinition() {
    var random = Xoshiro256(seed: 2)
    for (batch, m, n, k) in [(1, 1, 1, 1), (3, 2, 5, 4), (1, 2_500, 3, 7), (2, 3, 4, 9_000)] {
      let a = (0..<batch * m * k).map { _ in random.uniform(in: -1...1) }
      let b = (0..<batch * k * n).map { _ in random.uniform(in: -1...1) }
      let product = Tensor(a, shape: [batch, m, k]).matrixProduct(Tensor(b, shape: [batch, k, n]))
      #expect(product.shape == [batch, m, n])
      let values = product.values
      for probe in 0..<min(200, values.count) {
        let position = probe * 7919 % (batch * m * n)
        let item = position / (m * n)
        let r = position % (m * n) / n
        let c = position % n
        var exact = 0.0
        for t in 0..<k {
          exact += Double(a[(item * m + r) * k + t]) * Double(b[(item * k + t) * n + c])
        }
        #expect(abs(Double(values[position]) - exact) < 1e-5 * (1 + Double(k).squareRoot() * 5))
      }
    }
  }

  @Test func matrixProductsOfNothingAreZerosOrNothing() {
    let weight = Tensor.ones([4, 3])
    #expect(Tensor.zeros([2, 0, 4]).matrixProduct(weight).shape == [2, 0, 3])
    #expect(Tensor.zeros([0, 4]).matrixProduct(weight).shape == [0, 3])
    #expect(Tensor.zeros([2, 0, 4]).matrixProduct(.ones([2, 4, 3])).shape == [2, 0, 3])
    let sums = Tensor.zeros([2, 5, 0]).matrixProduct(.zeros([0, 3]))
    #expect(sums.shape == [2, 5, 3])
    #expect(sums.values.allSatisfy { $0 == 0 })
    let variable = weight.tracked()
    let slope = gradients(
      of: Tensor.zeros([2, 0, 4]).matrixProduct(variable).sum(), withRespectTo: [variable])[0]
    #expect(slope.values == [Float](repeating: 0, count: 12))
  }

  @Test func solutionsSatisfyTheirSystem() {
    let matrix = Tensor([4, 1, 0, 1, 3, 1, 0, 1, 2], shape: [3, 3])
    let right = Tensor([1, 2, 3], shape: [3, 1])
    let solution = matrix.positiveDefiniteSolution(right)
    let residual = matrix.matrixProduct(solution) - right
    #expect(residual.values.allSatisfy { abs($0) < 1e-6 })
  }

  @Test func aMatrixThatIsNotPositiveDefiniteGivesNotANumber() {
    let matrix = Tensor([1, 2, 2, 1], shape: [2, 2])
    #expect(matrix.positiveDefiniteSolution(Tensor([1, 1], shape: [2, 1])).values[0].isNaN)
  }

  @Test func softmaxSurvivesLargeScores() {
    let values = Tensor([1e4, 1e4, -1e4], shape: [1, 3]).softmax().values
    #expect(values == [0.5, 0.5, 0])
  }
}

@Suite struct ParametersTests {
  @Test func viewsShareOneBufferInOrder() {
    var parameters = Parameters()
    parameters.append("a", [2, 2], [1, 2, 3, 4])
    parameters.append("b", [3], repeating: 5)
    #expect(parameters.values == [1, 2, 3, 4, 5, 5, 5])
    #expect(parameters["a"].shape == [2, 2])
    #expect(parameters.layout["b"]?.range == 4..<7)
    let views = parameters.views(tracked: true)
    let loss = (views["a"].sum() * 2) + views["b"].squared().sum()
    #expect(views.gradient(of: loss).flat == [2, 2, 2, 2, 10, 10, 10])
  }
}
