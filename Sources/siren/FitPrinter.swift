import CommandSupport
import Fields
import FitPipelines
import Fitting
import Reporting
import Signals

/// Prints a fit: its progress on standard error, JSON lines, and a preview.
struct FitPrinter {
  /// Updates between two JSON lines.
  var every = 100
  /// The picture to show while fitting; nil shows none.
  var preview: ((any Field) -> Image)?
  private let measure: String
  private let printing: OutputOptions
  private let progress: ProgressReporter
  private let room: (columns: Int, rows: Int)?
  private let canvas = LivePicture()
  private var reported = 0

  /// - Parameter measure: the name of the quality measure: `PSNR`, `SNR`.
  init(measure: String, printing: OutputOptions) {
    self.measure = measure
    self.printing = printing
    progress = ProgressReporter("Fitting", unit: "steps", quiet: printing.quiet)
    room = printing.quiet ? nil : LivePicture.room
  }

  /// Prints a line on standard error.
  func message(_ text: String) {
    progress.message(text)
  }

  /// Shows an event of a fit.
  ///
  /// - Parameters:
  ///   - steps: the updates until the end, if they are known.
  ///   - source: the signal.
  ///   - updates: what a number of updates counts.
  mutating func show(
    _ event: FitPipelineEvent, of steps: Int?, source: FittedSignal, updates: String
  ) {
    switch event {
    case .planned(let plan): message(plan.summary(of: source))
    case .resumed(let step): message("resumed after \(step) \(updates)")
    case .progress(let progress, let field): show(progress, of: steps, field)
    case .notSaved(let error, let continues):
      message(
        "Warning: the state was not saved" + (continues ? "; the fit continues" : "") + ": \(error)"
      )
    }
  }

  /// Shows the progress of a fit.
  mutating func show(_ state: FitProgress, of steps: Int?, _ field: any Field) {
    if let rate = state.update.restartedWith {
      progress.message(
        "the fit diverged at step \(state.step); it continues from an earlier state with a learning "
          + "rate of \(rate)")
    }
    if let room, let preview, canvas.isDue(at: state.seconds) {
      let lines = TerminalPicture.halfBlocks(
        preview(field), columns: room.columns, rows: room.rows)
      canvas.draw(lines, at: state.seconds)
    }
    progress.update(
      state.step, of: steps, fraction: state.fraction,
      detail: String(format: "\(measure) %.2f dB", state.update.decibels))
    if printing.json && state.step / every > reported {
      reported = state.step / every
      printJSON([
        "step": .integer(state.step), "loss": .number(state.update.loss),
        measure.lowercased(): .number(state.update.decibels), "seconds": .number(state.seconds),
      ])
    }
  }

  /// Ends the line of progress.
  func finish() {
    progress.finish()
  }

  /// Fits a field to the differences of a picture until a limit is reached, or Ctrl-C.
  ///
  /// Usage errors are those of the command line.
  mutating func run(
    _ fit: DifferenceFit, _ limits: FitLimits
  ) throws -> (field: any AffineField, record: FitRecord) {
    let interruption = Interruption()
    defer { interruption.stop() }
    let progress = progress
    let result = try fit.run(
      limits, clock: { progress.elapsed }, shouldStop: { interruption.isRequested },
      each: { state, field in show(state, of: limits.steps, field) })
    finish()
    return result
  }
}
