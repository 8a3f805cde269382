import Foundation
import Numerics

/// Members of a group that are threads of one process and send messages through its memory.
///
/// Tests compare numbers of members with it. Programs use processes, see the module MessagePassing.
package enum LoopbackGroup {
  /// Runs the same code on every member of a group.
  ///
  /// - Parameters:
  ///   - members: the number of members, at least 1.
  ///   - body: the code; `WorkGroup.current` is the member's group.
  /// - Returns: the results in the order of the members.
  /// - Throws: the error of the first member that failed, after all have ended.
  package static func run<Value: Sendable>(
    _ members: Int, _ body: @escaping @Sendable () throws -> Value
  ) throws -> [Value] {
    try outcomes(members, body).map { try $0.get() }
  }

  /// The results or errors of all members.
  package static func outcomes<Value: Sendable>(
    _ members: Int, _ body: @escaping @Sendable () throws -> Value
  ) -> [Result<Value, any Error>] {
    let boxes = Mailboxes(members)
    let found = Guarded<[Int: Result<Value, any Error>]>([:])
    let waiting = DispatchGroup()
    for rank in 0..<members {
      waiting.enter()
      let thread = Thread {
        let group = WorkGroup(LoopbackTransport(rank: rank, count: members, boxes: boxes))
        let outcome = WorkGroup.$current.withValue(group) { Result { try body() } }
        found.withLock { $0[rank] = outcome }
        waiting.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    waiting.wait()
    let all = found.withLock { $0 }
    return (0..<members).compactMap { all[$0] }
  }
}

/// The messages between all pairs of members.
private final class Mailboxes: @unchecked Sendable {
  struct Key: Hashable {
    let from: Int
    let to: Int
    let kind: MessageKind
  }
  private let condition = NSCondition()
  private var messages: [Key: [[UInt8]]] = [:]
  private var sums: [[Float]] = []
  private var totals: (values: [Float], left: Int)?
  private let members: Int

  init(_ members: Int) { self.members = members }

  func put(_ bytes: [UInt8], _ key: Key) {
    condition.lock()
    messages[key, default: []].append(bytes)
    condition.broadcast()
    condition.unlock()
  }

  func take(_ key: Key) -> [UInt8] {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if var queue = messages[key], !queue.isEmpty {
        let first = queue.removeFirst()
        messages[key] = queue
        return first
      }
      condition.wait()
    }
  }

  func sender(to rank: Int, _ kind: MessageKind) -> Int? {
    condition.lock()
    defer { condition.unlock() }
    return (0..<members).first { !(messages[Key(from: $0, to: rank, kind: kind)] ?? []).isEmpty }
  }

  /// The sum in the order of arrival.
  func add(_ values: [Float]) -> [Float] {
    condition.lock()
    defer { condition.unlock() }
    while totals != nil { condition.wait() }
    sums.append(values)
    if sums.count == members {
      var total = sums[0]
      for other in sums.dropFirst() { for place in total.indices { total[place] += other[place] } }
      totals = (total, members)
      sums = []
      condition.broadcast()
    }
    while totals == nil { condition.wait() }
    guard let (total, left) = totals else { return values }
    totals = left == 1 ? nil : (total, left - 1)
    condition.broadcast()
    return total
  }
}

private struct LoopbackTransport: MessageTransport {
  let rank: Int
  let count: Int
  let boxes: Mailboxes

  func send(_ bytes: UnsafeRawBufferPointer, to other: Int, as kind: MessageKind) {
    boxes.put(Array(bytes), .init(from: rank, to: other, kind: kind))
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from other: Int, as kind: MessageKind) {
    let message = boxes.take(.init(from: other, to: rank, kind: kind))
    precondition(message.count == bytes.count, "a message of another length")
    bytes.copyBytes(from: message)
  }

  func waitingSender(_ kind: MessageKind) -> Int? { boxes.sender(to: rank, kind) }

  func addUnordered(_ values: UnsafeMutableBufferPointer<Float>) {
    let total = boxes.add(Array(values))
    for place in values.indices { values[place] = total[place] }
  }
}
