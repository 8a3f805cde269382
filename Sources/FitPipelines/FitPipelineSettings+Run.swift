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
    (record.ending, record.seconds) = try fit.run(
      limits, clock: TrainingClock.seconds, shouldStop: shouldStop,
      save: { fit, seconds in
        do {
          try FitCheckpoint.write(
            fit, seconds: seconds, fingerprint: knownFingerprint(), to: checkpoint)
        } catch { report(.notSaved(error)) }
      }, saving: PeriodicSaving()
    ) { progress, fit in
      record.add(progress)
      report(.progress(progress, fit.field))
    }
    record.steps = fit.step
    fit.releaseTrainingState()
    try FieldFile.write(
      fit.field, to: output, signal: signal,
      provenance: [
        "program": program,
        "fit": "steps \(record.steps), seed \(seed), recipe \(recipe.rawValue), \(summary)",
      ].merging(metadata) { $1 }, overwrite: overwrites || resumes)
    return record
  }

  /// Removes the saved state of a fit that was not stopped.
  func removeCheckpoint(after record: FitRecord) {
    guard record.ending != .stopped, WorkGroup.current.isFirst else { return }
    try? FileManager.default.removeItem(atPath: checkpoint)
  }
}
