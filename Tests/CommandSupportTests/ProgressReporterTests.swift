import CommandSupport
import Testing

/// A clock and a screen that a test controls.
private final class Surroundings {
  var time = 0.0
  var written: [String] = []

  func reporter(isTerminal: Bool, quiet: Bool = false, columns: Int = 80) -> ProgressReporter {
    ProgressReporter(
      "Indexing", unit: "files", quiet: quiet, isTerminal: isTerminal, columns: { columns },
      clock: { self.time }, write: { self.written.append($0) })
  }
}

@Suite struct ProgressReporterTests {
  @Test func terminalShowsRateAndTimeLeft() {
    let surroundings = Surroundings()
    let progress = surroundings.reporter(isTerminal: true)
    surroundings.time = 10
    progress.update(25, of: 100, detail: "loss 0.5")
    #expect(
      surroundings.written
        == ["\rIndexing: 25 of 100 files (25%), 2.5/s, 30 s left, loss 0.5"])
  }

  @Test func terminalIsWrittenAtMostTenTimesPerSecond() {
    let surroundings = Surroundings()
    let progress = surroundings.reporter(isTerminal: true)
    for step in 0..<1000 {
      surroundings.time = Double(step) / 1000
      progress.update(step, of: 1000)
    }
    #expect((9...10).contains(surroundings.written.count))
  }

  @Test func shorterLinesCoverLongerOnesAndFinishClears() {
    let surroundings = Surroundings()
    let progress = surroundings.reporter(isTerminal: true)
    progress.update(1, detail: "a long detail")
    surroundings.time = 1
    progress.update(1)
    progress.finish("done")
    #expect(surroundings.written[1].count == surroundings.written[0].count)
    #expect(surroundings.written.suffix(2)[2].hasSuffix(" \r"))
    #expect(surroundings.written.last == "done\n")
  }

  @Test func linesAreCutToTheTerminal() {
    let surroundings = Surroundings()
    let progress = surroundings.reporter(isTerminal: true, columns: 30)
    progress.update(1, detail: String(repeating: "x", count: 100))
    #expect(surroundings.written[0].count == 30)
  }

  @Test func logsGetALineEveryFewSeconds() {
    let surroundings = Surroundings()
    let progress = surroundings.reporter(isTerminal: false)
    for second in 0...12 {
      surroundings.time = Double(second)
      progress.update(second, of: 12)
    }
    progress.finish()
    #expect(surroundings.written.count == 2)
    #expect(surroundings.written.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\r") })
  }

  @Test func timeLimitsGiveTheFraction() {
    let surroundings = Surroundings()
    let progress = surroundings.reporter(isTerminal: true)
    surroundings.time = 30
    progress.update(300, fraction: 0.5)
    #expect(surroundings.written == ["\rIndexing: 300 files (50%), 10/s, 30 s left"])
  }

  @Test func quietIsQuiet() {
    let surroundings = Surroundings()
    let progress = surroundings.reporter(isTerminal: true, quiet: true)
    surroundings.time = 10
    progress.update(1, of: 2)
    progress.message("remark")
    progress.finish("done")
    #expect(surroundings.written.isEmpty)
  }
}
