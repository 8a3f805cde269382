import Foundation
import PriorPipelines
import Reporting

/// Writes the updates of a training for TensorBoard.
final class TrainingBoard {
  private let file: EventFile
  /// Called with a failure to write, once.
  private let warn: (TrainingNotice) -> Void
  private var hasWarned = false

  /// Prepares the folder, and throws if that is not possible.
  init(folder: String, warn: @escaping (TrainingNotice) -> Void) throws {
    file = try EventFile(folder: folder)
    self.warn = warn
  }

  /// Writes what an event says about an update; a failure does not end the training.
  func show(_ event: TrainingPipelineEvent) {
    switch event {
    case .resumed(let step): attempt { try file.start(at: step + 1) }
    case .trained(let event):
      var scalars: [(name: String, value: Double)] = [
        ("loss", event.update.batchLoss), ("learning_rate", Double(event.update.learningRate)),
      ]
      if let summary = event.validation?.summary {
        let name = "validation/\(summary.measure.rawValue)"
        scalars.append((name, summary.value))
        for part in summary.parts {
          let observed = part.observed.replacing(" ", with: "_").replacing("%", with: "_percent")
          scalars.append(("\(name)_\(observed)", part.value))
        }
      }
      let scalarEvent = ScalarEvent(
        time: Date().timeIntervalSince1970, step: event.step, scalars: scalars)
      attempt {
        try file.add(scalarEvent)
        if event.validation != nil { try file.flush() }
      }
    default: break
    }
  }

  /// Writes the rest.
  func finish() { attempt { try file.flush() } }

  private func attempt(_ work: () throws -> Void) {
    do {
      try work()
    } catch {
      if !hasWarned {
        warn(.eventsNotWritten(path: file.folder, reason: "\(error)"))
      }
      hasWarned = true
    }
  }
}
