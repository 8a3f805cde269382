import DifferentiableCore
import Foundation
import Numerics

extension TrainingObjective {
  /// The loss and the gradient of a batch that is divided into pieces.
  ///
  /// A thread computes the gradient of a whole piece, and the gradients are added in the order of the pieces. There is
  /// one parallel region per update, and the result does not depend on the number of threads. The members of a group
  /// share the pieces, and the result does not depend on their number either.
  ///
  /// - Parameters:
  ///   - parameters: where the gradient is taken.
  ///   - count: the number of pieces.
  ///   - piece: the part of the loss that is reported and the part that is differentiated, for the number of a piece and
  ///     tracked parameters; nil for a piece without a loss.
  /// - Throws: the errors of `piece`.
  package func gradient(
    of parameters: Parameters, inPieces count: Int,
    _ piece: @Sendable (Int, ParameterViews) throws -> (reported: Double, loss: Tensor)?
  ) throws -> (loss: Double, gradient: ParameterGradient) {
    let views = parameters.views()
    let group = WorkGroup.current
    guard group.isAlone else { return try gradient(of: views, inPieces: count, over: group, piece) }
    let pieces = try Parallel.map(count) {
      number -> (reported: Double, gradient: ParameterGradient)? in
      let tracked = views.tracked()
      return try piece(number, tracked).map { ($0.reported, tracked.gradient(of: $0.loss)) }
    }.compactMap { $0 }
    return (
      pieces.reduce(0) { $0 + $1.reported },
      ParameterGradient.sum(pieces.map(\.gradient), layout: parameters.layout)
    )
  }

  /// The loss and the gradient of pieces that the members of a group share.
  private func gradient(
    of views: ParameterViews, inPieces count: Int, over group: WorkGroup,
    _ piece: @Sendable (Int, ParameterViews) throws -> (reported: Double, loss: Tensor)?
  ) throws -> (loss: Double, gradient: ParameterGradient) {
    let own = group.share(of: count)
    let sum = GroupGradientSum(views.layout, pieces: own.count, over: group)
    let outcomes = Parallel.map(own.count) { offset -> Result<Double?, any Error> in
      Result {
        let tracked = views.tracked()
        // Every piece is handed in, also a failed one, or the other members would wait for it.
        guard let (reported, loss) = try piece(own.lowerBound + offset, tracked) else { return nil }
        tracked.gradient(of: loss) { sum.add($1, entry: $0, piece: offset) }
        return reported
      }.onFailureOrNil { sum.leaveOut(offset) }
    }
    let gradient = sum.finish()
    let losses = try group.map(count) { try outcomes[$0 - own.lowerBound].get() }
    return (losses.reduce(0) { $0 + ($1 ?? 0) }, gradient)
  }

  /// A text that identifies a run: its configuration, settings and pictures.
  package func fingerprint(
    _ configuration: some Encodable, _ settings: some Sendable, pictures: String
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let shape = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    return "\(shape) \(settings) pictures \(pictures)"
  }
}

extension Result {
  /// Calls a function if there is no value.
  fileprivate func onFailureOrNil<Value>(_ body: () -> Void) -> Self where Success == Value? {
    if case .success(.some) = self { return self }
    body()
    return self
  }
}
