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

  /// The completed fraction of the run before each update, 0...1.
  public var fractions: [Double] {
    (0..<count).map { min(1, (offset + stride * Double($0)) / scale) }
  }
}
