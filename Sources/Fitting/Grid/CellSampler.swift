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
    let local = grid.localCoordinates(of: cell)
    let dimensions = grid.axes.count
    let values = signal.values(in: ranges)
    let count = ranges.reduce(1) { $0 * $1.count }
    let channels = signal.channels
    var random = Xoshiro256(seed: seed, RandomStream.cellSamples.number, UInt64(cell))
    let order = random.permutation(of: count)
    var coordinates = [Float](repeating: 0, count: count * dimensions)
    var targets = [Float](repeating: 0, count: count * channels)
    for (place, sample) in order.enumerated() {
      for axis in 0..<dimensions {
        coordinates[place * dimensions + axis] = local[sample * dimensions + axis]
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
