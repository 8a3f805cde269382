import DifferentiableCore
import Files
import Foundation

/// The saved state of a training, from which it continues exactly.
public struct TrainingCheckpoint: Sendable {
  /// The state of the run.
  public let state: TrainingState
  /// The options and pictures of the run, so that another run is not continued from it.
  public let fingerprint: String

  private static let fileKind = "siren-hyper checkpoint"
  /// The largest checkpoint that is read, in bytes.
  private static let largestFile = 8 << 30
  private static let prefixes = [
    "parameters.", "first_moment.", "second_moment.", "average.", "best.",
  ]

  /// A checkpoint of a state.
  public init(_ state: TrainingState, fingerprint: String) {
    self.state = state
    self.fingerprint = fingerprint
  }

  /// Writes the checkpoint whole or not at all, replacing an older one.
  public func write(to path: String) throws {
    let average = state.average
    let buffers = [
      state.parameters.values, state.optimizer.firstMoment, state.optimizer.secondMoment,
      average.current, average.best,
    ]
    let archive = SafetensorsArchive(
      metadata: [
        "kind": Self.fileKind, "fingerprint": fingerprint, "step": String(state.step),
        "optimizer_step": String(state.optimizer.step),
        "validations_since_best": String(average.validationsSinceBest),
        "best_score": String(average.bestScore.bitPattern),
        "seconds": String(state.seconds.bitPattern),
        "smoothed_loss": String(state.smoothedLoss.bitPattern),
      ],
      arrays: zip(Self.prefixes, buffers).flatMap { prefix, values in
        state.parameters.layout.archiveArrays(values, prefix: prefix)
      })
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
  }

  /// Reads a checkpoint of a run with the given fingerprint.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - start: the start of the run, which gives the shapes.
  ///   - fingerprint: the fingerprint of the run.
  /// - Throws: ``TrainingError`` if it is damaged or belongs to another run.
  public static func read(
    _ path: String, startingFrom start: TrainingState, fingerprint: String
  ) throws -> TrainingCheckpoint {
    let archive = try SafetensorsArchive(
      data: RegularFile.read(path, maximumBytes: largestFile), path: path)
    let fail = { (problem: String) in TrainingError.otherRun(path: path, problem: problem) }
    let metadata = archive.metadata
    guard metadata["kind"] == fileKind else { throw fail("it is not a checkpoint of a training") }
    guard metadata["fingerprint"] == fingerprint else {
      throw fail("it was made with other options or other pictures")
    }
    guard
      let step = metadata.count("step"), let optimizerStep = metadata.count("optimizer_step"),
      // Earlier builds wrote it under the second name.
      let validationsSinceBest = metadata.count(
        metadata["validations_since_best"] == nil ? "judged_since_best" : "validations_since_best"),
      let score = metadata.exactNumber("best_score"), !score.isNaN,
      let seconds = metadata.exactNumber("seconds"), seconds.isFinite, seconds >= 0,
      let loss = metadata.exactNumber("smoothed_loss")
    else { throw fail("its position cannot be read") }
    let buffers = try prefixes.map {
      try Parameters(layout: start.parameters.layout, archive: archive, prefix: $0, fail).values
    }
    guard buffers[2].allSatisfy({ $0 >= 0 }) else {
      throw fail("its second moments, which are means of squares, have a negative one")
    }
    var state = start
    state.parameters.values = buffers[0]
    state.optimizer = Adam(
      settings: start.optimizer.settings, firstMoment: buffers[1], secondMoment: buffers[2],
      step: optimizerStep)
    state.average = AveragedParameters(
      current: buffers[3], best: buffers[4], bestScore: score,
      validationsSinceBest: validationsSinceBest)
    state.step = step
    state.seconds = seconds
    state.smoothedLoss = loss
    return TrainingCheckpoint(state, fingerprint: fingerprint)
  }
}

extension [String: String] {
  /// A whole number, 0 to ``Optimizer/largestStep``.
  ///
  /// No run is longer, and numbers computed from a larger one could overflow.
  fileprivate func count(_ name: String) -> Int? {
    self[name].flatMap(Int.init).flatMap { (0...Optimizer.largestStep).contains($0) ? $0 : nil }
  }

  /// A number that was written as its bits, so it is read exactly.
  fileprivate func exactNumber(_ name: String) -> Double? {
    self[name].flatMap(UInt64.init).map(Double.init(bitPattern:))
  }
}
