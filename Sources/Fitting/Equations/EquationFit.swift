import DifferentiableCore
import Fields
import Foundation
import Numerics
import Training

extension ConditionSystem: LeastSquaresProblem {}

/// A system whose first unknowns are kept as they are.
private struct PartialSystem: LeastSquaresProblem {
  let system: ConditionSystem
  let unknowns: ConditionSystem.Unknowns
  let kept: [Double]

  var parameterCount: Int { system.count(of: unknowns) }

  func residuals(at parameters: [Double], step: Int) -> [Double] {
    system.residuals(at: kept + parameters, step: step)
  }

  func linearization(at parameters: [Double], step: Int) -> DoubleMatrix {
    system.linearization(at: kept + parameters, step: step, of: unknowns)
  }
}

/// One step of solving an equation, as a program reports it.
public struct EquationProgress: Sendable, Equatable {
  /// Steps so far.
  public var step: Int
  /// Seconds since the start.
  public var seconds: Double
  /// Half the sum of the weighted mean squared residuals.
  public var cost: Double
  /// The error against the known solution at test points; nil where it was not measured.
  public var error: Double?
}

/// When solving ends.
public struct EquationLimits: Sendable {
  /// The most seconds.
  public var seconds: Double
  /// The most steps; nil for no limit.
  public var steps: Int?
  /// The error at which the work is done; nil for none.
  public var goal: Double?

  /// Limits.
  public init(seconds: Double, steps: Int? = nil, goal: Double? = nil) {
    self.seconds = seconds
    self.steps = steps
    self.goal = goal
  }
}

/// Gauss-Newton steps on the conditions of an equation until a limit, or until nothing improves any more.
public struct EquationFit: Sendable {
  /// The conditions.
  public private(set) var system: ConditionSystem
  /// The unknowns that are changed.
  public private(set) var unknowns = ConditionSystem.Unknowns.all
  /// The method with the unknowns that it changes: parameters of the network, and the factors of a medium.
  public private(set) var method: GaussNewton
  /// What happened so far, the start included.
  public private(set) var history: [EquationProgress] = []
  /// The unknowns that are kept, which come first.
  private var kept: [Double] = []
  /// The step at which the present conditions and unknowns began.
  private var stageStart = 0
  /// The most steps in a row without a smaller cost.
  private static let mostFailures = 2
  /// How long the cost may stay nearly the same before the steps end.
  struct Patience: Sendable {
    /// Steps within which the cost must fall, at least.
    var steps: Int
    /// The same as a share of all steps since the conditions or the unknowns changed.
    var share: Double
    /// The factor by which it must fall.
    var factor: Double

    /// For steps that approach the solution slowly.
    static let usual = Patience(steps: 25, share: 0.25, factor: 0.95)
    /// For the last layer of a nonlinear problem, which few steps solve.
    static let nonlinear = Patience(steps: 8, share: 0, factor: 0.97)
    /// For linear problems, which the first step nearly solves.
    static let short = Patience(steps: 1, share: 0, factor: 0.9)
  }

  /// Starts with random weights.
  ///
  /// - Parameters:
  ///   - medium: the first guess of the medium's factors, as many as the system has.
  ///   - damping: the first damping.
  public init(
    _ system: ConditionSystem, medium: [Double] = [], seed: UInt64, damping: Double = 1e-3,
    solver: GaussNewton.Solver = .automatic
  ) {
    precondition(
      medium.count == system.mediumCount,
      "\(medium.count) factors of the medium, expected \(system.mediumCount)")
    var random = Xoshiro256(seed: seed)
    self.init(
      system, parameters: DoubleNetwork(system.shape, random: &random).parameters + medium,
      damping: damping, solver: solver)
  }

  /// Starts at given parameters.
  public init(
    _ system: ConditionSystem, parameters: [Double], damping: Double = 1e-3,
    solver: GaussNewton.Solver = .automatic
  ) {
    self.system = system
    method = GaussNewton(parameters, damping: damping, solver: solver)
  }

  /// Steps so far.
  public var step: Int { method.step }
  /// All unknowns: the parameters of the network, and the factors of a medium.
  public var parameters: [Double] { kept + method.parameters }
  /// The network as it is.
  public var network: DoubleNetwork { system.network(parameters) }
  /// The factors of the medium.
  public var medium: [Double] { Array(parameters.suffix(system.mediumCount)) }

  /// Continues with other conditions on the same network, or with other unknowns.
  ///
  /// - Parameters:
  ///   - damping: the damping of the next step; nil keeps it.
  mutating func change(
    to other: ConditionSystem, _ unknowns: ConditionSystem.Unknowns, damping: Double? = nil,
    solver: GaussNewton.Solver? = nil
  ) {
    precondition(
      other.parameterCount == system.parameterCount, "conditions on other unknowns")
    let all = parameters
    let count = other.count(of: unknowns)
    system = other
    self.unknowns = unknowns
    kept = Array(all.dropLast(count))
    method = GaussNewton(
      Array(all.suffix(count)), damping: damping ?? method.damping,
      solver: solver ?? method.solver, step: method.step)
    stageStart = method.step
  }

  /// Makes steps until a limit; times count from the first run.
  ///
  /// - Parameters:
  ///   - error: measures the network, after every step.
  ///   - shouldStop: asked after every step.
  ///   - each: receives every step and the network after it.
  /// - Throws: `LinearAlgebraError.notFinite` if the residuals overflow.
  public mutating func run(
    _ limits: EquationLimits, error: ((DoubleNetwork) -> Double)? = nil,
    shouldStop: () -> Bool = { false },
    each: (EquationProgress, DoubleNetwork) -> Void = { _, _ in }
  ) throws {
    try run(limits, .usual, error: error, shouldStop: shouldStop, each: each)
  }

  mutating func run(
    _ limits: EquationLimits, _ patience: Patience, error: ((DoubleNetwork) -> Double)? = nil,
    shouldStop: () -> Bool = { false },
    each: (EquationProgress, DoubleNetwork) -> Void = { _, _ in }
  ) throws {
    let start = ProcessInfo.processInfo.systemUptime
    let before = history.last?.seconds ?? 0
    let problem = PartialSystem(system: system, unknowns: unknowns, kept: kept)
    // Who names an error gets more time for it.
    var patience = patience
    if limits.goal != nil, patience.steps > 1 { patience.steps *= 4 }
    var failures = 0
    var last = 0.0
    func seconds() -> Double { ProcessInfo.processInfo.systemUptime - start }
    if history.isEmpty {
      let residuals = problem.residuals(at: method.parameters, step: method.step)
      history.append(
        EquationProgress(
          step: method.step, seconds: seconds(),
          cost: residuals.reduce(0) { $0 + $1 * $1 } / 2, error: error?(network)))
    }
    while failures < Self.mostFailures, stillFalls(patience), !shouldStop(),
      method.step < limits.steps ?? .max,
      // A step that would end after the limit is not begun.
      before + seconds() + last * 0.9 < limits.seconds
    {
      let begun = seconds()
      let report = try method.advance(problem)
      failures = report.share == 0 ? failures + 1 : 0
      let network = network
      let progress = EquationProgress(
        step: method.step, seconds: before + seconds(), cost: report.cost, error: error?(network))
      last = seconds() - begun
      history.append(progress)
      each(progress, network)
      if let goal = limits.goal, let found = progress.error, found <= goal { break }
      if report.isMinimum || limits.goal == nil && isAtRounding { break }
    }
  }

  /// Whether the residuals are so small, beside those of the start, that rounding decides them.
  var isAtRounding: Bool {
    guard let first = history.first?.cost, let last = history.last?.cost else { return false }
    return last <= Self.roundingShare * first
  }

  /// Residuals of a ten-billionth, squared.
  private static let roundingShare = 1e-20

  /// Whether the smallest cost of the latest steps is noticeably below that of the steps before.
  private func stillFalls(_ patience: Patience) -> Bool {
    let costs = history.suffix(method.step - stageStart).map(\.cost)
    let latest = max(patience.steps, Int(patience.share * Double(costs.count)))
    guard costs.count > latest, let old = costs.dropLast(latest).min(),
      let new = costs.suffix(latest).min()
    else { return true }
    return new < patience.factor * old
  }
}

extension GaussNewton.Report {
  /// Whether the residuals were linear and the step not damped, so that no other step can be better.
  fileprivate var isMinimum: Bool {
    share == 1 && damping <= 1e-20 && abs(cost - predicted) <= 1e-6 * previous
  }
}
