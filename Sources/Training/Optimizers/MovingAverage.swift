extension [Float] {
  /// Moves each number a fraction of the way to another one, on all threads.
  ///
  /// This is a step of an exponential moving average.
  ///
  /// - Parameters:
  ///   - other: the target values, the same number.
  ///   - share: the fraction of the way, 0...1.
  public mutating func move(towards other: [Float], share: Float) {
    precondition(other.count == count, "\(count) numbers and \(other.count)")
    FlatPieces.update(&self, with: other) { own, other, count in
      for index in 0..<count { own[index] += share * (other[index] - own[index]) }
    }
  }
}
