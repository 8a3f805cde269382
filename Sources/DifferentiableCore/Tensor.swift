/// An array of float32 numbers with a shape, row-major, with value semantics.
///
/// A tensor may carry the record of how it was computed (see ``tracked()`` and
/// ``gradients(of:withRespectTo:seed:differentiable:)``). The record does not change its values. Incompatible
/// shapes are a programming error; the program stops and reports both shapes.
public struct Tensor: Sendable {
  /// Extents, slowest axis first; `[]` is a single number.
  public let shape: [Int]
  var buffer: TensorBuffer
  var node: Node?

  init(shape: [Int], buffer: TensorBuffer, node: Node? = nil) {
    self.shape = shape
    self.buffer = buffer
    self.node = node
  }

  /// A tensor from row-major values.
  public init(_ values: [Float], shape: [Int]) {
    precondition(
      values.count == shape.reduce(1, *) && shape.allSatisfy { $0 >= 0 },
      "shape \(shape) does not hold \(values.count) values")
    let buffer = TensorBuffer(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress {
        buffer.pointer.update(from: base, count: source.count)
      }
    }
    self.init(shape: shape, buffer: buffer)
  }

  /// A vector of values, shape `[values.count]`.
  public init(_ values: [Float]) { self.init(values, shape: [values.count]) }

  /// A single number, shape `[]`.
  public init(_ value: Float) { self.init([value], shape: []) }

  /// A tensor of one repeated value.
  public init(repeating value: Float, shape: [Int]) {
    let buffer = TensorBuffer(count: shape.reduce(1, *))
    buffer.pointer.update(repeating: value, count: buffer.count)
    self.init(shape: shape, buffer: buffer)
  }

  /// Zeros.
  public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// Ones.
  public static func ones(_ shape: [Int]) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// A tensor whose values `body` writes; `body` must write every value.
  static func writing(
    _ shape: [Int], _ body: (UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let buffer = TensorBuffer(count: shape.reduce(1, *))
    body(buffer.pointer)
    return Tensor(shape: shape, buffer: buffer)
  }

  /// Number of values.
  public var count: Int { buffer.count }

  /// Number of axes.
  public var rank: Int { shape.count }

  /// All values, row-major.
  public var values: [Float] {
    Array(UnsafeBufferPointer(start: buffer.pointer, count: count))
  }

  /// The value of a tensor that holds exactly one value.
  public var scalar: Float {
    precondition(count == 1, "shape \(shape) holds \(count) values, not one")
    return buffer.pointer[0]
  }

  /// Calls `body` with the values, row-major, without copying them.
  public func withValues<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(buffer) {
      try body(UnsafeBufferPointer(start: buffer.pointer, count: count))
    }
  }

  /// Calls `body` with the values to change them in place; other copies are unaffected.
  ///
  /// The record of how the tensor was computed, if any, is dropped.
  public mutating func withMutableValues<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    node = nil
    if !isKnownUniquelyReferenced(&buffer) {
      let copy = TensorBuffer(count: count)
      copy.pointer.update(from: buffer.pointer, count: count)
      buffer = copy
    }
    return try body(UnsafeMutableBufferPointer(start: buffer.pointer, count: count))
  }

  /// The same values without the record of how they were computed.
  public var detached: Tensor { Tensor(shape: shape, buffer: buffer) }

  /// Whether operations on this tensor are being recorded.
  public var isTracked: Bool { node != nil }

  /// The position of an axis; negative positions count from the end.
  func axis(_ axis: Int) -> Int {
    let position = axis < 0 ? axis + rank : axis
    precondition(
      position >= 0 && position < rank, "axis \(axis) does not exist in shape \(shape)")
    return position
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first values.
  public var description: String {
    let shown = values.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape)[\(shown)\(count > 8 ? ", ..." : "")]"
  }
}
