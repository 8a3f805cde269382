import DifferentiableCore
import Foundation
import Signals
import Training

/// The saved state of a run, from which it continues exactly.
public struct TrainingCheckpoint: Sendable {
  /// Where the run was.
  public let state: TrainingState
  /// The options that decide the run, to refuse continuing another one.
  public let fingerprint: String

  private static let fileKind = "siren-hyper training checkpoint"

  /// A checkpoint of a state.
  public init(_ state: TrainingState, fingerprint: String) {
    self.state = state
    self.fingerprint = fingerprint
  }

  /// A text of everything that decides a run's course: settings, configuration, pictures.
  public static func fingerprint(
    _ configuration: PriorConfiguration, _ settings: TrainingSettings, pictures: String
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let shape = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    return "\(shape) \(settings) pictures \(pictures)"
  }

  /// Writes the checkpoint whole or not at all, replacing an older one.
  public func write(to path: String) throws {
    let model = state.model
    let arrays = ["parameters.", "first_moment.", "second_moment."]
    let buffers = [
      model.parameters.values, state.optimizer.firstMoment, state.optimizer.secondMoment,
    ]
    var archive = try model.archive()
    archive.metadata["kind"] = Self.fileKind
    archive.metadata["fingerprint"] = fingerprint
    archive.metadata["step"] = String(state.step)
    archive.metadata["optimizer_step"] = String(state.optimizer.step)
    archive.metadata["seconds"] = String(state.seconds.bitPattern)
    archive.metadata["smoothed_loss"] = String(state.smoothedLoss.bitPattern)
    archive.arrays = zip(arrays, buffers).flatMap { prefix, values in
      model.parameters.layout.archiveArrays(values, prefix: prefix)
    }
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
  }

  /// Reads a checkpoint of a run with the given fingerprint.
  ///
  /// - Throws: ``PriorError`` if it is damaged or of another run.
  public static func read(
    _ path: String, configuration: PriorConfiguration, fingerprint: String
  ) throws -> TrainingCheckpoint {
    let archive = try PriorModel.readArchive(path)
    let fail = { (problem: String) in PriorError.otherRun(path: path, problem: problem) }
    let metadata = archive.metadata
    guard metadata["kind"] == fileKind else { throw fail("it is not a training checkpoint") }
    guard metadata["fingerprint"] == fingerprint else {
      throw fail("it was made with other options or other pictures")
    }
    guard
      let step = metadata["step"].flatMap(Int.init), step >= 0,
      let optimizerStep = metadata["optimizer_step"].flatMap(Int.init), optimizerStep >= 0,
      let seconds = metadata.exactNumber("seconds"),
      let loss = metadata.exactNumber("smoothed_loss"),
      seconds.isFinite, seconds >= 0
    else { throw fail("its position cannot be read") }
    let layout = PriorModel(configuration, seed: 0).parameters.layout
    let read = { (prefix: String) in
      try Parameters(layout: layout, archive: archive, prefix: prefix, fail)
    }
    return TrainingCheckpoint(
      TrainingState(
        model: PriorModel(configuration, parameters: try read("parameters.")),
        optimizer: Adam(
          settings: .init(), firstMoment: try read("first_moment.").values,
          secondMoment: try read("second_moment.").values, step: optimizerStep),
        step: step, seconds: seconds, smoothedLoss: loss),
      fingerprint: fingerprint)
  }
}

extension [String: String] {
  /// A number that was written by its bits, so that it is read as it was.
  func exactNumber(_ name: String) -> Double? {
    self[name].flatMap(UInt64.init).map(Double.init(bitPattern:))
  }
}
