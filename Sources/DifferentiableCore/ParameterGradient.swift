import CKernels

/// The derivative of a number with respect to all parameters: one tensor for each array, as they came
/// out of the reverse pass.
///
/// They stay apart: joining them would copy every one, which for a hypernetwork of fifty million
/// weights costs as much as using them (measured).
public struct ParameterGradient: Sendable {
  /// Names and shapes of the parameters.
  public let layout: ParameterLayout
  /// One tensor for each entry of the layout, of its shape.
  public private(set) var parts: [Tensor]

  /// A gradient from its parts.
  public init(layout: ParameterLayout, parts: [Tensor]) {
    precondition(
      parts.map(\.shape) == layout.entries.map(\.shape), "tensors do not fit the layout")
    self.layout = layout
    self.parts = parts
  }

  /// All values in one array, in the order of the parameters.
  public var flat: [Float] {
    [Float](unsafeUninitializedCapacity: layout.count) { target, count in
      for (entry, part) in zip(layout.entries, parts) {
        part.withValues { source in
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          (to + entry.offset).initialize(from: from, count: source.count)
        }
      }
      count = layout.count
    }
  }

  /// Its Euclidean length, summed in double precision; it does not depend on the number of threads.
  public var length: Double { parts.reduce(0) { $0 + $1.squaredLength }.squareRoot() }

  /// The sum of gradients of the same parameters, added in their order; zeros without any.
  public static func sum(
    _ gradients: [ParameterGradient], layout: ParameterLayout
  ) -> ParameterGradient {
    guard var total = gradients.first else {
      return ParameterGradient(
        layout: layout, parts: layout.entries.map { .zeros($0.shape) })
    }
    for gradient in gradients.dropFirst() { total.add(gradient) }
    return total
  }

  /// Adds another gradient of the same parameters in place.
  public mutating func add(_ other: ParameterGradient) {
    precondition(other.layout == layout, "gradients of different parameters")
    for index in parts.indices {
      let source = other.parts[index]
      parts[index].withMutableValues { own in
        guard let to = own.baseAddress else { return }
        // Pieces do not overlap, and no pointer outlives this call.
        nonisolated(unsafe) let target = to
        Parallel.overRanges(own.count) { range in
          ck_add_to(
            source.buffer.pointer + range.lowerBound, target + range.lowerBound, range.count)
        }
      }
    }
  }
}
