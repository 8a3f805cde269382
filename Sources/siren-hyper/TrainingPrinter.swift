import CommandSupport
import Foundation
import GridPriors
import HyperNetworks
import ImagePriors
import PriorPipelines
import SubspacePriors
import Training

/// Prints what `train` reports.
///
/// Progress and notices go to standard error, validations and the result to standard output.
final class TrainingPrinter {
  /// The requested number of updates; nil if the time is limited.
  private let steps: Int?
  private let printing: OutputOptions
  private var phase: TrainingPhase?
  /// The progress of the current phase; nil between phases.
  private var progress: ProgressReporter?
  private var latest: NetworkValidation?

  init(steps: Int?, _ printing: OutputOptions) {
    self.steps = steps
    self.printing = printing
  }

  /// Prints one event.
  func show(_ event: TrainingPipelineEvent) {
    switch event {
    case .started(let phase):
      self.phase = phase
      progress = ProgressReporter(phase.title, unit: phase.unit, quiet: printing.quiet)
    case .progressed(_, let completed, let total):
      progress?.update(completed, of: total)
    case .finished:
      progress?.finish()
      progress = nil
    case .notice(let notice):
      if notice.isWarning {
        warn("\(notice)")
      } else {
        remark("\(notice)")
      }
    case .resumed(let step):
      remark("resumed at step \(step)")
    case .trained(let event):
      latest = event.validation ?? latest
      progress?.update(
        event.step, of: steps, fraction: event.fraction, detail: detail(of: event))
      if printing.json, let validation = event.validation { printJSON(json(event, validation)) }
    }
  }

  private func remark(_ text: String) {
    if printing.quiet { return }
    if let progress { progress.message(text) } else { printMessage(singleLine(text)) }
  }

  /// Prints a warning, also if progress is turned off.
  private func warn(_ text: String) {
    let line = "Warning: " + text
    if !printing.quiet, let progress {
      progress.message(line)
    } else {
      printMessage(singleLine(line))
    }
  }

  private func detail(of event: TrainingEvent<TrainingUpdate, NetworkValidation>) -> String {
    let rate = String(format: "%.0f pictures/s", event.picturesPerSecond)
    switch latest {
    case .ratios(let validation):
      return "error relative to the closed form \(describe(validation)), \(rate)"
    case .errors(let validation):
      return String(format: "loss %.4f", event.update.loss)
        + ", validation \(describe(validation)), \(rate)"
    case .grid(let validation):
      return "against linear interpolation \(describe(validation)) of the pixels, \(rate)"
    // The loss of a residual network means nothing without that of the closed form.
    case nil where phase == .trainingResidualNetwork: return rate
    case nil: return String(format: "loss %.4f", event.update.loss) + ", \(rate)"
    }
  }

  private func json(
    _ event: TrainingEvent<TrainingUpdate, NetworkValidation>, _ validation: NetworkValidation
  ) -> JSONValue {
    var fields: [String: JSONValue] = [
      "step": .integer(event.step), "seconds": .number(event.seconds),
      "pictures_per_second": .number(event.picturesPerSecond),
    ]
    switch validation {
    case .ratios(let validation):
      fields["validation"] = .array(
        validation.ratios.map { ["points": .integer($0.points), "ratio": .number($0.ratio)] })
    case .errors(let validation):
      fields["loss"] = .number(event.update.loss)
      fields["validation_mse"] = .number(validation.mean)
    case .grid(let validation):
      fields["loss"] = .number(event.update.loss)
      fields["validation_gain_db"] = .number(validation.gain)
    }
    return .object(fields)
  }

  private func describe(_ validation: ResidualValidation) -> String {
    validation.ratios.map { String(format: "%.3f at %d", $0.ratio, $0.points) }
      .joined(separator: ", ")
  }

  private func describe(_ validation: GridValidation) -> String {
    validation.ratios
      .map { String(format: "%+.2f dB at %.0f%%", -10 * log10($0.ratio), 100 * $0.share) }
      .joined(separator: ", ")
  }

  private func describe(_ validation: ValidationResult) -> String {
    validation.errors
      .map { String(format: "%.4f at %d", $0.meanSquaredError, $0.points) }
      .joined(separator: ", ")
  }

  /// Prints the result.
  func print(_ result: TrainingPipelineResult) {
    if printing.json { return printJSON(json(result)) }
    switch result.measure {
    case .subspace(let components, let codes):
      Swift.print(
        "\(singleLine(result.output)): \(components) components and \(codes) training codes from "
          + "\(result.pictures) \(result.prior.scope.noun)"
          + (result.steps.map { ", a residual network of \($0) steps" } ?? "")
          + " in \(formatDuration(result.seconds))")
    case .hypernetwork(let validation):
      Swift.print(
        "\(singleLine(result.output)): \(result.steps ?? 0) steps in \(formatDuration(result.seconds)), "
          + "validation mean squared error \(describe(validation)) points")
    case .grid(let validation):
      Swift.print(
        "\(singleLine(result.output)): \(result.steps ?? 0) steps in \(formatDuration(result.seconds)), "
          + "against linear interpolation on validation windows \(describe(validation)) of the pixels"
      )
    }
  }

  private func json(_ result: TrainingPipelineResult) -> JSONValue {
    var fields: [String: JSONValue] = [
      "model": .string(result.output), "seconds": .number(result.seconds),
    ]
    if let steps = result.steps { fields["steps"] = .integer(steps) }
    switch result.measure {
    case .subspace(let components, let codes):
      fields["components"] = .integer(components)
      fields["codes"] = .integer(codes)
    case .hypernetwork(let validation):
      fields["validation_mse"] = .number(validation.mean)
    case .grid(let validation):
      fields["validation_gain_db"] = .number(validation.gain)
    }
    return .object(fields)
  }
}

extension TrainingPhase {
  /// The title of the progress line.
  fileprivate var title: String {
    switch self {
    case .indexing: "Indexing"
    case .decoding: "Decoding"
    case .learning: "Computing the closed form"
    case .trainingResidualNetwork, .training: "Training"
    case .deciding: "Validating"
    }
  }
}
