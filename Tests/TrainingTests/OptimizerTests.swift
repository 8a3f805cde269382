import Foundation
import Testing
import Training

@Suite struct OptimizerTests {
  @Test func adamFollowsTheDefinitionInDouble() {
    // Algorithm 1 of arXiv 1412.6980, in double, on a small quadratic.
    var values: [Float] = [1, -2, 0.5]
    var adam = Adam(parameterCount: 3)
    var exact = values.map(Double.init)
    var m = [0.0, 0, 0]
    var v = [0.0, 0, 0]
    for step in 1...50 {
      adam.update(&values, gradient: values.map { 2 * $0 }, learningRate: 0.05)
      for i in 0..<3 {
        let g = 2 * exact[i]
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        let mean = m[i] / (1 - pow(0.9, Double(step)))
        let square = v[i] / (1 - pow(0.999, Double(step)))
        exact[i] -= 0.05 * mean / (square.squareRoot() + 1e-8)
      }
    }
    for (value, truth) in zip(values, exact) { #expect(abs(Double(value) - truth) < 2e-5) }
    #expect(adam.step == 50)
  }

  @Test func weightDecayShrinksWithoutAGradient() {
    var values: [Float] = [1, 2]
    var adam = Adam(parameterCount: 2, settings: .init(weightDecay: 0.1))
    adam.update(&values, gradient: [0, 0], learningRate: 0.5)
    #expect(values == [0.95, 1.9])
  }

  @Test func clippingKeepsTheDirection() {
    var gradient: [Float] = [3, 4]
    #expect(clipGradient(&gradient, toLength: 1) == 5)
    #expect(abs(gradient[0] - 0.6) < 1e-6 && abs(gradient[1] - 0.8) < 1e-6)
    var short: [Float] = [0.3, 0.4]
    clipGradient(&short, toLength: 1)
    #expect(short == [0.3, 0.4])
  }

  @Test func theCosineScheduleRisesAndFalls() {
    let schedule = Schedule.cosine(warmUp: 0.1)
    #expect(schedule.factor(at: 0) == 0.01)
    #expect(abs(schedule.factor(at: 0.05) - 0.5) < 1e-12)
    #expect(abs(schedule.factor(at: 0.55) - 0.5) < 1e-12)
    #expect(abs(schedule.factor(at: 1)) < 1e-12)
    #expect(abs(schedule.factor(at: 7)) < 1e-12)
    #expect(Schedule.constant.factor(at: 0.7) == 1)
  }
}
