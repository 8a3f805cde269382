extension WorkGroup {
  /// The bytes of the first member, on all members.
  package func broadcast(_ bytes: @autoclosure () -> [UInt8]) -> [UInt8] {
    if isAlone { return bytes() }
    let (parent, children) = tree(from: 0)
    let all = parent.map { receive(from: $0, as: .collective) } ?? bytes()
    for child in children { send(all, to: child, as: .collective) }
    return all
  }

  /// The value of the first member, on all members.
  package func broadcast<Value: GroupMessage>(_ value: Value) -> Value {
    if isAlone { return value }
    return Value(message: broadcast(value.message)) ?? value
  }

  /// The bytes of all members, in their order; empty on all members except the first.
  package func gatherToFirst(_ bytes: [UInt8]) -> [[UInt8]] {
    if isAlone { return [bytes] }
    // A member passes on what it has from a contiguous range of members, which its children continue.
    let (parent, children) = tree(from: 0)
    var all = [bytes]
    for child in children.reversed() {
      all += [[UInt8]](message: receive(from: child, as: .collective)) ?? []
    }
    guard let parent else { return all }
    send(all.message, to: parent, as: .collective)
    return []
  }

  /// The bytes of all members, in their order, on all members.
  package func gather(_ bytes: [UInt8]) -> [[UInt8]] {
    if isAlone { return [bytes] }
    let all = gatherToFirst(bytes)
    return [[UInt8]](message: broadcast(all.message)) ?? []
  }

  /// A value that the members change one after the other, in their order; the last one's on all members.
  ///
  /// - Parameter change: called once on every member, with the value that the member before it left.
  package func inTurn<Value: GroupMessage>(
    _ initial: Value, _ change: (inout Value) -> Void
  ) -> Value {
    var value = initial
    if rank > 0 {
      value = Value(message: receive(from: rank - 1, as: .collective)) ?? initial
    }
    change(&value)
    if isAlone { return value }
    if rank < count - 1 { send(value.message, to: rank + 1, as: .collective) }
    return gather(rank == count - 1 ? value.message : []).last.flatMap { Value(message: $0) }
      ?? value
  }

  /// Exchanges messages with the members before and behind this one.
  ///
  /// - Parameters:
  ///   - toPrevious: for the member before; ignored by the first.
  ///   - toNext: for the member behind; ignored by the last.
  /// - Returns: what these two sent; nil where there is none.
  package func exchange(
    toPrevious: [UInt8], toNext: [UInt8]
  ) -> (fromPrevious: [UInt8]?, fromNext: [UInt8]?) {
    var (fromPrevious, fromNext): ([UInt8]?, [UInt8]?) = (nil, nil)
    // Of two neighbours the first sends first, so that neither waits for the other.
    for turn in 0...1 {
      if rank % 2 == turn, rank < count - 1 {
        send(toNext, to: rank + 1, as: .collective)
        fromNext = receive(from: rank + 1, as: .collective)
      } else if rank % 2 != turn, rank > 0 {
        fromPrevious = receive(from: rank - 1, as: .collective)
        send(toPrevious, to: rank - 1, as: .collective)
      }
    }
    return (fromPrevious, fromNext)
  }

  /// Waits until every member has come here.
  package func barrier() {
    _ = any(false)
  }

  /// Whether a condition holds for any member.
  package func any(_ condition: Bool) -> Bool {
    if isAlone { return condition }
    let (parent, children) = tree(from: 0)
    var found = condition
    for child in children.reversed() {
      // Received in any case, or a later operation would take the message for its own.
      let other = receive(from: child, as: .collective) == [1]
      found = found || other
    }
    if let parent { send([found ? 1 : 0], to: parent, as: .collective) }
    return broadcast([found ? 1 : 0]) == [1]
  }

  /// Runs work on the first member alone, then lets the others continue.
  ///
  /// Within it the process is alone.
  ///
  /// - Throws: the error of the work; on the other members ``WorkGroupError/failed(rank:message:)``.
  package func onFirst(_ work: () throws -> Void) throws {
    if isAlone { return try work() }
    var failure: (any Error)?
    if isFirst {
      do { try Self.$current.withValue(.alone, operation: work) } catch { failure = error }
    }
    let message = broadcast(failure.map { "\($0)" })
    if let failure { throw failure }
    if let message { throw WorkGroupError.failed(rank: 0, message: message) }
  }

  /// Throws if a value of this member is not that of the first.
  ///
  /// - Parameters:
  ///   - value: such as the hash of a file.
  ///   - name: what the value is, for the message.
  /// - Throws: ``WorkGroupError/differs(rank:name:expected:actual:)`` on all members, for the first that differs.
  package func requireSame(_ value: @autoclosure () -> String, _ name: String) throws {
    if isAlone { return }
    let all = gather(value().message).map { String(message: $0) ?? "" }
    if let rank = all.firstIndex(where: { $0 != all[0] }) {
      throw WorkGroupError.differs(rank: rank, name: name, expected: all[0], actual: all[rank])
    }
  }
}

/// The reason why the members of a group cannot go on together; the description is one line.
package enum WorkGroupError: Error, CustomStringConvertible, Equatable {
  /// Another member's work failed.
  case failed(rank: Int, message: String)
  /// A member has another program, collection or file than the first.
  case differs(rank: Int, name: String, expected: String, actual: String)

  package var description: String {
    switch self {
    case .failed(let rank, let message): "rank \(rank): \(message)"
    case .differs(let rank, let name, let expected, let actual):
      "\(name) of rank \(rank) is \(actual), that of rank 0 is \(expected); "
        + "give every machine the same program and the same files"
    }
  }

  /// Whether the first member reports it, so that the others need not.
  package var isOfFirst: Bool {
    switch self {
    case .failed(let rank, _): rank == 0
    case .differs: true
    }
  }
}
