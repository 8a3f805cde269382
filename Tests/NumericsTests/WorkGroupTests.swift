import Foundation
import Numerics
import TestSupport
import Testing

/// Groups of one to five members, which are threads here.
@Suite("Work groups") struct WorkGroupTests {
  private struct Odd: Error, CustomStringConvertible {
    let number: Int
    var description: String { "\(number) is odd" }
  }

  @Test("Alone, nothing is sent and everything is computed")
  func alone() throws {
    let group = WorkGroup.current
    #expect(group.isAlone && group.isFirst && group.count == 1)
    #expect(try group.map(3) { $0 * 2 } == [0, 2, 4])
    #expect(try group.mapOneByOne(3) { $0 * 2 } == [0, 2, 4])
    #expect(group.any(true) && !group.any(false))
    #expect(group.broadcast(5) == 5 && group.gather([1, 2]) == [[1, 2]])
    try group.requireSame("a", "it")
  }

  @Test("Shares are contiguous, cover everything, and differ by one at most", arguments: 1...5)
  func shares(members: Int) throws {
    let all = try LoopbackGroup.run(members) {
      (0..<12).map { WorkGroup.current.share(of: $0) }
    }
    for total in 0..<12 {
      let shares = all.map { $0[total] }
      #expect(shares.flatMap { Array($0) } == Array(0..<total))
      #expect((shares.map(\.count).max() ?? 0) - (shares.map(\.count).min() ?? 0) <= 1)
    }
  }

  @Test("Every member gets what all sent, in their order", arguments: 1...5)
  func collectives(members: Int) throws {
    let found = try LoopbackGroup.run(members) { () -> [String] in
      let group = WorkGroup.current
      let own = [UInt8](repeating: UInt8(group.rank), count: group.rank * 3)
      return [
        "\(group.gather(own).map(\.count))", group.broadcast("from \(group.rank)"),
        "\(group.any(group.rank == members - 1)) \(group.any(true)) \(group.any(false))",
        "\(try group.map(7) { [Double($0), -0.0] })",
        "\(try group.map(5) { ($0, [Float($0)]) })",
      ]
    }
    let expected = [
      "\((0..<members).map { $0 * 3 })", "from 0", "true true false",
      "\((0..<7).map { [Double($0), -0.0] })", "\((0..<5).map { ($0, [Float($0)]) })",
    ]
    #expect(found == Array(repeating: expected, count: members))
  }

  @Test("The error of the lowest index reaches all members", arguments: [2, 3, 4])
  func errors(members: Int) {
    let outcomes = LoopbackGroup.outcomes(members) {
      try WorkGroup.current.map(9) { number -> Int in
        if number == 5 || number == 8 { throw Odd(number: number) }
        return number
      }
    }
    let messages = outcomes.map { outcome -> String in
      if case .failure(let error) = outcome { return "\(error)" }
      return "none"
    }
    #expect(messages.allSatisfy { $0.hasSuffix("5 is odd") }, "\(messages)")
    #expect(messages.filter { $0 == "5 is odd" }.count == 1)
  }

  @Test("In divided work and in parallel regions a member is alone")
  func nested() throws {
    let found = try LoopbackGroup.run(2) { () -> Bool in
      let seen = Guarded<Set<Int>>([])
      Parallel.forEach(4) { _ in seen.withLock { _ = $0.insert(WorkGroup.current.count) } }
      let inner = try WorkGroup.current.map(4) { _ in try WorkGroup.current.map(2) { $0 } }
      try WorkGroup.current.onFirst { seen.withLock { _ = $0.insert(WorkGroup.current.count) } }
      return seen.withLock { $0 } == [1] && inner == Array(repeating: [0, 1], count: 4)
        && WorkGroup.current.count == 2
    }
    #expect(found == [true, true])
  }

  @Test("What the first member alone fails to do, none goes on from")
  func onFirst() throws {
    let outcomes = LoopbackGroup.outcomes(3) {
      try WorkGroup.current.onFirst { throw Odd(number: 7) }
    }
    let errors = outcomes.map { outcome -> any Error in
      if case .failure(let error) = outcome { return error }
      return Odd(number: 0)
    }
    #expect("\(errors[0])" == "7 is odd")
    for error in errors.dropFirst() {
      #expect(error as? WorkGroupError == .failed(rank: 0, message: "7 is odd"))
    }
  }

  @Test("A member with another file than the first is named to all")
  func differs() {
    let outcomes = LoopbackGroup.outcomes(3) {
      try WorkGroup.current.requireSame(WorkGroup.current.rank == 1 ? "b" : "a", "the model")
    }
    for outcome in outcomes {
      guard case .failure(let error) = outcome else {
        Issue.record("a member went on")
        continue
      }
      #expect(
        "\(error)" == "the model of rank 1 is b, that of rank 0 is a; "
          + "give every machine the same program and the same files")
    }
  }

  @Test("One by one: a slow member gets less, and results keep their order", arguments: [1, 2, 4])
  func oneByOne(members: Int) throws {
    let done = Guarded([Int](repeating: 0, count: members))
    let found = try LoopbackGroup.run(members) {
      let rank = WorkGroup.current.rank
      return try Parallel.withThreadCount(2) {
        try WorkGroup.current.mapOneByOne(40) { number -> Int in
          Thread.sleep(forTimeInterval: rank == 0 ? 0.02 : 0.001)
          done.withLock { $0[rank] += 1 }
          return number * number
        }
      }
    }
    #expect(found == Array(repeating: (0..<40).map { $0 * $0 }, count: members))
    let counts = done.withLock { $0 }
    #expect(counts.reduce(0, +) == 40)
    if members > 1 { #expect(counts[0] < counts[1], "\(counts)") }
  }

  @Test("One by one: an error reaches all members", arguments: [1, 3])
  func oneByOneError(members: Int) {
    let outcomes = LoopbackGroup.outcomes(members) {
      try WorkGroup.current.mapOneByOne(9) { number -> Int in
        if number > 5 { throw Odd(number: number) }
        return number
      }
    }
    for outcome in outcomes {
      guard case .failure(let error) = outcome else {
        Issue.record("a member went on")
        continue
      }
      #expect("\(error)".hasSuffix("6 is odd"))
    }
  }

  @Test("One by one: the first member sees all results in order", arguments: [1, 2, 3])
  func inOrder(members: Int) throws {
    let shown = Guarded<[Int]>([])
    let stopped = try LoopbackGroup.run(members) {
      try WorkGroup.current.forEachOneByOne(20) { index in
        Thread.sleep(forTimeInterval: index % 3 == 0 ? 0.01 : 0.001)
        return index * 10
      } each: { index, value in
        shown.withLock { $0.append(value) }
        #expect(value == index * 10)
      }
    }
    #expect(stopped == Array(repeating: false, count: members))
    #expect(shown.withLock { $0 } == (0..<20).map { $0 * 10 })
  }

  @Test("One by one: any member can stop all", arguments: [1, 2, 3])
  func stopping(members: Int) throws {
    let shown = Guarded<[Int]>([])
    let stopped = try LoopbackGroup.run(members) {
      try WorkGroup.current.forEachOneByOne(1_000) { index -> Int? in
        Thread.sleep(forTimeInterval: 0.001)
        return index == 17 ? nil : index
      } each: { index, value in
        shown.withLock { $0.append(value) }
      }
    }
    #expect(stopped == Array(repeating: true, count: members))
    let all = shown.withLock { $0 }
    #expect(all == all.sorted() && !all.contains(17) && all.count < 900 && all.count >= 17)
  }

  @Test("A Gram matrix is the same from any number of members", arguments: [2, 3, 4])
  func gram(members: Int) throws {
    var random = Xoshiro256(seed: 3)
    let order = 1_100
    let rows = (0..<6 * order).map { _ in Float(random.normal()) }
    let sum = { @Sendable () -> [Float] in
      var sum = GramAccumulator(order: order)
      sum.add(Array(rows[..<(4 * order)]))
      sum.add(Array(rows[(4 * order)...]))
      return sum.finish(scale: 0.5)
    }
    let alone = sum()
    for found in try LoopbackGroup.run(members, sum) { #expect(found == alone) }
  }

  @Test("Messages keep every bit, and one that is too short is none")
  func messages() throws {
    let values: [[Double?]] = [[.nan, -0.0, nil], [], [.infinity]]
    let message = values.message
    let read = try #require([[Double?]](message: message))
    #expect(read.map { $0.map { $0?.bitPattern } } == values.map { $0.map { $0?.bitPattern } })
    #expect(String(message: "größer\n".message) == "größer\n")
    for length in [0, 7, 8, message.count - 1] {
      #expect([[Double?]](message: Array(message[..<length])) == nil)
    }
    #expect([Float](message: Int.max.message) == nil && [String](message: (-1).message) == nil)
  }
}
