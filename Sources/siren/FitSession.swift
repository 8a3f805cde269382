import CommandSupport
import Fields
import Fitting
import Foundation
import Reporting
import Signals
import Training

/// Runs a fit with progress on standard error, JSON lines, a preview, and Ctrl-C.
struct FitSession {
  /// What decibels are called: `PSNR`, `SNR`.
  var measure = "PSNR"
  var printing: OutputOptions
  /// The picture to show while fitting; nil shows none.
  var preview: ((any Field) -> Image)?
  /// Updates between two JSON lines.
  var every = 100

  /// What is left of a run.
  struct Result {
    var ending: TrainingEnding
    var seconds: Double
    var steps: Int
    /// Times and qualities, at most a few hundred.
    var curve: [(seconds: Double, decibels: Double)]
    var restarts: Int
  }

  /// Fits until a limit is reached.
  func run<Fit: ProgressiveFit>(
    _ fit: inout Fit, _ limits: FitLimits
  ) throws -> Result {
    let progress = ProgressReporter("Fitting", unit: "steps", quiet: printing.quiet)
    let interruption = Interruption()
    defer { interruption.stop() }
    let room = preview == nil || printing.quiet ? nil : LivePicture.room
    let canvas = LivePicture()
    var curve: [(seconds: Double, decibels: Double)] = []
    var restarts = 0
    var reported = 0
    let first = fit.step
    let (ending, seconds) = try fit.run(
      limits, clock: { progress.elapsed }, shouldStop: { interruption.isRequested }
    ) { state, fit in
      if let rate = state.update.restartedWith {
        restarts += 1
        progress.message(
          "the fit diverged at step \(state.step): going back, with a learning rate of \(rate)")
      }
      if let room, let preview, canvas.isDue(at: state.seconds) {
        let lines = TerminalPicture.halfBlocks(
          preview(fit.field), columns: room.columns, rows: room.rows)
        canvas.draw(lines, at: state.seconds)
      }
      progress.update(
        state.step - first, of: limits.steps, fraction: state.fraction,
        detail: String(format: "\(measure) %.2f dB", state.update.decibels))
      if state.seconds - (curve.last?.seconds ?? -1) >= max(0.02, state.seconds / 200) {
        curve.append((state.seconds, state.update.decibels))
      }
      if printing.json && (state.step - first) / every > reported {
        reported = (state.step - first) / every
        printJSON([
          "step": .integer(state.step - first), "loss": .number(state.update.loss),
          measure.lowercased(): .number(state.update.decibels), "seconds": .number(state.seconds),
        ])
      }
    }
    progress.finish()
    return Result(
      ending: ending, seconds: seconds, steps: fit.step - first, curve: curve, restarts: restarts)
  }
}
