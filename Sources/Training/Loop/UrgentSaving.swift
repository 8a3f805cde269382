import Foundation
import Numerics

/// Saves the state before an update that takes too long to be waited for.
///
/// The members of a group stop together after an update, and the first one saves. But a launcher that ends a job kills
/// its processes soon after it has asked them to stop, and the update may take longer. So a thread of the first member
/// writes the state before the update, without a message to the others. If the update ends in time after all, the later
/// state replaces that one.
final class UrgentSaving: Sendable {
  /// Seconds between a request to stop and the save.
  ///
  /// Most updates end before, so the state is written once.
  private static let patience = 0.2
  /// Seconds between two looks for a request.
  private static let pause = 0.05

  /// The state before the update or the validation that is under way; nil while an update changes it.
  private let held = Guarded<TrainingState?>(nil)
  /// The step of the last saved state; held while a file is written.
  private let savedStep = Guarded(-1)
  /// The way to save, until the training ends.
  private let save: Guarded<Save?>
  private let end = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)

  /// A function of the caller's thread that another thread may call while the caller waits for a lock.
  private struct Save: @unchecked Sendable {
    let run: (TrainingState) throws -> Void
  }

  private init(_ save: Save) { self.save = Guarded(save) }

  /// Runs a training.
  ///
  /// - Parameters:
  ///   - save: writes a state; called from one thread at a time, of which one is not the caller's.
  ///   - body: the training. If it is given an object, it hands in its states, and saves with its help.
  /// - Throws: the errors of `body`.
  static func during<Ending>(
    _ save: (TrainingState) throws -> Void,
    _ body: (UrgentSaving?) throws -> Ending
  ) throws -> Ending {
    let group = WorkGroup.current
    guard !group.isAlone, group.isFirst else { return try body(nil) }
    return try withoutActuallyEscaping(save) { save in
      // The other thread ends before this function does, and `savedStep` keeps the two from saving at once.
      let saving = UrgentSaving(Save(run: save))
      let thread = Thread {
        saving.watch(group)
        saving.hasEnded.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
      defer {
        saving.end.signal()
        saving.hasEnded.wait()
        // The ended thread may be kept for a while, and with it what it has.
        saving.save.withLock { $0 = nil }
      }
      return try body(saving)
    }
  }

  /// Saves a state while the other thread does not.
  func save(_ state: TrainingState, by save: (TrainingState) throws -> Void) throws {
    try savedStep.withLock { step in
      try save(state)
      step = state.step
    }
  }

  /// Hands in the state before an update or a validation; it is not copied.
  ///
  /// - Parameter seconds: the duration of the run so far.
  func hold(_ state: TrainingState, seconds: Double) {
    var timed = state
    timed.seconds = seconds
    held.withLock { [timed] in $0 = timed }
  }

  /// Takes the state back before it is changed, which would copy it otherwise.
  func release() { held.withLock { $0 = nil } }

  private func watch(_ group: WorkGroup) {
    while end.wait(timeout: .now() + Self.pause) == .timedOut {
      guard group.isAskedToStop() else { continue }
      if end.wait(timeout: .now() + Self.patience) == .success { return }
      // Between two looks an update that was changing the state has done so.
      guard let state = held.withLock({ $0 }) else { continue }
      savedStep.withLock { step in
        guard state.step > step else { return }
        // The training reports a folder that cannot be written, if there is time.
        if (try? save.withLock { try $0?.run(state) }) != nil { step = state.step }
      }
      end.wait()
      return
    }
  }
}
