import DatasetCatalog
import Foundation
import Training

/// Records validations while a training runs.
///
/// A failure, for example beside another program that writes for long, is reported, and the training
/// continues. What was not recorded is tried again a minute later, and at the end.
package final class ValidationRecorder {
  /// Seconds between a failure and the next attempt; an attempt may wait for seconds.
  private static let pause = 60.0

  private let record: ([RunValidation]) throws -> Void
  private let failed: (any Error) -> Void
  private let clock: () -> Double
  private var pending: [RunValidation] = []
  private var nextAttempt = -Double.infinity

  /// - Parameters:
  ///   - record: records validations, or throws.
  ///   - failed: called when that failed.
  ///   - clock: returns seconds that never go back.
  package init(
    record: @escaping ([RunValidation]) throws -> Void, failed: @escaping (any Error) -> Void,
    clock: @escaping () -> Double = TrainingClock.seconds
  ) {
    self.record = record
    self.failed = failed
    self.clock = clock
  }

  /// Records a validation, or keeps it for the next attempt.
  package func add(_ validation: RunValidation) {
    pending.append(validation)
    // A catalog keeps no more either.
    if pending.count > Catalog.mostValidations { pending.removeFirst() }
    if clock() >= nextAttempt { attempt() }
  }

  /// Records what is left.
  package func finish() {
    if !pending.isEmpty { attempt() }
  }

  private func attempt() {
    do {
      try record(pending)
      pending = []
    } catch {
      failed(error)
      nextAttempt = clock() + Self.pause
    }
  }
}

extension TrainingEvent where Update == TrainingUpdate, Validation == NetworkValidation {
  /// The validation of the event, for the catalog; nil if there is none, or none with pictures.
  var recorded: RunValidation? {
    guard let validation, let summary = validation.summary else { return nil }
    return RunValidation(
      step: step, seconds: seconds, loss: update.loss.isFinite ? update.loss : nil,
      learningRate: Double("\(update.learningRate)"), measure: summary.measure.rawValue,
      value: summary.value, parts: summary.parts)
  }
}
