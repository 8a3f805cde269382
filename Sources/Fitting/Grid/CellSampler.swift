import DifferentiableCore
import Fields
import Numerics

/// Cuts a signal into the samples of each cell of a grid.
struct CellSampler: Sendable {
  let signal: any GridSignal
  let grid: CellGrid
  /// The approximate number of samples of a cell in one update.
  let batch: Int
  /// The seed of the order.
  let seed: UInt64

  /// The samples of a cell in a random order, with coordinates local to the cell.
  func samples(of cell: Int) -> CellSamples {
    let ranges = grid.support(of: cell)
    let indices = grid.indices(of: cell)
    let axes = zip(grid.axes, zip(ranges, indices)).map { axis, own in
      own.0.map { Float(axis.local(Double($0), in: own.1)) }
    }
    let values = signal.values(in: ranges)
    let count = ranges.reduce(1) { $0 * $1.count }
    let channels = signal.channels
    var random = Xoshiro256(seed: seed, RandomStream.cellSamples.number, UInt64(cell))
    let order = random.permutation(of: count)
    var coordinates = [Float](repeating: 0, count: count * axes.count)
    var targets = [Float](repeating: 0, count: count * channels)
    for (place, sample) in order.enumerated() {
      var rest = sample
      for axis in axes.indices.reversed() {
        let length = axes[axis].count
        coordinates[place * axes.count + axis] = axes[axis][rest % length]
        rest /= length
      }
      for channel in 0..<channels {
        targets[place * channels + channel] = values[sample * channels + channel]
      }
    }
    return CellSamples(
      coordinates: coordinates, targets: targets, points: count,
      pieces: max(1, min(count, (count + batch / 2) / batch)))
  }
}
