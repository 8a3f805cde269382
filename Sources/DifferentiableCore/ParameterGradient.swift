import CKernels
import Numerics

/// The derivative of a number with respect to all parameters, one tensor per array.
///
/// The tensors stay separate as the reverse pass returned them. Joining them would copy every value. For a
/// hypernetwork of fifty million weights the copy takes as long as using them (measured).
public struct ParameterGradient: Sendable {
  /// Names and shapes of the parameters.
  public let layout: ParameterLayout
  /// One tensor per entry of the layout, in its shape.
  public let parts: [Tensor]

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

  /// The Euclidean length, summed in double precision; it does not depend on the number of threads.
  public var length: Double { parts.reduce(0) { $0 + $1.squaredLength }.squareRoot() }

  /// The least number of values for which waking another thread pays off.
  private static let fewestToShare = 1 << 18

  /// The sum of gradients of the same parameters, added in order; zeros if there are none.
  public static func sum(
    _ gradients: [ParameterGradient], layout: ParameterLayout
  ) -> ParameterGradient {
    guard let first = gradients.first else {
      return ParameterGradient(
        layout: layout, parts: layout.entries.map { .zeros($0.shape) })
    }
    precondition(
      gradients.allSatisfy { $0.layout == layout }, "gradients of different parameters")
    let others = gradients.dropFirst()
    if others.isEmpty { return first }
    let totals = layout.entries.map { Tensor.writing($0.shape) { _ in } }
    // The pieces stay in a cache while they are added, and one parallel region covers all arrays.
    let pieces = layout.pieces(of: 1 << 14)
    Parallel.forEach(pieces.count, upTo: layout.count < fewestToShare ? 1 : .max) { number in
      let (part, range) = pieces[number]
      let target = totals[part].buffer.pointer + range.lowerBound
      target.update(from: first.parts[part].buffer.pointer + range.lowerBound, count: range.count)
      for other in others {
        ck_add_to(other.parts[part].buffer.pointer + range.lowerBound, target, range.count)
      }
    }
    return ParameterGradient(layout: layout, parts: totals)
  }
}
