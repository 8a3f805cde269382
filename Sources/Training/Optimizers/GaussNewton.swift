import Numerics

/// The Gauss-Newton method with the damping of Levenberg and Marquardt.
///
/// A step solves `min |J x + r|^2 + damping |D x|^2` with the Jacobian matrix J of the residuals r, and D the norms of J's
/// columns (Marquardt 1963). The damping follows the ratio of the achieved to the predicted decrease (Nielsen 1999, "Damping
/// parameter in Marquardt's method"), and a step that does not decrease the cost is halved before the damping grows. For
/// the squared residuals of a linear equation this is the natural gradient in the space of functions (Müller and Zeinhofer
/// 2023, arXiv 2302.13163).
public struct GaussNewton: Sendable {
  /// How a step's linear system is solved.
  public enum Solver: String, Sendable, CaseIterable {
    /// Orthogonal factors of J for up to ``mostOrthogonalWork`` operations, otherwise Cholesky factors.
    case automatic
    /// Orthogonal factors of J: twice the work, twice the digits.
    case orthogonal
    /// Cholesky factors of `J^T J` or `J J^T`, whichever is smaller.
    case cholesky
  }

  /// What a step did.
  public struct Report: Sendable, Equatable {
    /// Half the squared length of the residuals before the step.
    public var previous: Double
    /// The same after the step.
    public var cost: Double
    /// The same after a step if the residuals were linear.
    public var predicted: Double
    /// The damping of the step.
    public var damping: Double
    /// The share of the step that was taken; 0 if no share decreased the cost.
    public var share: Double
  }

  /// Up to this many operations an orthogonal factor is taken: a tenth of a second on two cores.
  public static let mostOrthogonalWork = 3e9
  /// The smallest damping with an orthogonal factor.
  private static let leastOrthogonal = 1e-28
  /// The smallest damping with a Cholesky factor; less makes the matrix indefinite by rounding.
  private static let leastCholesky = 1e-14

  /// The parameters.
  public private(set) var parameters: [Double]
  /// The number of steps so far.
  public private(set) var step: Int
  /// The damping of the next step.
  public private(set) var damping: Double
  /// How systems are solved.
  public let solver: Solver
  private var growth = 2.0
  private var norms: [Double] = []

  /// Starts at given parameters.
  ///
  /// - Parameters:
  ///   - damping: the first damping, relative to the squared norms of the columns of J.
  ///   - step: the number of steps that were made before, on other parameters.
  public init(
    _ parameters: [Double], damping: Double = 1e-3, solver: Solver = .automatic, step: Int = 0
  ) {
    precondition(damping > 0, "a damping of \(damping)")
    self.parameters = parameters
    self.step = step
    self.damping = damping
    self.solver = solver
  }

  /// Makes one step.
  ///
  /// - Throws: `LinearAlgebraError.notFinite` if residuals or their derivatives are not finite.
  public mutating func advance(_ problem: some LeastSquaresProblem) throws -> Report {
    let system = problem.linearization(at: parameters, step: step)
    let count = parameters.count
    precondition(system.columns == count + 1, "a Jacobian of \(system.columns - 1) columns")
    defer { step += 1 }
    let residuals = (0..<system.rows).map { system.values[$0 * (count + 1) + count] }
    let cost = Self.cost(residuals)
    guard cost.isFinite else { throw LinearAlgebraError.notFinite(order: count) }
    norms = Self.columnNorms(system)
    let steps = try DampedSteps(system, norms: norms, usesOrthogonal: usesOrthogonal(system))
    for _ in 0..<12 {
      let used = damping
      let move: [Double]
      do {
        move = try steps.solve(damping: damping)
      } catch LinearAlgebraError.notPositiveDefinite {
        damping *= 100
        continue
      }
      // With J x + r = s the predicted cost is |s|^2 / 2.
      let change = LinearAlgebra.product(system, columns: count, transposed: false, move)
      let predicted = zip(residuals, change).reduce(0) { $0 - $1.1 * ($1.0 + 0.5 * $1.1) }
      var share = 1.0
      var best: (cost: Double, share: Double)?
      for _ in 0..<4 {
        let trial = zip(parameters, move).map { $0 + share * $1 }
        let found = Self.cost(problem.residuals(at: trial, step: step))
        if found < cost {
          best = (found, share)
          break
        }
        share /= 2
      }
      guard let best else {
        // At the limit of rounding nothing decreases the cost any more.
        if predicted <= 1e-13 * cost, damping <= 1 { break }
        damping *= growth
        growth *= 2
        if damping > 1e8 { break }
        continue
      }
      for index in parameters.indices { parameters[index] += best.share * move[index] }
      let ratio = predicted > 0 ? (cost - best.cost) / predicted : 0
      if best.share == 1 {
        damping *= max(0.1, 1 - pow3(2 * ratio - 1))
        growth = 2
      } else {
        damping *= 2 / best.share
      }
      damping = max(damping, steps.leastDamping)
      return Report(
        previous: cost, cost: best.cost, predicted: cost - predicted, damping: used,
        share: best.share)
    }
    damping = min(damping, 1e3)
    growth = 2
    return Report(previous: cost, cost: cost, predicted: cost, damping: damping, share: 0)
  }

  private func pow3(_ x: Double) -> Double { x * x * x }

  private func usesOrthogonal(_ system: DoubleMatrix) -> Bool {
    let (rows, columns) = (Double(system.rows), Double(system.columns))
    return switch solver {
    case .orthogonal: true
    case .cholesky: false
    case .automatic: 2 * rows * columns * columns <= Self.mostOrthogonalWork
    }
  }

  /// Half the squared length; infinite if a number is not finite.
  static func cost(_ residuals: [Double]) -> Double {
    let sum = residuals.reduce(0) { $0 + $1 * $1 }
    return sum.isFinite ? sum / 2 : .infinity
  }

  /// The norms of the columns of J, at least a billionth of the largest.
  private static func columnNorms(_ system: DoubleMatrix) -> [Double] {
    let count = system.columns - 1
    var squares = [Double](repeating: 0, count: count)
    system.values.withUnsafeBufferPointer { values in
      squares.withUnsafeMutableBufferPointer { squares in
        for row in 0..<system.rows {
          let start = row * (count + 1)
          for column in 0..<count {
            squares[column] += values[start + column] * values[start + column]
          }
        }
      }
    }
    let norms = squares.map { $0.squareRoot() }
    let least = max((norms.max() ?? 1) * 1e-9, 1e-150)
    return norms.map { max($0, least) }
  }

  /// The steps of one linearization for any damping.
  private struct DampedSteps {
    private enum Form {
      case orthogonal(LeastSquaresFactor)
      case normal(DoubleMatrix, right: [Double])
      case kernel(DoubleMatrix, system: DoubleMatrix, right: [Double])
    }
    private let form: Form
    private let norms: [Double]
    let leastDamping: Double

    /// Scales the columns of J to norm 1 first: the unknowns are `D x`.
    init(_ system: DoubleMatrix, norms: [Double], usesOrthogonal: Bool) throws {
      self.norms = norms
      let count = norms.count
      var scaled = system
      let inverse = norms.map { 1 / $0 }
      scaled.values.withUnsafeMutableBufferPointer { values in
        for row in 0..<system.rows {
          let start = row * (count + 1)
          for column in 0..<count { values[start + column] *= inverse[column] }
        }
      }
      let right = (0..<system.rows).map { system.values[$0 * (count + 1) + count] }
      if usesOrthogonal {
        form = .orthogonal(try LeastSquaresFactor(scaled))
        leastDamping = GaussNewton.leastOrthogonal
      } else if count <= system.rows {
        form = .normal(
          scaled.tiledGram(columns: count),
          right: LinearAlgebra.product(scaled, columns: count, transposed: true, right))
        leastDamping = GaussNewton.leastCholesky
      } else {
        form = .kernel(scaled.tiledRowGram(columns: count), system: scaled, right: right)
        leastDamping = GaussNewton.leastCholesky
      }
    }

    /// The step x for a damping.
    func solve(damping: Double) throws -> [Double] {
      var scaled: [Double]
      switch form {
      case .orthogonal(let factor):
        scaled = try factor.solve(
          damping: [Double](repeating: damping.squareRoot(), count: norms.count))
      case .normal(var matrix, let right):
        for index in 0..<matrix.rows { matrix[index, index] += damping }
        try LinearAlgebra.factorizeInTiles(&matrix)
        scaled = LinearAlgebra.solve(factor: matrix, right)
      case .kernel(var matrix, let system, let right):
        // J^T (J J^T + damping)^-1 r.
        for index in 0..<matrix.rows { matrix[index, index] += damping }
        try LinearAlgebra.factorizeInTiles(&matrix)
        scaled = LinearAlgebra.product(
          system, columns: norms.count, transposed: true,
          LinearAlgebra.solve(factor: matrix, right))
      }
      for index in scaled.indices { scaled[index] /= -norms[index] }
      return scaled
    }
  }
}
