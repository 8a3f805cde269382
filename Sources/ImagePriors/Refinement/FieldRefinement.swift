import DifferentiableCore
import Fields
import Foundation
import Numerics
import Signals

/// Gradient descent of a generated network on the observed points of its picture.
///
/// One point in five is held out first, and a network generated from the other points is trained on them.
/// The number of updates with the lowest error at the held-out points is then applied to the network of
/// all points. That number may be 0, if the network already fits the points well. Weight decay towards the
/// initial weights keeps the weights near them.
public struct FieldRefinement: Sendable, Equatable {
  /// The largest number of updates.
  public let steps: Int

  /// With fewer points none are held out and the network is not refined.
  private static let fewestPoints = 10
  /// One point in this many is held out.
  private static let heldOutEvery = 5
  /// The number of times the held-out error is measured.
  private static let validations = 40

  /// - Parameter steps: the largest number of updates, at least 1.
  public init(steps: Int) {
    precondition(steps >= 1, "at least one update is needed, got \(steps)")
    self.steps = steps
  }

  /// A refined network and its errors.
  public struct Result: Sendable, Equatable {
    /// The network from (row, column) in -1...1 to values in -1...1.
    public let field: Siren
    /// The number of updates.
    public let steps: Int
    /// The mean squared error at the held-out points before and after refinement, for values 0...1.
    ///
    /// It is that of the network generated without these points, and it never increases. It is nil if
    /// there are too few points to hold some out.
    public let heldOut: (before: Double, after: Double)?

    /// Whether two results are exactly equal.
    public static func == (left: Result, right: Result) -> Bool {
      left.field == right.field && left.steps == right.steps
        && left.heldOut?.before == right.heldOut?.before
        && left.heldOut?.after == right.heldOut?.after
    }
  }

  /// Generates the network that fits the observations and refines it.
  ///
  /// - Parameters:
  ///   - observations: the observed points, whose order does not matter.
  ///   - width: width in pixels of the picture to which positions refer.
  ///   - height: height of that picture in pixels.
  ///   - generate: generates the network that fits given observations.
  /// - Throws: the errors of `generate`.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int,
    generatedBy generate: (PixelObservations) throws -> Siren
  ) throws -> Result {
    let whole = try generate(observations)
    guard observations.count >= Self.fewestPoints else {
      return Result(field: whole, steps: 0, heldOut: nil)
    }
    let (shown, heldOut) = divided(observations)
    let heldOutPoints = FieldPoints(heldOut, width: width, height: height)
    let start = try generate(shown)
    let before = heldOutPoints.error(of: start)
    var trial = RefinementLearner(
      start, on: FieldPoints(shown, width: width, height: height),
      validatedOn: HeldOut(
        points: heldOutPoints, interval: max(1, steps / Self.validations), before: before))
    _ = try trial.refined(steps: steps)
    let best = trial.best ?? (0, before)
    var learner = RefinementLearner(
      whole, on: FieldPoints(observations, width: width, height: height))
    let refined = try learner.refined(steps: best.step)
    guard refined.parameters.values.allSatisfy({ $0.isFinite }) else {
      return Result(field: whole, steps: 0, heldOut: (before, before))
    }
    return Result(field: refined, steps: best.step, heldOut: (before, best.error))
  }

  /// Divides the points into those to train on and those to validate on, whatever their order.
  private func divided(
    _ observations: PixelObservations
  ) -> (shown: PixelObservations, heldOut: PixelObservations) {
    let key = { (point: Int) in
      (observations.positions[2 * point], observations.positions[2 * point + 1])
    }
    let order = (0..<observations.count).sorted { key($0) < key($1) }
    var random = Xoshiro256(fixed: .refinementHeldOut, UInt64(observations.count))
    let chosen = Set(
      random.sample(observations.count / Self.heldOutEvery, of: observations.count))
    return (
      observations.selecting(order.indices.filter { !chosen.contains($0) }.map { order[$0] }),
      observations.selecting(order.indices.filter { chosen.contains($0) }.map { order[$0] })
    )
  }
}
