extension [Float] {
  /// Moves each number a share of the way to another, all threads sharing the work: a step of an
  /// exponential moving average.
  ///
  /// - Parameters:
  ///   - other: the target values, the same number.
  ///   - share: 0 for not at all, 1 for all the way.
  public mutating func move(towards other: [Float], share: Float) {
    precondition(other.count == count, "\(count) numbers and \(other.count)")
    FlatPieces.update(&self, with: other) { own, other, count in
      for index in 0..<count { own[index] += share * (other[index] - own[index]) }
    }
  }
}
