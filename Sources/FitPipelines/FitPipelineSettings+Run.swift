import Files
import Fitting
import Foundation
import Numerics
import Training

extension FitPipelineSettings {
  /// Runs a fit and does with its files what every fit does: it continues a saved state if it is asked to, saves the
  /// state meanwhile, and writes the model, even if the fit is stopped.
  ///
  /// - Parameters:
  ///   - fit: the fit at its start, then at its end.
  ///   - signal: the signal, for the model file.
  ///   - summary: what the signal is, for the model's provenance.
  ///   - metadata: further metadata of the model.
  ///   - shouldStop: called between updates; returns whether to stop.
  ///   - report: receives the events, on the calling thread.
  ///   - fingerprint: what determines the fit besides its length. It is called once at most, and only to save or to
  ///     continue, since it reads the whole signal.
  /// - Throws: `TrainingError`, `FitError`, `GridFitError`, `FileError`.
  func run<Fit: ResumableFit>(
    _ fit: inout Fit, to signal: FittedSignal, summary: String, metadata: [String: String] = [:],
    shouldStop: () -> Bool, report: (FitPipelineEvent) -> Void, fingerprint: () -> String
  ) throws -> FitRecord {
    var known: String?
    func knownFingerprint() -> String {
      let own = known ?? "\(fingerprint()) \(limits.fingerprint)"
      known = own
      return own
    }
    if resumes {
      try FitCheckpoint.resume(&fit, from: checkpoint, fingerprint: knownFingerprint())
      report(.resumed(step: fit.step))
    }
    var record = FitRecord()
    var failure: (any Error)?
    (record.ending, record.seconds) = try fit.run(
      limits, clock: TrainingClock.seconds, shouldStop: shouldStop,
      save: { fit, seconds in
        do {
          try FitCheckpoint.write(
            fit, seconds: seconds, fingerprint: knownFingerprint(), to: checkpoint)
          failure = nil
        } catch { failure = error }
      }, saving: PeriodicSaving()
    ) { progress, fit in
      // Only now is it known that the save was not that of a stopped fit.
      if let error = failure { report(.notSaved(error, continues: true)) }
      failure = nil
      record.add(progress)
      report(.progress(progress, fit.field))
    }
    record.isSaved = record.ending == .stopped && failure == nil
    if let failure { report(.notSaved(failure, continues: false)) }
    record.steps = fit.step
    fit.releaseTrainingState()
    try FieldFile.write(
      fit.field, to: output, signal: signal,
      provenance: [
        "program": program,
        "fit": "steps \(record.steps), seed \(seed), recipe \(recipe.rawValue), \(summary)",
      ].merging(metadata) { $1 }, overwrite: replacesOwnFiles)
    return record
  }

  /// Checks that the state can be saved, and that no other fit's state is lost.
  ///
  /// - Throws: `FileError` or ``FitPipelineError``.
  func checkCheckpoint() throws {
    guard FileManager.default.fileExists(atPath: checkpoint) else { return }
    do {
      try AtomicFile.checkWritable(checkpoint, overwrite: true)
    } catch let error as FileError where error.kind == .notAFile {
      throw FitPipelineError.checkpointIsNoFile(checkpoint: checkpoint)
    }
    guard replacesOwnFiles else {
      throw FitPipelineError.interruptedFitExists(checkpoint: checkpoint)
    }
  }

  /// Removes the saved state of a fit that was not stopped.
  func removeCheckpoint(after record: FitRecord) {
    guard record.ending != .stopped, WorkGroup.current.isFirst else { return }
    // Unlike `FileManager.removeItem`, it leaves a folder of this name alone.
    unlink(checkpoint)
  }
}
