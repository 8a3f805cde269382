/// The processes that compute one result together; by default this process alone.
///
/// Every member runs the same program on the same input and holds the same state. Work is divided by the problem and
/// results are put together in its order, so any number of members gives the result of one, bit for bit. Members differ
/// in two ways: each computes its own share in ``map(_:upTo:_:)``, and only the first writes files and prints.
///
/// This is where the rest of the code meets other machines: it asks for ``current`` and never for a transport.
///
/// ```swift
/// let errors = try WorkGroup.current.map(pictures.count) { try error(of: pictures[$0]) }
/// ```
package struct WorkGroup: Sendable {
  /// The number of this member, from 0.
  package let rank: Int
  /// The number of members, at least 1.
  package let count: Int
  /// Whether sums of gradients are made in the order of the pieces, so the result does not depend on `count`.
  package var addsInOrder = true
  /// Whether sums of gradients travel in half precision, rounded at every member.
  package var halvesSums = false
  /// Whether this process was asked to end; any thread may ask.
  package var isAskedToStop: @Sendable () -> Bool = { false }
  private let transport: (any MessageTransport)?

  /// This process alone.
  package static let alone = WorkGroup(nil)

  /// The group of the code that runs; within divided work, and in parallel regions, the process is alone.
  ///
  /// A thread has a value of its own, so reading it takes no lock.
  @TaskLocal package static var current = WorkGroup.alone

  /// A group whose members send messages by a transport; nil means this process alone.
  package init(_ transport: (any MessageTransport)?) {
    self.transport = (transport?.count ?? 1) > 1 ? transport : nil
    rank = self.transport?.rank ?? 0
    count = self.transport?.count ?? 1
  }

  /// Whether there are no other members.
  package var isAlone: Bool { transport == nil }

  /// Whether this member writes files and prints.
  package var isFirst: Bool { rank == 0 }

  /// The part of 0..<total that belongs to a member.
  ///
  /// The parts are contiguous, follow each other in the order of the members, and differ by one at most.
  package func share(of total: Int, rank: Int) -> Range<Int> {
    let part = { (number: Int) in number * (total / count) + min(number, total % count) }
    return part(rank)..<part(rank + 1)
  }

  /// The part of 0..<total that belongs to this member.
  package func share(of total: Int) -> Range<Int> { share(of: total, rank: rank) }

  /// Sends one message to a member.
  package func send(_ bytes: [UInt8], to rank: Int, as kind: MessageKind) {
    guard let transport else { return }
    withUnsafeBytes(of: bytes.count) { transport.send($0, to: rank, as: kind) }
    bytes.withUnsafeBytes { if !$0.isEmpty { transport.send($0, to: rank, as: kind) } }
  }

  /// Waits for a message that a member sent by ``send(_:to:as:)``.
  package func receive(from rank: Int, as kind: MessageKind) -> [UInt8] {
    guard let transport else { return [] }
    var length = 0
    withUnsafeMutableBytes(of: &length) { transport.receive($0, from: rank, as: kind) }
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
      filled = length
      if length > 0 {
        transport.receive(UnsafeMutableRawBufferPointer(buffer), from: rank, as: kind)
      }
    }
  }

  /// The member from which a message of this kind can be received now; nil if there is none.
  package func waitingSender(_ kind: MessageKind) -> Int? { transport?.waitingSender(kind) }

  /// Sends values whose number the receiver knows.
  package func send(_ values: UnsafeBufferPointer<Float>, to rank: Int, as kind: MessageKind) {
    transport?.send(UnsafeRawBufferPointer(values), to: rank, as: kind)
  }

  /// Waits for values whose number is known.
  package func receive(
    _ values: UnsafeMutableBufferPointer<Float>, from rank: Int, as kind: MessageKind
  ) {
    transport?.receive(UnsafeMutableRawBufferPointer(values), from: rank, as: kind)
  }

  /// Adds the values of all members in any order.
  package func addUnordered(_ values: UnsafeMutableBufferPointer<Float>) {
    transport?.addUnordered(values)
  }

  /// The number of a member counted from a root, and the other members that it passes messages to.
  ///
  /// The tree is binomial: with n members a message takes at most the logarithm of n steps.
  package func tree(from root: Int) -> (parent: Int?, children: [Int]) {
    let own = (rank - root + count) % count
    var children: [Int] = []
    var bit = 1
    var parent: Int?
    while bit < count {
      if own & bit != 0 {
        parent = (own - bit + root) % count
        break
      }
      if own + bit < count { children.append((own + bit + root) % count) }
      bit <<= 1
    }
    return (parent, children.reversed())
  }
}
