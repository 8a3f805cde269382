import Foundation
import ImagePriors
import Numerics

extension TrainingRun {
  /// Writes a trained prior with what made it, and removes the checkpoint, which is of no more use.
  ///
  /// Values that differ between runs of the same settings, such as the time, are not written.
  ///
  /// - Parameters:
  ///   - prior: the prior.
  ///   - training: how it was trained, for its metadata.
  ///   - pictures: what it was trained on, whose range the file keeps.
  /// - Throws: `FileError`.
  func write(_ prior: some StoredPrior, training: String, _ pictures: PipelinePictures) throws {
    try prior.write(
      to: settings.output,
      provenance: ["program": settings.program, "training": training]
        .merging(pictures.provenance) { $1 },
      overwrite: replacesOutput)
    if WorkGroup.current.isFirst {
      try? FileManager.default.removeItem(atPath: settings.checkpointPath)
    }
  }
}
