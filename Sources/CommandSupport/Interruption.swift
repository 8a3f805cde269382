import Foundation
import Synchronization

/// How many of the caught signals have come; the one thing that the signal handler touches.
private let requests = Atomic<Int>(0)

/// Ctrl-C and SIGTERM as a flag that a loop asks for, so that it can save before it ends.
///
/// A second one ends the process at once with code 130 (SIGTERM: 143), as shells expect. Signals
/// belong to the whole process, so a program makes one of these at a time.
///
/// ```swift
/// let interruption = Interruption()
/// while !interruption.isRequested { step() }
/// ```
public final class Interruption: Sendable {
  private let signals: [Int32]

  /// Begins to catch signals, until `stop()` or the end of this value.
  public init(signals: [Int32] = [SIGINT, SIGTERM]) {
    self.signals = signals
    requests.store(0, ordering: .relaxed)
    // A parent may start a program with signals blocked, as one does from a dispatch thread.
    var caught = sigset_t()
    sigemptyset(&caught)
    for number in signals { sigaddset(&caught, number) }
    pthread_sigmask(SIG_UNBLOCK, &caught, nil)
    // A plain handler rather than a dispatch source: it acts even when every dispatch thread is
    // busy, and only touches an atomic number, as a handler may.
    for number in signals {
      signal(number) { number in
        if requests.add(1, ordering: .relaxed).oldValue > 0 { _exit(128 + number) }
      }
    }
  }

  deinit {
    stop()
  }

  /// Whether the user asked to end.
  public var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// Gives the signals their usual effect back.
  public func stop() {
    for number in signals { signal(number, SIG_DFL) }
  }
}
