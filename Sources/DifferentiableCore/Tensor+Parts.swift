import Numerics

extension Tensor {
  /// The sum of a function over parts of some tensors, differentiated part by part.
  ///
  /// A loss over the pictures of a batch is such a sum. The derivatives of each part are computed as soon as
  /// its number is known, while the intermediate results are still in a cache. That memory is released before
  /// the next part. Computing the whole batch at once would move these results to memory and back. Derivatives
  /// of higher order are those of the plain sum.
  ///
  /// - Parameters:
  ///   - inputs: at least one tensor; all have the same first extent n.
  ///   - size: the number of items per part, at least 1; the last part may be smaller.
  ///   - shared: tensors that every part receives whole.
  ///   - term: maps a part's slices of `inputs`, and `shared`, to the part's number, shape `[]`, and a remark
  ///     about the part. It must use no other tracked tensors.
  /// - Returns: the sum, differentiable with respect to `inputs` and `shared`, and the remarks of the parts in
  ///   order.
  package static func sum<Remark: Sendable>(
    overPartsOf inputs: [Tensor], size: Int, sharing shared: [Tensor],
    _ term: @escaping @Sendable (Range<Int>, [Tensor], [Tensor]) -> (value: Tensor, remark: Remark)
  ) -> (value: Tensor, remarks: [Remark]) {
    let items = inputs.first?.shape.first ?? 0
    precondition(
      size > 0 && inputs.allSatisfy { $0.shape.first == items },
      "tensors of shapes \(inputs.map(\.shape)) do not fall into parts of \(size)")
    let ranges = stride(from: 0, to: items, by: size).map { $0..<min(items, $0 + size) }
    let count = inputs.count
    let slopes = (inputs + shared).contains { $0.isTracked } ? PartSlopes(inputs, shared) : nil
    let outcomes = Parallel.map(ranges.count) { number in
      let range = ranges[number]
      let own = inputs.map { input in
        let part = input.detached.sliced(axis: 0, range)
        return input.isTracked ? part.tracked() : part
      }
      let common = shared.map { $0.isTracked ? $0.detached.tracked() : $0 }
      let (value, remark) = term(range, own, common)
      slopes?.take(number, value, of: own, range, sharing: common)
      return (value: value.detached, remark: remark)
    }
    let value = outcomes.reduce(Tensor(0)) { $0 + $1.value }
    let remarks = outcomes.map(\.remark)
    guard let slopes else { return (value, remarks) }
    let found = slopes.all
    let result = value.recorded(
      from: inputs + shared,
      composition: { variables in
        ranges.reduce(Tensor(0)) { sum, range in
          let own = variables[..<count].map { $0.sliced(axis: 0, range) }
          return sum + term(range, own, Array(variables[count...])).value
        }
      }
    ) { pull in
      found.map { slope in
        pull.cotangent.scalar == 1 ? slope : slope.map { $0 * pull.cotangent }
      }
    }
    return (result, remarks)
  }
}

/// The derivatives of a sum over parts.
///
/// The derivatives of the inputs are written part by part. Those of the shared tensors are added in the order
/// of the parts.
private final class PartSlopes: Sendable {
  private struct Sums {
    /// The derivatives of the tracked shared tensors, added over all parts before the next one.
    var totals: [Tensor]
    var next = 0
    /// The derivatives of parts that arrived ahead of their turn.
    var early: [Int: [Tensor]] = [:]
  }
  private let inputs: [Tensor?]
  private let isShared: [Bool]
  private let sums: Guarded<Sums>

  init(_ inputs: [Tensor], _ shared: [Tensor]) {
    self.inputs = inputs.map { $0.isTracked ? Tensor.writing($0.shape) { _ in } : nil }
    isShared = shared.map { $0.isTracked }
    sums = Guarded(Sums(totals: shared.filter { $0.isTracked }.map { .zeros($0.shape) }))
  }

  /// Adds a part's derivatives.
  ///
  /// Parts write different items, so several threads may call this at once.
  func take(
    _ number: Int, _ value: Tensor, of own: [Tensor], _ range: Range<Int>, sharing common: [Tensor]
  ) {
    let variables = (own + common).filter { $0.isTracked }
    let found = gradients(of: value, withRespectTo: variables)
    let targets = inputs.compactMap { $0 }
    for (target, slope) in zip(targets, found) {
      let item = target.count / target.shape[0]
      (target.buffer.pointer + range.lowerBound * item)
        .update(from: slope.buffer.pointer, count: slope.count)
    }
    sums.withLock { sums in
      sums.early[number] = Array(found[targets.count...])
      while let slopes = sums.early.removeValue(forKey: sums.next) {
        for position in slopes.indices { sums.totals[position].add(slopes[position]) }
        sums.next += 1
      }
    }
  }

  /// One derivative per input and per shared tensor, nil where that tensor is not tracked.
  var all: [Tensor?] {
    var totals = sums.withLock { $0.totals }[...]
    return inputs + isShared.map { $0 ? totals.popFirst() : nil }
  }
}
