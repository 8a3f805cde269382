import Foundation
import Numerics
import Synchronization

/// The number of caught signals; the signal handler accesses nothing else.
private let requests = Atomic<Int>(0)

/// Ctrl-C and SIGTERM as a flag that a loop polls, so that it can save its state before it ends.
///
/// A second signal ends the process at once with code 130 (SIGTERM: 143), as shells expect. In a group of processes it
/// does not: a scheduler signals every process of a job, of which each passes the signal on to another, so one request
/// arrives twice. Signals belong to the whole process, so a program creates one instance at a time.
///
/// ```swift
/// let interruption = Interruption()
/// while !interruption.isRequested { step() }
/// ```
public final class Interruption: Sendable {
  private let signals: [Int32]

  /// Catches signals until ``stop()`` or the end of this object's lifetime.
  ///
  /// - Parameter signals: nil means Ctrl-C and SIGTERM, and in a group of processes SIGUSR1 too, which schedulers send some
  ///   time before they end a job and which `mpirun` passes on without ending it.
  public init(signals: [Int32]? = nil) {
    let signals =
      signals ?? (WorkGroup.current.isAlone ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGUSR1])
    self.signals = signals
    requests.store(0, ordering: .relaxed)
    // A parent process may start a program with signals blocked, for example from a dispatch thread.
    var caught = sigset_t()
    sigemptyset(&caught)
    for number in signals { sigaddset(&caught, number) }
    pthread_sigmask(SIG_UNBLOCK, &caught, nil)
    // A plain handler rather than a dispatch source: it works even if every dispatch thread is busy.
    // It only accesses an atomic number, which is allowed in a handler.
    let isAlone = WorkGroup.current.isAlone
    for number in signals {
      if isAlone {
        signal(number) { number in
          if requests.add(1, ordering: .relaxed).oldValue > 0 { _exit(128 + number) }
        }
      } else {
        signal(number) { _ in _ = requests.add(1, ordering: .relaxed) }
      }
    }
  }

  deinit {
    stop()
  }

  /// Whether a signal has arrived.
  public var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// Restores the effect that the signals had before: SIGUSR1 has none in a group, the others end the process.
  public func stop() {
    for number in signals { signal(number, number == SIGUSR1 ? SIG_IGN : SIG_DFL) }
  }
}
