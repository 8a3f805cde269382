import DifferentiableCore
import Fields
import Foundation
import Numerics
import Training

extension ConditionSystem: LeastSquaresProblem {}

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
  /// The method with its parameters: those of the network, and the factors of a medium.
  public private(set) var method: GaussNewton
  /// What happened so far, the start included.
  public private(set) var history: [EquationProgress] = []
  /// The most steps in a row without a smaller cost.
  private static let mostFailures = 2

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

  /// Continues with other conditions on the same unknowns.
  mutating func replaceSystem(by other: ConditionSystem) {
    precondition(
      other.parameterCount == system.parameterCount, "conditions on other unknowns")
    system = other
  }

  /// The network as it is.
  public var network: DoubleNetwork { system.network(method.parameters) }
  /// The factors of the medium.
  public var medium: [Double] { Array(method.parameters.suffix(system.mediumCount)) }

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
    let start = ProcessInfo.processInfo.systemUptime
    let before = history.last?.seconds ?? 0
    var failures = 0
    var last = 0.0
    func seconds() -> Double { ProcessInfo.processInfo.systemUptime - start }
    while failures < Self.mostFailures, !shouldStop(), method.step < limits.steps ?? .max,
      // A step that would end after the limit is not begun.
      before + seconds() + last * 0.9 < limits.seconds
    {
      let begun = seconds()
      let report = try method.advance(system)
      failures = report.share == 0 ? failures + 1 : 0
      let progress = EquationProgress(
        step: method.step, seconds: before + seconds(), cost: report.cost, error: error?(network))
      last = seconds() - begun
      history.append(progress)
      each(progress, network)
      if let goal = limits.goal, let found = progress.error, found <= goal { break }
    }
  }
}
