import Numerics

/// Names and shapes of parameters, stored one after another in one flat buffer.
public struct ParameterLayout: Sendable, Equatable {
  /// One named array.
  public struct Entry: Sendable, Equatable {
    /// The name, unique and equal to the one in the checkpoint file.
    public let name: String
    /// The extents, row-major.
    public let shape: [Int]
    /// The position of the first value in the flat buffer.
    public let offset: Int

    /// The number of values.
    public var count: Int { shape.reduce(1, *) }
    /// The range of the values in the flat buffer.
    public var range: Range<Int> { offset..<offset + count }
  }

  /// The arrays in the order of the buffer.
  public private(set) var entries: [Entry] = []
  private var positions: [String: Int] = [:]

  /// Creates an empty layout.
  public init() {}

  /// Adds an array at the end.
  public mutating func append(_ name: String, _ shape: [Int]) {
    precondition(positions[name] == nil, "parameter '\(name)' exists already")
    positions[name] = entries.count
    entries.append(Entry(name: name, shape: shape, offset: count))
  }

  /// The total number of values in all arrays.
  public var count: Int { entries.last.map { $0.offset + $0.count } ?? 0 }

  /// All arrays divided, in order, into pieces of at most `length` values.
  ///
  /// Each piece lies in one array, and its range is relative to that array's first value.
  package func pieces(of length: Int) -> [(entry: Int, range: Range<Int>)] {
    entries.indices.flatMap { index in
      let count = entries[index].count
      return stride(from: 0, to: count, by: length).map { start in
        (entry: index, range: start..<min(count, start + length))
      }
    }
  }

  /// The array with the given name.
  public subscript(name: String) -> Entry? { positions[name].map { entries[$0] } }
}

/// The parameters of a network: one flat buffer with named, shaped views.
///
/// An optimizer is one loop over ``values``, and a checkpoint is one write.
public struct Parameters: Sendable, Equatable {
  /// Names and shapes.
  public private(set) var layout: ParameterLayout
  /// All values, array by array.
  public var values: [Float]

  /// Creates empty parameters.
  public init() {
    layout = ParameterLayout()
    values = []
  }

  /// Parameters with given values.
  public init(layout: ParameterLayout, values: [Float]) {
    precondition(
      values.count == layout.count, "\(values.count) values do not fill \(layout.count)")
    self.layout = layout
    self.values = values
  }

  /// Adds an array at the end.
  public mutating func append(_ name: String, _ shape: [Int], _ initial: [Float]) {
    layout.append(name, shape)
    values.append(contentsOf: initial)
    precondition(values.count == layout.count, "'\(name)' of \(shape) got \(initial.count) values")
  }

  /// The array with the given name as a tensor; stops the program if there is none.
  public subscript(name: String) -> Tensor {
    guard let entry = layout[name] else {
      preconditionFailure("there is no parameter '\(name)'")
    }
    return tensor(entry)
  }

  /// All arrays as tensors.
  ///
  /// - Parameter tracked: whether operations on them are recorded.
  public func views(tracked: Bool = false) -> ParameterViews {
    ParameterViews(
      layout: layout,
      tensors: layout.entries.map { tracked ? tensor($0).tracked() : tensor($0) })
  }

  /// A copy of one array; all threads share the work if the array is long.
  private func tensor(_ entry: ParameterLayout.Entry) -> Tensor {
    Tensor.writing(entry.shape) { output in
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        // Pieces do not overlap, and no pointer outlives this call.
        nonisolated(unsafe) let (source, target) = (base + entry.offset, output)
        Parallel.overRanges(entry.count) { range in
          (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
        }
      }
    }
  }
}

/// A destination to which a network appends its arrays.
///
/// It is either ``Parameters``, which take the initial values, or a ``ParameterLayout``, for which no values
/// are drawn.
public protocol ParameterBuilder {
  /// Adds an array at the end.
  ///
  /// - Parameter initial: returns the initial values, row-major; called only if they are needed.
  mutating func append(_ name: String, _ shape: [Int], initial: () -> [Float])
}

extension Parameters: ParameterBuilder {
  /// Adds an array with its values at the end.
  public mutating func append(_ name: String, _ shape: [Int], initial: () -> [Float]) {
    append(name, shape, initial())
  }
}

extension ParameterLayout: ParameterBuilder {
  /// Adds an array at the end without calling `initial`.
  public mutating func append(_ name: String, _ shape: [Int], initial: () -> [Float]) {
    append(name, shape)
  }
}

extension ParameterBuilder {
  /// Adds an array of one repeated value.
  public mutating func append(_ name: String, _ shape: [Int], repeating value: Float) {
    append(name, shape) { [Float](repeating: value, count: shape.reduce(1, *)) }
  }

  /// Adds an array drawn uniformly from -bound...bound.
  public mutating func append(
    _ name: String, _ shape: [Int], uniform bound: Float, _ random: inout Xoshiro256
  ) {
    append(name, shape) {
      (0..<shape.reduce(1, *)).map { _ in random.uniform(in: -bound...bound) }
    }
  }

  /// Adds an array drawn from the normal distribution with mean 0.
  public mutating func append(
    _ name: String, _ shape: [Int], normal deviation: Float, _ random: inout Xoshiro256
  ) {
    append(name, shape) {
      (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) * deviation }
    }
  }
}

/// The arrays of ``Parameters`` as tensors.
public struct ParameterViews: Sendable {
  /// Names and shapes.
  public let layout: ParameterLayout
  private let tensors: [Tensor]
  private let positions: [String: Int]

  /// Creates views from one tensor per entry of the layout.
  public init(layout: ParameterLayout, tensors: [Tensor]) {
    precondition(
      tensors.map(\.shape) == layout.entries.map(\.shape), "tensors do not fit the layout")
    self.layout = layout
    self.tensors = tensors
    positions = Dictionary(
      uniqueKeysWithValues: layout.entries.enumerated().map { ($1.name, $0) })
  }

  /// The array with the given name; stops the program if there is none.
  public subscript(name: String) -> Tensor {
    guard let position = positions[name] else {
      preconditionFailure("there is no parameter '\(name)'")
    }
    return tensors[position]
  }

  /// The arrays with the given names, in that order.
  package subscript(names: [String]) -> [Tensor] { names.map { self[$0] } }

  /// Views of other arrays under the given names only, in that order.
  package static func named(_ names: [String], _ tensors: [Tensor]) -> ParameterViews {
    var layout = ParameterLayout()
    for (name, tensor) in zip(names, tensors) { layout.append(name, tensor.shape) }
    return ParameterViews(layout: layout, tensors: tensors)
  }

  /// The derivative of a single number with respect to all parameters.
  public func gradient(of loss: Tensor) -> ParameterGradient {
    precondition(loss.count == 1, "a loss is one number, not \(loss.shape)")
    return ParameterGradient(layout: layout, parts: gradients(of: loss, withRespectTo: tensors))
  }

  /// The derivative of a single number with respect to all parameters, array by array as the reverse pass finishes them.
  ///
  /// - Parameters:
  ///   - loss: the number.
  ///   - ready: called once per array with its number in the layout and its derivative, on the calling thread.
  package func gradient(of loss: Tensor, ready: (Int, Tensor) -> Void) {
    precondition(loss.count == 1, "a loss is one number, not \(loss.shape)")
    var isReady = [Bool](repeating: false, count: tensors.count)
    let parts = withoutActuallyEscaping(ready) { ready in
      gradients(of: loss, withRespectTo: tensors, seed: nil, differentiable: false) {
        ready($0, $1)
        isReady[$0] = true
      }
    }
    for number in tensors.indices where !isReady[number] { ready(number, parts[number]) }
  }
}
