import DifferentiableCore
import Fields
import Foundation
import Numerics
import Training

/// An equation with its conditions, and with a solution to compare with.
///
/// The network's coordinates span -1...1 whatever the equation's own units are, so its file can be rendered like a picture's.
public struct EquationCase: Sendable {
  /// A plane through the domain, to be drawn.
  public struct Slice: Sendable, Equatable {
    /// What it shows.
    public var title: String
    /// The coordinate along the rows and the one along the columns.
    public var axes: (row: Int, column: Int)
    /// The other coordinates.
    public var point: [Double]

    /// A plane.
    public init(_ title: String, axes: (row: Int, column: Int), point: [Double]) {
      self.title = title
      self.axes = axes
      self.point = point
    }

    /// The points of a grid of `side` by `side`, rows first, borders included.
    public func points(_ side: Int) -> [Double] {
      var result: [Double] = []
      result.reserveCapacity(side * side * point.count)
      let place = { (index: Int) in 2 * Double(index) / Double(max(1, side - 1)) - 1 }
      for row in 0..<side {
        for column in 0..<side {
          var one = point
          one[axes.row] = place(row)
          one[axes.column] = place(column)
          result += one
        }
      }
      return result
    }

    /// Whether two planes are the same.
    public static func == (a: Slice, b: Slice) -> Bool {
      a.title == b.title && a.axes == b.axes && a.point == b.point
    }
  }

  /// The errors of a network.
  public struct Errors: Sendable, Equatable {
    /// The root of the sum of squared errors over that of squared values.
    public var relative: Double
    /// The largest error.
    public var largest: Double
  }

  /// What a person calls it.
  public var name: String
  /// The conditions.
  public var system: ConditionSystem
  /// Easier systems whose solutions lead to this one's, in order.
  public var preparations: [ConditionSystem] = []
  /// The first guess of a medium's factors.
  public var medium: [Double] = []
  /// The first weights for a seed; nil for a network's usual ones.
  public var start: (@Sendable (_ seed: UInt64) -> DoubleNetwork)?
  /// Whether the last layer and the medium enter the residuals linearly.
  public var isLinear = true
  /// The first damping of steps on all parameters.
  public var damping = 1e-3
  /// Where the field is compared.
  public var tests: PointSet
  /// What it is compared with, `[tests, outputs]`.
  public var truth: [Double]
  /// Where the truth comes from, such as `analytic solution`.
  public var truthName: String
  /// The known solution at points, `[n, outputs]`; not a number where it does not hold.
  public var solution: @Sendable (_ points: [Double]) -> [Double]
  /// The planes to draw.
  public var slices: [Slice]

  /// An equation whose solution is a function.
  public init(
    _ name: String, _ system: ConditionSystem, tests: PointSet, truthName: String,
    slices: [Slice], solution: @escaping @Sendable (_ points: [Double]) -> [Double]
  ) {
    self.name = name
    self.system = system
    self.tests = tests
    self.truthName = truthName
    self.slices = slices
    self.solution = solution
    truth = solution(tests.points)
  }

  /// The errors of a network at the test points; points whose truth is not a number do not count.
  public func errors(of network: DoubleNetwork) -> Errors {
    let values = network.values(at: tests.points)
    let outputs = system.shape.outputs
    var (difference, length, largest) = (0.0, 0.0, 0.0)
    for (index, known) in truth.enumerated() where known.isFinite {
      let weight = tests.weights[index / outputs]
      let error = abs(values[index] - known)
      difference += weight * error * error
      length += weight * known * known
      largest = max(largest, error)
      if error.isNaN { return Errors(relative: .nan, largest: .nan) }
    }
    return Errors(relative: (difference / max(length, 1e-300)).squareRoot(), largest: largest)
  }

  /// Solves for the last layer, which is linear least squares where the equation is linear, and then makes Gauss-Newton
  /// steps on all parameters while these improve the solution, until a limit.
  ///
  /// Where there are preparations, the first steps are on these. Networks whose steps on all parameters take longer than a
  /// second keep their hidden layers.
  ///
  /// - Parameters:
  ///   - shouldStop: asked after every step.
  ///   - each: receives every step and the network after it.
  /// - Throws: `LinearAlgebraError.notFinite` if the residuals overflow.
  public func solve(
    seed: UInt64, _ limits: EquationLimits, solver: GaussNewton.Solver = .automatic,
    shouldStop: () -> Bool = { false },
    each: (EquationProgress, DoubleNetwork) -> Void = { _, _ in }
  ) throws -> EquationFit {
    var random = Xoshiro256(seed: seed)
    let network = start?(seed) ?? DoubleNetwork(system.shape, random: &random)
    var fit = EquationFit(
      preparations.first ?? system, parameters: network.parameters + medium, solver: solver)
    var isDone = false
    func run(_ limits: EquationLimits, _ patience: EquationFit.Patience) throws {
      guard !isDone, !shouldStop() else { return }
      try fit.run(
        limits, patience, error: { errors(of: $0).relative }, shouldStop: shouldStop, each: each)
      isDone = limits.goal.map { (fit.history.last?.error ?? .infinity) <= $0 } ?? false
    }
    let stages = preparations + [system]
    for (index, next) in stages.enumerated() {
      fit.change(
        to: next, .lastLayer, damping: isLinear ? Self.linearDamping : Self.nonlinearDamping,
        solver: lastLayerSolver)
      var own = limits
      let isLast = index == stages.count - 1
      if !isLast { own.steps = min(limits.steps ?? .max, fit.step + Self.preparationSteps) }
      try run(own, isLinear || !isLast ? .short : .nonlinear)
    }
    if canPolish, limits.goal != nil || !fit.isAtRounding {
      fit.change(to: system, .all, damping: damping, solver: solver)
      try run(limits, .usual)
    }
    return fit
  }

  /// The damping of a linear problem, with which all directions above rounding are solved for.
  private static let linearDamping = 1e-26
  /// The first damping of a nonlinear problem.
  private static let nonlinearDamping = 1e-10
  /// The most steps on the last layer for a preparation.
  private static let preparationSteps = 8
  /// The most operations of orthogonal factors for the last layer of a linear problem, which is solved once or twice, and
  /// of a nonlinear one, which takes many steps.
  private static let mostOrthogonalWork = (linear: 1e12, nonlinear: 2e10)
  /// The most operations of a step on all parameters: a second.
  private static let mostPolishWork = 1.5e10

  private var lastLayerSolver: GaussNewton.Solver {
    let (rows, columns) = (Double(system.residualCount), Double(system.count(of: .lastLayer)))
    let most = isLinear ? Self.mostOrthogonalWork.linear : Self.mostOrthogonalWork.nonlinear
    return 2 * rows * columns * columns <= most ? .orthogonal : .cholesky
  }

  /// The memory for the last layer's matrix, its factors and copies of both, in bytes.
  public var memory: Double {
    let (rows, columns) = (Double(system.residualCount), Double(system.count(of: .lastLayer)))
    return 8 * (3 * rows * columns + 3 * columns * columns)
  }

  /// Whether steps on all parameters are affordable.
  public var canPolish: Bool {
    let (rows, columns) = (Double(system.residualCount), Double(system.parameterCount))
    return rows * columns * min(rows, columns) <= Self.mostPolishWork
  }
}

/// The choices for a network that a person may make; nil takes an equation's own.
public struct EquationNetwork: Sendable, Equatable {
  /// Units of each hidden layer.
  public var width: Int?
  /// Hidden layers.
  public var layers: Int?
  /// The activation.
  public var activation: DoubleNetwork.Activation?
  /// The factor inside the first activation.
  public var omega: Double?

  /// The equation's own network.
  public init() {}

  /// Whether the hidden layer may be plane waves.
  var isWaves: Bool { activation ?? .sine == .sine && layers ?? 1 == 1 }

  func shape(
    coordinates: Int, outputs: Int = 1, width: Int, layers: Int = 1, omega: Double,
    omegaHidden: Double = 1
  ) -> DoubleNetwork.Shape {
    let activation = activation ?? .sine
    return DoubleNetwork.Shape(
      coordinates: coordinates, width: self.width ?? width, layers: self.layers ?? layers,
      outputs: outputs, activation: activation, omegaFirst: self.omega ?? omega,
      omegaHidden: omegaHidden)
  }
}
