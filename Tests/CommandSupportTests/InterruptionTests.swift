import CommandSupport
import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct InterruptionTests {
  // SIGWINCH stands for Ctrl-C, because it does not end a process that does not catch it.
  @Test func aSignalIsDetected() {
    let interruption = Interruption(signals: [SIGWINCH])
    #expect(!interruption.isRequested)
    // Sent to the current thread, it is handled before the call returns.
    raise(SIGWINCH)
    #expect(interruption.isRequested)
    interruption.stop()
  }

  @Test func aSecondSignalEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(130)) {
      let interruption = Interruption()
      raise(SIGINT)
      precondition(interruption.isRequested, "the first signal must only be noticed")
      raise(SIGINT)
    }
    await #expect(processExitsWith: .exitCode(143)) {
      let interruption = Interruption()
      raise(SIGINT)
      precondition(interruption.isRequested, "the first signal must only be noticed")
      raise(SIGTERM)
    }
  }

  @Test func signalsHaveTheirUsualEffectAfterwards() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      Interruption().stop()
      raise(SIGINT)
    }
  }

  @Test("A request to stop that comes too late does not end a process of a group")
  func aLateRequestIsIgnored() async {
    await #expect(processExitsWith: .success) {
      _ = try LoopbackGroup.run(2) {
        if WorkGroup.current.isFirst { Interruption().stop() }
      }
      raise(SIGUSR1)
    }
  }

  @Test func oneRequestMayReachAProcessOfAGroupTwice() async {
    // In a process of its own, because the number of requests is that of the whole process.
    await #expect(processExitsWith: .success) {
      let requested = try LoopbackGroup.run(2) { () -> Bool in
        guard WorkGroup.current.isFirst else { return true }
        let interruption = Interruption(signals: [SIGWINCH])
        raise(SIGWINCH)
        raise(SIGWINCH)
        return interruption.isRequested
      }
      precondition(requested == [true, true], "a request must be noticed")
    }
  }
}
