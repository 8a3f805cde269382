/// Scalars of one step, as TensorBoard reads them from an event file.
///
/// The bytes are a message `Event` of `tensorboard/compat/proto/event.proto` in the encoding of
/// Protocol Buffers, in a record of `TFRecord`.
public struct ScalarEvent: Sendable, Equatable {
  /// The moment, in seconds since 1970, UTC.
  public var time: Double
  /// Updates made.
  public var step: Int
  /// Names and values, in the order in which they are written.
  public var scalars: [(name: String, value: Double)]

  /// An event.
  public init(time: Double, step: Int, scalars: [(name: String, value: Double)]) {
    self.time = time
    self.step = step
    self.scalars = scalars
  }

  /// Whether all fields are equal.
  public static func == (left: ScalarEvent, right: ScalarEvent) -> Bool {
    left.time == right.time && left.step == right.step
      && left.scalars.map(\.name) == right.scalars.map(\.name)
      && left.scalars.map(\.value) == right.scalars.map(\.value)
  }

  /// The record of the event.
  package var record: [UInt8] {
    var summary = WireMessage()
    for scalar in scalars {
      var value = WireMessage()
      value.add(1, text: scalar.name)
      value.add(2, single: Float(scalar.value))
      summary.add(1, message: value)
    }
    var event = WireMessage()
    event.add(1, double: time)
    event.add(2, integer: step)
    event.add(5, message: summary)
    return Self.record(of: event.bytes)
  }

  /// The record that every file begins with: the version of the format.
  package static func version(time: Double) -> [UInt8] {
    var event = WireMessage()
    event.add(1, double: time)
    event.add(3, text: "brain.Event:2")
    return record(of: event.bytes)
  }

  /// The record of a start at a step: earlier files' events from that step on are not shown.
  package static func start(time: Double, step: Int) -> [UInt8] {
    var session = WireMessage()
    session.add(1, integer: 1)
    var event = WireMessage()
    event.add(1, double: time)
    event.add(2, integer: step)
    event.add(7, message: session)
    return record(of: event.bytes)
  }

  /// Length, its checksum, data and their checksum.
  static func record(of data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + data
      + CRC32C.masked(data).littleEndianBytes
  }
}

/// A message of Protocol Buffers, field by field.
private struct WireMessage {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: UInt64, integer: Int) {
    add(variable: field << 3)
    add(variable: UInt64(bitPattern: Int64(integer)))
  }

  mutating func add(_ field: UInt64, double: Double) {
    add(variable: field << 3 | 1)
    bytes += double.bitPattern.littleEndianBytes
  }

  mutating func add(_ field: UInt64, single: Float) {
    add(variable: field << 3 | 5)
    bytes += single.bitPattern.littleEndianBytes
  }

  mutating func add(_ field: UInt64, text: String) { add(field, data: Array(text.utf8)) }

  mutating func add(_ field: UInt64, message: WireMessage) { add(field, data: message.bytes) }

  private mutating func add(_ field: UInt64, data: [UInt8]) {
    add(variable: field << 3 | 2)
    add(variable: UInt64(data.count))
    bytes += data
  }

  /// Seven bits per byte, the lowest first.
  private mutating func add(variable: UInt64) {
    var rest = variable
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }
}
