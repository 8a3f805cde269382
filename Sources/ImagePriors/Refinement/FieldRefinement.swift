import DifferentiableCore
import Fields
import Foundation
import Numerics
import Signals

/// Further training of a generated network on what was observed of its picture.
///
/// One point in five is held out first, and a network generated from the others trains on them; how many
/// updates serve the held-out points best is how many the network of all points then makes. That may be none:
/// a prior that has already made of the points what they say is left alone. The weights are held near where
/// they started by a pull towards it, as weight decay pulls towards zero.
public struct FieldRefinement: Sendable, Equatable {
  /// The most updates.
  public let steps: Int

  /// With fewer points there is too little to hold out.
  private static let fewestPoints = 10
  /// One point in so many is held out.
  private static let heldOutEvery = 5
  /// How often held-out points are looked at.
  private static let looks = 40

  /// - Parameter steps: the most updates, at least 1.
  public init(steps: Int) {
    precondition(steps >= 1, "at least one update is needed, got \(steps)")
    self.steps = steps
  }

  /// A refined network, and what it gained.
  public struct Result: Sendable, Equatable {
    /// From (row, column) in -1...1 to values in -1...1.
    public let field: Siren
    /// Updates made.
    public let steps: Int
    /// Mean squared error on the held-out points before and after, values 0...1: of the network that did not
    /// know them, and never more after; nil with too few points to hold some out.
    public let heldOut: (before: Double, after: Double)?

    /// Whether two results agree exactly.
    public static func == (left: Result, right: Result) -> Bool {
      left.field == right.field && left.steps == right.steps
        && left.heldOut?.before == right.heldOut?.before
        && left.heldOut?.after == right.heldOut?.after
    }
  }

  /// The network that explains the observations, refined as far as held-out ones say.
  ///
  /// - Parameters:
  ///   - observations: their order does not matter.
  ///   - width: of the picture that positions refer to, in pixels.
  ///   - height: of that picture.
  ///   - generate: the network that explains some observations.
  /// - Throws: what `generate` throws.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int,
    generatedBy generate: (PixelObservations) throws -> Siren
  ) throws -> Result {
    let whole = try generate(observations)
    guard observations.count >= Self.fewestPoints else {
      return Result(field: whole, steps: 0, heldOut: nil)
    }
    let (shown, heldOut) = divided(observations)
    let judges = FieldPoints(heldOut, width: width, height: height)
    let start = try generate(shown)
    let before = judges.error(of: start)
    var trial = RefinementLearner(
      start, on: FieldPoints(shown, width: width, height: height),
      judgedBy: HeldOut(
        points: judges, interval: max(1, steps / Self.looks), before: before))
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

  /// Points to train on and points to judge by, whatever order they come in.
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

extension ImagePrior {
  /// The network that explains the observations, refined; see ``FieldRefinement``.
  ///
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int,
    refinedBy refinement: FieldRefinement
  ) throws -> FieldRefinement.Result {
    try refinement.field(
      explaining: observations, width: width, height: height,
      generatedBy: { try field(explaining: $0, width: width, height: height) })
  }
}
