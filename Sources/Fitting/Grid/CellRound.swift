/// Some updates of every cell of a grid, and where they lie in the run, which sets their learning rates.
///
/// The fraction of the run before update `i` of the round is `min(1, (offset + stride * i) / scale)`, so four numbers
/// describe a round of any length.
public struct CellRound: Sendable, Equatable {
  /// Number of updates of each cell.
  public let count: Int
  /// The position before the first update, in units of `scale`.
  public let offset: Double
  /// The distance from one update to the next.
  public let stride: Double
  /// The length of the run, above 0.
  public let scale: Double

  /// A round from its numbers.
  public init(count: Int, from offset: Double, by stride: Double = 1, of scale: Double) {
    self.count = count
    self.offset = offset
    self.stride = stride
    self.scale = scale
  }

  /// A round whose updates all have the same place in the run, 0...1.
  public init(count: Int, at fraction: Double) {
    self.init(count: count, from: fraction, by: 0, of: 1)
  }

  /// The least number of rounds per run.
  static let rounds = 50
  /// The approximate seconds of a round of a long run.
  static let interval = 0.5
  /// The least updates of a round in a long enough run; the samples are shuffled anew in each.
  static let fewest = 24

  /// The next round of a decay that ends with the time.
  ///
  /// - Parameters:
  ///   - elapsed: seconds since the run began, `start` or later and before `end`.
  ///   - rate: updates per second.
  ///   - start: the time from which the learning rate falls with the time.
  ///   - fraction: the place in the decay then, 0 or more and below 1.
  ///   - end: the time at which the decay ends.
  ///   - most: the most updates; nil for any number.
  init(
    at elapsed: Double, rate: Double, from start: Double = 0, fraction: Double = 0,
    until end: Double, most: Int?
  ) {
    let (length, left) = (end - start, end - elapsed)
    let wanted = min(left, max(length / Double(Self.rounds), min(Self.interval, length / 10)))
    let usual = max(min(Self.fewest, Int(left * rate / 2)), Int((wanted * rate).rounded()))
    let scale = length / (1 - fraction)
    self.init(
      count: max(1, min(most ?? usual, usual)), from: fraction * scale + (elapsed - start),
      by: 1 / rate, of: scale)
  }

  /// The completed fraction of the run before each update, 0...1.
  public var fractions: [Double] {
    (0..<count).map { min(1, (offset + stride * Double($0)) / scale) }
  }
}
