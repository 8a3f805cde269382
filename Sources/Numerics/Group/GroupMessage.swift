/// A value that members of a ``WorkGroup`` send to each other, bit for bit.
///
/// The members run the same program on machines with the same byte order, so the memory's own layout is sent.
package protocol GroupMessage: Sendable {
  /// Appends the value to a message.
  func append(to message: inout GroupBytes)
  /// Reads a value from a message; `nil` if the message is too short.
  init?(from message: inout GroupBytes)
  /// Appends an array; values without references are copied at once.
  static func append(_ values: [Self], to message: inout GroupBytes)
  /// Reads an array of `count` values.
  static func values(_ count: Int, from message: inout GroupBytes) -> [Self]?
}

/// The bytes of a message, and the position up to which they were read.
package struct GroupBytes: Sendable {
  /// All bytes.
  package var bytes: [UInt8]
  private var position = 0

  /// A message to write to, or one that was received.
  package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  /// Appends the memory of some values.
  mutating func append<Value: BitwiseCopyable>(plain values: [Value]) {
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// Reads values that were appended by `append(plain:)`.
  mutating func plain<Value: BitwiseCopyable>(
    _ count: Int, as type: Value.Type = Value.self
  ) -> [Value]? {
    let (length, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
    guard count >= 0, !overflow, length <= bytes.count - position else { return nil }
    defer { position += length }
    return bytes.withUnsafeBytes { source in
      [Value](unsafeUninitializedCapacity: count) { target, filled in
        UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[position..<position + length]))
        filled = count
      }
    }
  }
}

extension GroupMessage {
  package static func append(_ values: [Self], to message: inout GroupBytes) {
    for value in values { value.append(to: &message) }
  }

  package static func values(_ count: Int, from message: inout GroupBytes) -> [Self]? {
    guard count >= 0 else { return nil }
    var values: [Self] = []
    for _ in 0..<count {
      guard let value = Self(from: &message) else { return nil }
      values.append(value)
    }
    return values
  }

  /// The value's own message.
  package var message: [UInt8] {
    var message = GroupBytes()
    append(to: &message)
    return message.bytes
  }

  /// The value of a message; `nil` if it is too short.
  package init?(message: [UInt8]) {
    var message = GroupBytes(message)
    self.init(from: &message)
  }
}

/// A message that is its own memory.
package protocol PlainGroupMessage: GroupMessage, BitwiseCopyable {}

extension PlainGroupMessage {
  package func append(to message: inout GroupBytes) { message.append(plain: [self]) }

  package init?(from message: inout GroupBytes) {
    guard let value = message.plain(1, as: Self.self)?.first else { return nil }
    self = value
  }

  package static func append(_ values: [Self], to message: inout GroupBytes) {
    message.append(plain: values)
  }

  package static func values(_ count: Int, from message: inout GroupBytes) -> [Self]? {
    message.plain(count)
  }
}

extension Double: PlainGroupMessage {}
extension Float: PlainGroupMessage {}
extension Int: PlainGroupMessage {}
extension Int64: PlainGroupMessage {}
extension UInt8: PlainGroupMessage {}
extension Int8: PlainGroupMessage {}
extension UInt16: PlainGroupMessage {}
extension UInt32: PlainGroupMessage {}
extension UInt64: PlainGroupMessage {}
extension Bool: PlainGroupMessage {}

extension Array: GroupMessage where Element: GroupMessage {
  package func append(to message: inout GroupBytes) {
    count.append(to: &message)
    Element.append(self, to: &message)
  }

  package init?(from message: inout GroupBytes) {
    guard let count = Int(from: &message), let values = Element.values(count, from: &message)
    else { return nil }
    self = values
  }
}

extension Optional: GroupMessage where Wrapped: GroupMessage {
  package func append(to message: inout GroupBytes) {
    (self != nil).append(to: &message)
    self?.append(to: &message)
  }

  package init?(from message: inout GroupBytes) {
    guard let isPresent = Bool(from: &message) else { return nil }
    if isPresent {
      guard let value = Wrapped(from: &message) else { return nil }
      self = .some(value)
    } else {
      self = .none
    }
  }
}

extension String: GroupMessage {
  package func append(to message: inout GroupBytes) { Array(utf8).append(to: &message) }

  package init?(from message: inout GroupBytes) {
    guard let bytes = [UInt8](from: &message) else { return nil }
    self.init(decoding: bytes, as: UTF8.self)
  }
}

/// Two values of one message, for functions that return a pair.
package struct GroupPair<First: GroupMessage, Second: GroupMessage>: GroupMessage {
  package let first: First
  package let second: Second

  package init(_ pair: (First, Second)) { (first, second) = pair }

  package func append(to message: inout GroupBytes) {
    first.append(to: &message)
    second.append(to: &message)
  }

  package init?(from message: inout GroupBytes) {
    guard let first = First(from: &message), let second = Second(from: &message) else { return nil }
    (self.first, self.second) = (first, second)
  }
}
