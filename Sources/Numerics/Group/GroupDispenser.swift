import Foundation

/// Hands out numbered pieces of work to the members of a group one by one, so that a slow member delays no other.
///
/// The first member counts. A thread of it answers the others, which ask when they have nothing left to do.
final class GroupDispenser: Sendable {
  private struct State {
    var next = 0
    var isStopped = false
    /// Results of other members that wait to be used, by their number.
    var results: [Int: [UInt8]] = [:]
  }
  private let group: WorkGroup
  private let total: Int
  private let state = Guarded(State())
  /// On other members: results to hand in with the next request, and whether nothing is left.
  private let own = Guarded((results: [Handed](), isOver: false))
  private let served = DispatchSemaphore(value: 0)

  private typealias Handed = GroupPair<Int, [UInt8]>
  /// The results of a member, and whether it stops all work.
  private typealias Request = GroupPair<[Handed], Bool>

  /// Seconds between two looks for a request while there is none.
  private static let pause = 0.000_2

  /// - Parameter total: the number of pieces; the same on every member.
  init(_ total: Int, over group: WorkGroup) {
    self.group = group
    self.total = total
    guard group.isFirst, !group.isAlone else { return }
    let thread = Thread { [self] in
      serve()
      served.signal()
    }
    thread.start()
  }

  /// The next piece that nobody has taken; nil if none is left or the work is stopped.
  ///
  /// Any thread may ask.
  func next() -> Int? {
    if group.isFirst {
      return state.withLock { state in
        guard !state.isStopped, state.next < total else { return nil }
        state.next += 1
        return state.next - 1
      }
    }
    return own.withLock { own in
      if own.isOver { return nil }
      let answer = ask(&own.results, stops: false)
      own.isOver = answer < 0
      return answer < 0 ? nil : answer
    }
  }

  /// Hands in the result of a piece, which the first member gets.
  func handIn(_ result: [UInt8], of number: Int) {
    if group.isFirst {
      state.withLock { $0.results[number] = result }
    } else {
      own.withLock { $0.results.append(GroupPair((number, result))) }
    }
  }

  /// Ends the work of all members once their pieces in progress are done.
  func stop() {
    if group.isFirst {
      state.withLock { $0.isStopped = true }
    } else {
      own.withLock { own in
        if !own.isOver { _ = ask(&own.results, stops: true) }
        own.isOver = true
      }
    }
  }

  /// The result of a piece, once; nil if it is not there yet.
  func take(_ number: Int) -> [UInt8]? { state.withLock { $0.results.removeValue(forKey: number) } }

  /// Waits until every member has handed in all results; every member calls it once nothing is left.
  func finish() {
    let left = group.isFirst ? [] : own.withLock { $0.results }
    if group.isFirst, !group.isAlone { served.wait() }
    for bytes in group.gatherToFirst(left.message) {
      keep([Handed](message: bytes) ?? [])
    }
  }

  private func ask(_ results: inout [Handed], stops: Bool) -> Int {
    group.send(Request((results, stops)).message, to: 0, as: .request)
    results = []
    return Int(message: group.receive(from: 0, as: .answer)) ?? -1
  }

  private func keep(_ results: [Handed]) {
    state.withLock { state in
      for result in results { state.results[result.first] = result.second }
    }
  }

  /// Answers until every other member knows that nothing is left.
  private func serve() {
    var left = group.count - 1
    while left > 0 {
      guard let rank = group.waitingSender(.request) else {
        Thread.sleep(forTimeInterval: Self.pause)
        continue
      }
      if let request = Request(message: group.receive(from: rank, as: .request)) {
        keep(request.first)
        if request.second { stop() }
      }
      let answer = next() ?? -1
      if answer < 0 { left -= 1 }
      group.send(answer.message, to: rank, as: .answer)
    }
  }
}

extension WorkGroup {
  /// The results of `body` for every index of 0..<count, in order, on every member, like ``map(_:upTo:_:)``; but
  /// indices are handed out one by one, for pieces of work of different length.
  ///
  /// - Throws: the error of `body` with the lowest index.
  package func mapOneByOne<Value: GroupMessage>(
    _ total: Int, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    if isAlone { return try Parallel.map(total, body) }
    let dispenser = GroupDispenser(total, over: self)
    let errors = Guarded<[Int: any Error]>([:])
    let workers = min(Parallel.available, total)
    Self.$current.withValue(.alone) {
      Parallel.forEach(workers) { _ in
        while let index = dispenser.next() {
          do {
            let value: Value? = try body(index)
            dispenser.handIn(GroupPair((nil as String?, value)).message, of: index)
          } catch {
            errors.withLock { $0[index] = error }
            dispenser.handIn(GroupPair(("\(error)" as String?, nil as Value?)).message, of: index)
          }
        }
      }
    }
    dispenser.finish()
    let all = isFirst ? (0..<total).map { dispenser.take($0) ?? [] } : []
    let messages = [[UInt8]](message: broadcast(all.message)) ?? []
    let own = errors.withLock { $0 }
    return try messages.enumerated().map { index, message in
      let outcome = GroupPair<String?, Value?>(message: message)
      if let value = outcome?.second { return value }
      if let error = own[index] { throw error }
      throw WorkGroupError.failed(rank: 0, message: outcome?.first ?? "a result is missing")
    }
  }

  /// Does pieces of work of different length, one after the other on each member, and hands their results to the first
  /// member in the order of the pieces.
  ///
  /// - Parameters:
  ///   - total: the number of pieces; the same on every member.
  ///   - body: does a piece; nil stops the work of all members, once their pieces in progress are done.
  ///   - each: called on the first member, on the calling thread, with each result.
  /// - Returns: whether the work was stopped, the same on every member.
  /// - Throws: what `each` throws.
  package func forEachOneByOne<Value: GroupMessage>(
    _ total: Int, _ body: (Int) -> Value?, each: (Int, Value) throws -> Void
  ) throws -> Bool {
    let dispenser = GroupDispenser(total, over: self)
    var (shown, isStopped) = (0, false)
    func show() throws {
      while shown < total, let message = dispenser.take(shown) {
        shown += 1
        if let value = Value(message: message) { try each(shown - 1, value) }
      }
    }
    while !isStopped, let index = dispenser.next() {
      if let value = Self.$current.withValue(.alone, operation: { body(index) }) {
        dispenser.handIn(value.message, of: index)
      } else {
        dispenser.stop()
        isStopped = true
      }
      if isFirst { try show() }
    }
    dispenser.finish()
    if isFirst {
      try show()
      // Behind a piece that was stopped there may be others that are done.
      for index in shown..<max(shown, total) {
        if let message = dispenser.take(index), let value = Value(message: message) {
          try each(index, value)
        }
      }
    }
    return any(isStopped)
  }
}
