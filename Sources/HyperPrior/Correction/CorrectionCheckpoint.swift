import DifferentiableCore
import Foundation
import Signals
import Training

/// The saved state of a correction that is being learned, from which it continues exactly.
public struct CorrectionCheckpoint: Sendable {
  /// Where the run was.
  public let state: CorrectionState
  /// The options that decide the run, to refuse continuing another one.
  public let fingerprint: String

  private static let fileKind = "siren-hyper correction checkpoint"
  private static let prefixes = [
    "parameters.", "first_moment.", "second_moment.", "average.", "best.",
  ]

  /// A checkpoint of a state.
  public init(_ state: CorrectionState, fingerprint: String) {
    self.state = state
    self.fingerprint = fingerprint
  }

  /// Writes the checkpoint whole or not at all, replacing an older one.
  public func write(to path: String) throws {
    let buffers = [
      state.network.parameters.values, state.optimizer.firstMoment, state.optimizer.secondMoment,
      state.average, state.best,
    ]
    let archive = SafetensorsArchive(
      metadata: [
        "kind": Self.fileKind, "fingerprint": fingerprint, "step": String(state.step),
        "optimizer_step": String(state.optimizer.step),
        "seconds": String(state.seconds.bitPattern),
        "best_score": String(state.bestScore.bitPattern),
      ],
      arrays: zip(Self.prefixes, buffers).flatMap { prefix, values in
        state.network.parameters.layout.archiveArrays(values, prefix: prefix)
      })
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
  }

  /// Reads a checkpoint of a run with the given fingerprint.
  ///
  /// - Parameter start: of that run, which says what shape everything has.
  /// - Throws: ``PriorError`` if it is damaged or of another run.
  public static func read(
    _ path: String, startingFrom start: CorrectionState, fingerprint: String
  ) throws -> CorrectionCheckpoint {
    let archive = try PriorModel.readArchive(path)
    let fail = { (problem: String) in PriorError.otherRun(path: path, problem: problem) }
    let metadata = archive.metadata
    guard metadata["kind"] == fileKind else { throw fail("it is not a checkpoint of a correction") }
    guard metadata["fingerprint"] == fingerprint else {
      throw fail("it was made with other options or other pictures")
    }
    guard
      let step = metadata["step"].flatMap(Int.init), step >= 0,
      let optimizerStep = metadata["optimizer_step"].flatMap(Int.init), optimizerStep >= 0,
      let seconds = metadata.exactNumber("seconds"), seconds.isFinite, seconds >= 0,
      let score = metadata.exactNumber("best_score"), score.isFinite
    else { throw fail("its position cannot be read") }
    let layout = start.network.parameters.layout
    let buffers = try prefixes.map {
      try Parameters(layout: layout, archive: archive, prefix: $0, fail)
    }
    var state = start
    state.network.parameters = buffers[0]
    state.optimizer = Adam(
      settings: CorrectionSettings.optimizer, firstMoment: buffers[1].values,
      secondMoment: buffers[2].values, step: optimizerStep)
    state.average = buffers[3].values
    state.best = buffers[4].values
    state.bestScore = score
    state.step = step
    state.seconds = seconds
    return CorrectionCheckpoint(state, fingerprint: fingerprint)
  }
}
