import DifferentiableCore
import Fields
import Foundation
import Numerics
import TestSupport
import Testing
import Training

@Suite struct ConstraintTests {
  private let architecture = SirenArchitecture(
    hiddenWidth: 12, hiddenLayers: 1, outputs: 1, omegaFirst: 4, omegaHidden: 4)
  private let points: [Float] = (0..<60).map { Float(($0 * 37) % 61) / 30.5 - 1 }

  private func field(_ seed: UInt64 = 1) -> Siren {
    var random = Xoshiro256(seed: seed)
    return Siren(architecture, random: &random)
  }

  /// The same condition by the fused and by the composed path.
  @Test func pathsAgree() {
    let domain = Domain.points(points, coordinates: 2)
    let fused = Constraint.relation(
      "Helmholtz", on: domain, derivatives: .laplacian, weight: 2
    ) { $0.laplacian + 3 * $0.value * $0.value }
    let composed = Constraint.composed("Helmholtz", on: domain, weight: 2) { x, field in
      let value = field(x)
      return laplacian(of: value, at: x) + 3 * value * value
    }
    let results = [fused, composed].map {
      ConstraintProblem(coordinates: 2, outputs: 1, [$0])
        .lossGradient(of: field(), PointBatch())
    }
    expectClose(actual: results[0].loss, expected: results[1].loss, relative: 1e-4)
    let largest = results[1].gradient.reduce(0) { max($0, abs($1)) }
    expectClose(
      actual: results[0].gradient, expected: results[1].gradient, absolute: 1e-3 * Double(largest))
  }

  @Test func weightsAndTargetsCount() {
    let domain = Domain.points(points, coordinates: 2)
    let known = field(3).evaluate(at: points, derivatives: .laplacian)
    let constraints: [Constraint] = [
      .value(equals: known.value, on: domain), .gradient(equals: known.gradient, on: domain),
      .laplacian(equals: known.laplacian, on: domain, weight: 0.5),
    ]
    let problem = ConstraintProblem(coordinates: 2, outputs: 1, constraints)
    #expect(problem.losses(of: field(3)).allSatisfy { $0 < 1e-8 })
    let other = problem.losses(of: field(4))
    #expect(other.allSatisfy { $0 > 1e-4 })
    expectClose(
      actual: problem.lossGradient(of: field(4), PointBatch()).loss, expected: other.reduce(0, +),
      relative: 1e-6)
    let square = { (values: [Float]) in
      values.reduce(0.0) { $0 + Double($1) * Double($1) } / 30
    }
    expectClose(
      actual: problem.constantLoss,
      expected: square(known.value) + square(known.gradient) + 0.5 * square(known.laplacian),
      relative: 1e-4)
  }

  @Test func boxesDrawNewPointsEachStep() {
    let domain = Domain.box([-1...1, 0...2], count: 40)
    let problem = ConstraintProblem(
      coordinates: 2, outputs: 1,
      [.relation("zero", on: domain, derivatives: .none) { $0.value + $0.x.sum() * 0 }])
    let loss = { (step: Int) in
      problem.lossGradient(of: field(), PointBatch(seed: 1, step: step)).loss
    }
    #expect(loss(1) == loss(1) && loss(1) != loss(2))
  }

  @Test func threadsChangeNothing() {
    let domain = Domain.box([-1...1, -1...1], count: 2_000)
    let constraints: [Constraint] = [
      .relation("fused", on: domain, derivatives: .laplacian) { $0.laplacian - $0.value },
      .composed("composed", on: domain) { x, field in
        let value = field(x)
        return laplacian(of: value, at: x) + value * value
      },
    ]
    for constraint in constraints {
      let problem = ConstraintProblem(coordinates: 2, outputs: 1, [constraint])
      expectSameResult {
        let (loss, gradient) = problem.lossGradient(of: field(), PointBatch(seed: 1, step: 1))
        return [Float(loss)] + gradient
      }
    }
  }

  /// Equation 1 with two conditions: the Laplacian inside and the values on the border have one
  /// solution, x^2 - y^2 + y.
  @Test func poissonsEquationIsSolved() {
    let solution = { (y: Float, x: Float) in x * x - y * y + y }
    let inside = Domain.box([-1...1, -1...1], count: 256)
    let border = (0..<200).flatMap { index -> [Float] in
      let t = Float(index / 4) / 25 - 1
      return [[-1, t], [1, t], [t, -1], [t, 1]][index % 4]
    }
    let problem = ConstraintProblem(
      coordinates: 2, outputs: 1,
      [
        .relation("laplacian", on: inside, derivatives: .laplacian, weight: 0.01) { $0.laplacian },
        .value(
          equals: (0..<200).map { solution(border[2 * $0], border[2 * $0 + 1]) },
          on: .points(border, coordinates: 2), weight: 10),
      ])
    var field = field()
    var optimizer = Adam(parameterCount: field.parameters.values.count)
    for step in 0..<600 {
      let gradient = problem.lossGradient(of: field, PointBatch(seed: 1, step: step)).gradient
      optimizer.update(
        &field.parameters.values, gradient: gradient,
        learningRate: 3e-3 * Float(1 - Double(step) / 600))
    }
    let probes: [Float] = [0, 0, 0.5, 0.5, -0.4, 0.3, 0.7, -0.6]
    let found = field.evaluate(at: probes).value
    expectClose(
      actual: found, expected: (0..<4).map { solution(probes[2 * $0], probes[2 * $0 + 1]) },
      absolute: 0.08)
  }
}
