import Numerics

/// Maps many small items on all threads, in pieces large enough to be worth a thread.
package enum ParallelPieces {
  /// The results of `body` for every index of 0..<count, in order.
  package static func map<Value: Sendable>(
    _ count: Int, piece: Int = 512, _ body: @Sendable (Int) -> Value
  ) -> [Value] {
    let pieces = (count + piece - 1) / piece
    return Parallel.map(pieces) { number -> [Value] in
      (number * piece..<min(count, (number + 1) * piece)).map(body)
    }.flatMap { $0 }
  }
}
