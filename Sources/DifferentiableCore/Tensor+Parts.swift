import Numerics

extension Tensor {
  /// A sum of numbers, one for each part of some tensors, whose derivatives are taken part by part as soon as
  /// the number is known.
  ///
  /// A loss is such a sum over the pictures of a batch. What the derivatives of one picture need is then still in
  /// a cache when it is used, and is given back before the next picture; computed for the whole batch at once it
  /// goes to memory and back. Derivatives of higher order are those of the plain sum.
  ///
  /// - Parameters:
  ///   - inputs: at least one, all with the same first extent n.
  ///   - size: a part has so many of the n items, the last one what is left; at least 1.
  ///   - shared: tensors that every part sees as a whole.
  ///   - term: from a part's items, its slices of `inputs` and `shared` to its number, shape `[]`, and whatever
  ///     else is of interest about it. It must use no other tracked tensors.
  /// - Returns: the sum, differentiable with respect to `inputs` and `shared`, and what else `term` said of each
  ///   part, in their order.
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

/// The derivatives of a sum over parts: of the inputs written part by part, of what is shared added up in the order
/// of the parts.
private final class PartSlopes: Sendable {
  private struct Sums {
    /// Of the parts up to the next one, for what is shared and tracked.
    var totals: [Tensor]
    var next = 0
    /// Of parts that came too early.
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

  /// Takes a part's derivatives; parts write different items, so they may be taken at the same time.
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

  /// One for each input and each shared tensor, nil where it is not tracked.
  var all: [Tensor?] {
    var totals = sums.withLock { $0.totals }[...]
    return inputs + isShared.map { $0 ? totals.popFirst() : nil }
  }
}
