import Testing
import Training

@Suite("The training loop") struct TrainingLoopTests {
  /// A number that grows by what each update adds: its position in the run.
  private struct Sum: LearnedState, Equatable {
    var step = 0
    var seen: [Double] = []
  }

  /// Makes some updates per round, and validates every few.
  private struct Adder: TrainingLearner {
    var updates = 1
    var validatesEvery = Int.max
    /// The step at which the run ends early, and why.
    var ending: (step: Int, TrainingEnding)?
    var failsAt = Int.max
    /// The calls so far.
    let log: Log

    mutating func advance(
      _ state: inout Sum, from progress: TrainingProgress, shouldStop: () -> Bool
    ) throws -> Int {
      log.add("advance \(progress.step)")
      if state.step >= failsAt { throw Failure.diverged }
      for _ in 0..<updates {
        state.step += 1
        state.seen.append(progress.fraction)
      }
      return updates
    }

    mutating func validate(
      _ state: inout Sum, after round: TrainingRound<Int>
    ) -> ValidationOutcome<String>? {
      #expect(round.after.step - round.before.step == updates && round.update == updates)
      guard state.step.isMultiple(of: validatesEvery) || state.step == ending?.step else {
        return nil
      }
      log.add("validate \(state.step)")
      return ValidationOutcome(
        "valid", ending: state.step == ending?.step ? ending?.1 : nil)
    }
  }

  /// A learner that validates nothing.
  private struct Counter: TrainingLearner {
    func advance(_ state: inout Sum, from progress: TrainingProgress, shouldStop: () -> Bool) {
      state.step += 1
    }
  }

  private final class Log {
    var lines: [String] = []
    func add(_ line: String) { lines.append(line) }
  }

  private enum Failure: Error { case diverged, diskFull }

  /// A clock that moves on by a tick whenever it is read.
  private final class Ticking {
    private var now: Double
    private let tick: Double
    init(tick: Double, from start: Double = 0) { (self.tick, now) = (tick, start) }
    func read() -> Double {
      now += tick
      return now
    }
  }

  @Test("A round advances, validates, reports and saves, in this order")
  func order() throws {
    let log = Log()
    var (state, learner) = (Sum(), Adder(validatesEvery: 2, log: log))
    var events: [TrainingEvent<Int, String>] = []
    let end = try TrainingLoop(.steps(3)).run(
      &state, by: &learner, clock: Ticking(tick: 1).read,
      shouldStop: {
        log.add("stop?")
        return false
      },
      report: { event, state in
        log.add("report \(state.step)")
        events.append(event)
      }, save: { state, _ in log.add("save \(state.step)") }, saving: PeriodicSaving(interval: 0))
    #expect(end.ending == .completed && state.step == 3)
    #expect(
      log.lines == [
        "stop?", "advance 0", "report 1",
        "stop?", "save 1", "advance 1", "validate 2", "report 2",
        "stop?", "save 2", "advance 2", "report 3",
      ])
    #expect(events.map(\.step) == [1, 2, 3] && events.map(\.fraction) == [1 / 3.0, 2 / 3.0, 1])
    #expect(events.map(\.validation) == [nil, "valid", nil] && events.map(\.update) == [1, 1, 1])
    #expect(events.map(\.seconds) == events.map(\.seconds).sorted())
    #expect(events[0].updatesPerSecond == 1 / events[0].seconds)
    #expect(events[2].updatesPerSecond == 3 / events[2].seconds)
    #expect(state.seen == [0, 1 / 3.0, 2 / 3.0])
  }

  @Test(
    "A run without length makes no update", arguments: [TrainingLength.steps(0), .seconds(0)])
  func nothing(length: TrainingLength) throws {
    var (state, learner) = (Sum(), Adder(log: Log()))
    let end = try TrainingLoop(length).run(&state, by: &learner)
    #expect(end.ending == .completed && state.step == 0 && learner.log.lines.isEmpty)
  }

  @Test("A run ends at its time, and every update of a round is counted")
  func time() throws {
    var (state, learner) = (Sum(), Adder(updates: 4, log: Log()))
    var last = 0.0
    let end = try TrainingLoop(.seconds(10)).run(
      &state, by: &learner, clock: Ticking(tick: 0.5, from: 100).read,
      report: { event, _ in last = event.fraction })
    #expect(end.ending == .completed && (10...11).contains(end.seconds))
    // The clock is read twice per round.
    #expect(state.step == 40 && last > 0.9)
    #expect(state.seen == state.seen.sorted() && state.seen.first == 0.05)
  }

  @Test("A run that is told to stop saves once and makes no further update")
  func stop() throws {
    var (state, learner) = (Sum(), Adder(log: Log()))
    var saved: [Int] = []
    let loop = TrainingLoop(.steps(9))
    let save = { (state: Sum, _: Double) in saved.append(state.step) }
    var made = 0
    let end = try loop.run(
      &state, by: &learner, shouldStop: { made == 3 }, report: { event, _ in made = event.step },
      save: save, saving: PeriodicSaving(interval: .infinity))
    #expect(end.ending == .stopped && state.step == 3 && saved == [3])
    // Before the first update too.
    var fresh = Sum()
    #expect(
      try loop.run(&fresh, by: &learner, shouldStop: { true }, save: save).ending == .stopped)
    #expect(fresh.step == 0 && saved == [3, 0])
    // A completed run is not saved.
    made = 0
    var whole = Sum()
    #expect(
      try loop.run(
        &whole, by: &learner, shouldStop: { made == 9 }, report: { event, _ in made = event.step },
        save: save
      ).ending == .completed)
    #expect(saved == [3, 0])
  }

  @Test(
    "A run that a validation ends is reported first",
    arguments: [TrainingEnding.reached, .exhausted])
  func endedByValidation(ending: TrainingEnding) throws {
    let log = Log()
    var (state, learner) = (Sum(), Adder(ending: (2, ending), log: log))
    let end = try TrainingLoop(.steps(9)).run(
      &state, by: &learner, report: { event, _ in log.add("report \(event.validation ?? "")") })
    #expect(end.ending == ending && state.step == 2)
    #expect(log.lines == ["advance 0", "report ", "advance 1", "validate 2", "report valid"])
  }

  @Test("A resumed run continues at its step and second, and ends like an uninterrupted one")
  func resume() throws {
    var (whole, learner) = (Sum(), Adder(log: Log()))
    _ = try TrainingLoop(.steps(7)).run(&whole, by: &learner)
    var state = Sum()
    var made = 0
    let first = try TrainingLoop(.steps(7)).run(
      &state, by: &learner, clock: Ticking(tick: 1).read, shouldStop: { made == 4 },
      report: { event, _ in made = event.step })
    var events: [TrainingEvent<Int, String>] = []
    let second = try TrainingLoop(.steps(7), stepsBefore: 4, secondsBefore: first.seconds).run(
      &state, by: &learner, clock: Ticking(tick: 1, from: 500).read,
      report: { event, _ in events.append(event) })
    #expect(state == whole && second.ending == .completed)
    #expect(events.map(\.step) == [5, 6, 7] && events.last?.fraction == 1)
    #expect(second.seconds > first.seconds && second.seconds < 2 * first.seconds + 2)
    // The speed is that of this part.
    #expect(events[0].updatesPerSecond == 1 / (events[0].seconds - first.seconds))
    // A run whose time is over makes no further update.
    let over = try TrainingLoop(.seconds(5), stepsBefore: 7, secondsBefore: 5).run(
      &state, by: &learner)
    #expect(over.ending == .completed && over.seconds >= 5 && state == whole)
  }

  @Test("A failed periodic save is reported, and the next one is tried an interval later")
  func failingSaves() throws {
    var (state, learner) = (Sum(), Adder(log: Log()))
    var (tried, told): ([Int], Int) = ([], 0)
    let save = { (state: Sum, _: Double) throws in
      tried.append(state.step)
      if state.step < 4 { throw Failure.diskFull }
    }
    // The clock is read three times per round in which nothing is saved.
    let clock = Ticking(tick: 1)
    let end = try TrainingLoop(.steps(10)).run(
      &state, by: &learner, clock: clock.read, save: save,
      saving: PeriodicSaving(interval: 4) { error in
        #expect(error as? Failure == .diskFull)
        told += 1
      })
    #expect(end.ending == .completed && state.step == 10)
    #expect(told == tried.count { $0 < 4 } && told >= 1)
    #expect(tried.count > told && zip(tried, tried.dropFirst()).allSatisfy { $1 - $0 > 1 })

    var other = Sum()
    #expect(throws: Failure.diskFull) {
      try TrainingLoop(.steps(10)).run(
        &other, by: &learner, clock: Ticking(tick: 1).read, save: save,
        saving: PeriodicSaving(interval: 0))
    }
    #expect(other.step == 1)
    // The error of the last save is thrown, even if earlier errors are ignored.
    var last = Sum()
    #expect(throws: Failure.diskFull) {
      try TrainingLoop(.steps(10)).run(
        &last, by: &learner, shouldStop: { true }, save: save,
        saving: PeriodicSaving { _ in })
    }
  }

  @Test("An error of the learner or of the report ends the run, and the state stays as it was")
  func errors() throws {
    var (state, learner) = (Sum(), Adder(failsAt: 3, log: Log()))
    #expect(throws: Failure.diverged) {
      try TrainingLoop(.steps(9)).run(&state, by: &learner)
    }
    #expect(state.step == 3)
    var other = Sum()
    #expect(throws: Failure.diskFull) {
      try TrainingLoop(.steps(9)).run(
        &other, by: &learner, report: { _, _ in throw Failure.diskFull })
    }
    #expect(other.step == 1)
  }

  @Test("A learner only has to implement its updates")
  func least() throws {
    var (state, learner) = (Sum(), Counter())
    var validations = 0
    let end = try TrainingLoop(.steps(5)).run(
      &state, by: &learner,
      report: { event, _ in if event.validation != nil { validations += 1 } })
    #expect(end.ending == .completed && state.step == 5 && validations == 0)
  }

  @Test("The default clock counts seconds forwards")
  func clock() async throws {
    let start = TrainingClock.seconds()
    try await Task.sleep(for: .milliseconds(20))
    #expect(TrainingClock.seconds() - start >= 0.02)
  }
}
