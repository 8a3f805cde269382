import Numerics
import SubspacePriors
import Testing

@Suite("Greedy choice of measurements") struct GreedyMeasurementTests {
  /// Loadings of 30 pixels on 6 components, variances of their own, and a covariance of the code.
  private struct Problem {
    let loadings: DoubleMatrix
    let own: [Double]
    let covariance: DoubleMatrix

    init(seed: UInt64) {
      var random = Xoshiro256(seed: seed)
      let matrix = { (rows: Int, columns: Int, random: inout Xoshiro256) in
        DoubleMatrix(
          rows: rows, columns: columns,
          values: (0..<rows * columns).map { _ in Double.random(in: -1...1, using: &random) })
      }
      loadings = matrix(30, 6, &random)
      own = (0..<30).map { _ in Double.random(in: 0.01...0.1, using: &random) }
      covariance = matrix(9, 6, &random).gram()
    }
  }

  /// The choices by multiplying everything anew.
  private func choices(_ count: Int, _ problem: Problem, isOpen: [Bool]) -> [Int] {
    let loadings = problem.loadings
    var (covariance, isOpen) = (problem.covariance, isOpen)
    var chosen: [Int] = []
    while chosen.count < count {
      let between = loadings.multiplied(by: covariance).multiplied(by: loadings.transposed())
      let worth = (0..<loadings.rows).map { pixel in
        (0..<loadings.rows).reduce(0.0) { $0 + between[$1, pixel] * between[$1, pixel] }
          / (between[pixel, pixel] + problem.own[pixel])
      }
      guard
        let best = worth.indices.filter({ isOpen[$0] }).max(by: { worth[$0] < worth[$1] })
      else { break }
      let direction = DoubleMatrix(
        rows: 6, columns: 1,
        values: covariance.multiplied(
          by: (0..<6).map { loadings[best, $0] }))
      let lost = direction.multiplied(by: direction.transposed())
      let variance = between[best, best] + problem.own[best]
      for index in covariance.values.indices {
        covariance.values[index] -= lost.values[index] / variance
      }
      isOpen[best] = false
      chosen.append(best)
    }
    return chosen
  }

  @Test("The choices equal the definition's", arguments: [1, 2, 3] as [UInt64])
  func definition(seed: UInt64) {
    let problem = Problem(seed: seed)
    var isOpen = [Bool](repeating: true, count: 30)
    for closed in [0, 7, 11] { isOpen[closed] = false }
    let expected = choices(12, problem, isOpen: isOpen)
    var measurement = GreedyMeasurement(
      loadings: problem.loadings, own: problem.own, covariance: problem.covariance)
    var chosen: [Int] = []
    while chosen.count < 12, let pixel = measurement.best(among: isOpen) {
      isOpen[pixel] = false
      chosen.append(pixel)
      measurement.measure(pixel)
    }
    #expect(chosen == expected && expected.count == 12)
    #expect(measurement.best(among: [Bool](repeating: false, count: 30)) == nil)
  }
}
