import CommandSupport
import ImagePriors

extension InpaintingTask {
  /// The same task in the channels of a prior; a note says if its colours have no part in the result.
  ///
  /// - Parameters:
  ///   - input: the picture, for the note.
  ///   - quiet: whether the note is omitted.
  /// - Throws: `PriorError.channels` if the observations cannot be converted.
  func converted(
    for prior: any ImagePrior, of input: String, quiet: Bool
  ) throws -> InpaintingTask {
    let task = try converted(for: prior)
    let losesColors = observations.channels > 1 && task.observations.channels == 1
    if losesColors, !observations.isGrey, !quiet {
      printMessage(
        singleLine(
          "Note: the model was trained on grey pictures, so '\(input)' is taken in grey; "
            + "'siren-hyper inpaint' restores its colours"))
    }
    return task
  }
}
