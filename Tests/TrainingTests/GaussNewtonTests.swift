import Foundation
import Numerics
import Testing
import Training

@Suite struct GaussNewtonTests {
  /// Rosenbrock's function as residuals: a curved valley.
  private struct Valley: LeastSquaresProblem {
    let parameterCount = 2
    func residuals(at x: [Double], step: Int) -> [Double] {
      [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
    }
    func linearization(at x: [Double], step: Int) -> DoubleMatrix {
      let r = residuals(at: x, step: step)
      return DoubleMatrix(rows: 2, columns: 3, values: [-20 * x[0], 10, r[0], -1, 0, r[1]])
    }
  }

  /// Fewer residuals than unknowns: x0 + x1 + x2 = 1, x0 x1 = 0.1.
  private struct Wide: LeastSquaresProblem {
    let parameterCount = 3
    func residuals(at x: [Double], step: Int) -> [Double] {
      [x[0] + x[1] + x[2] - 1, x[0] * x[1] - 0.1]
    }
    func linearization(at x: [Double], step: Int) -> DoubleMatrix {
      let r = residuals(at: x, step: step)
      return DoubleMatrix(rows: 2, columns: 4, values: [1, 1, 1, r[0], x[1], x[0], 0, r[1]])
    }
  }

  private struct Broken: LeastSquaresProblem {
    let parameterCount = 1
    func residuals(at x: [Double], step: Int) -> [Double] { [.nan] }
    func linearization(at x: [Double], step: Int) -> DoubleMatrix {
      DoubleMatrix(rows: 1, columns: 2, values: [1, .nan])
    }
  }

  @Test(arguments: GaussNewton.Solver.allCases)
  func reachesTheEndOfACurvedValley(solver: GaussNewton.Solver) throws {
    var method = GaussNewton([-1.2, 1], solver: solver)
    var cost = Double.infinity
    for _ in 0..<40 {
      let report = try method.advance(Valley())
      #expect(report.cost <= cost)
      cost = report.cost
    }
    #expect(cost < 1e-25)
    #expect(abs(method.parameters[0] - 1) < 1e-12 && abs(method.parameters[1] - 1) < 1e-12)
  }

  @Test(arguments: GaussNewton.Solver.allCases)
  func solvesFewerEquationsThanUnknowns(solver: GaussNewton.Solver) throws {
    var method = GaussNewton([0.5, 0.4, 0.3], solver: solver)
    for _ in 0..<20 { _ = try method.advance(Wide()) }
    #expect(Wide().residuals(at: method.parameters, step: 0).allSatisfy { abs($0) < 1e-12 })
  }

  @Test("Residuals that are not finite throw and change nothing")
  func notFinite() {
    var method = GaussNewton([2])
    #expect(throws: LinearAlgebraError.self) { try method.advance(Broken()) }
    #expect(method.parameters == [2])
  }

  @Test("The cost of a linear problem is the predicted one")
  func predicted() throws {
    var method = GaussNewton([0.0, 0], damping: 1e-26, solver: .orthogonal)
    let report = try method.advance(Line())
    #expect(report.previous == 10.5 && report.share == 1)
    #expect(abs(report.cost - 1.0 / 12) < 1e-12 && abs(report.predicted - 1.0 / 12) < 1e-12)
  }

  /// A straight line near the points (0, 1), (1, 2) and (2, 4).
  private struct Line: LeastSquaresProblem {
    let parameterCount = 2
    private let values = [1.0, 2, 4]
    func residuals(at x: [Double], step: Int) -> [Double] {
      (0..<3).map { x[0] + Double($0) * x[1] - values[$0] }
    }
    func linearization(at x: [Double], step: Int) -> DoubleMatrix {
      let r = residuals(at: x, step: step)
      return DoubleMatrix(
        rows: 3, columns: 3, values: (0..<3).flatMap { [1, Double($0), r[$0]] })
    }
  }

  @Test("A step that cannot decrease the cost changes nothing")
  func minimum() throws {
    var method = GaussNewton([1, 1])
    let report = try method.advance(Valley())
    #expect(report.share == 0 && report.cost == 0 && method.parameters == [1, 1])
  }
}
