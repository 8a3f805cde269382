/// What a kind of message is for; messages of different kinds never wait for each other.
package enum MessageKind: Int32, Sendable, CaseIterable {
  /// The operations in which every member takes part.
  case collective = 1
  /// Sums of gradients, which are passed on while other work goes on.
  case sum
  /// A finished piece of work, and the request for the next one.
  case request
  /// The answer to a request.
  case answer
}

/// How the members of a ``WorkGroup`` send bytes to each other.
///
/// Messages of one kind from one member to another arrive in the order in which they were sent. Methods may be called
/// from several threads at a time, though only one thread at a time uses a kind. A transport that loses a member ends
/// the process with a message: nothing that was computed since the last checkpoint can be used without it.
package protocol MessageTransport: Sendable {
  /// The number of this member, from 0.
  var rank: Int { get }
  /// The number of members, at least 1.
  var count: Int { get }

  /// Sends bytes; it may wait until the receiver takes them.
  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, as kind: MessageKind)

  /// Waits for exactly as many bytes as fit, which were sent in one call.
  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int, as kind: MessageKind)

  /// The member from which a message of this kind can be received now; nil if there is none.
  func waitingSender(_ kind: MessageKind) -> Int?

  /// Adds the values of all members in any order, so the last bits depend on their number.
  func addUnordered(_ values: UnsafeMutableBufferPointer<Float>)
}
