import CommandSupport
import Foundation
import Testing

@Suite struct InterruptionTests {
  // SIGWINCH stands for Ctrl-C, because it does not end a process that does not catch it.
  @Test func aSignalIsNoticed() {
    let interruption = Interruption(signals: [SIGWINCH])
    #expect(!interruption.isRequested)
    kill(getpid(), SIGWINCH)
    let deadline = Date(timeIntervalSinceNow: 10)
    while !interruption.isRequested && Date() < deadline { usleep(1000) }
    #expect(interruption.isRequested)
    interruption.stop()
  }
}
