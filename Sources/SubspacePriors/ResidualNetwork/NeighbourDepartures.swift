/// The difference between the neighbours' picture and the Gaussian posterior's, as a network is shown it.
///
/// It is in units of the standard deviation, as the network's output is, and averaged over blocks of pixels:
/// tens of thousands of examples are kept, and neighbours say little about the finest detail.
package struct NeighbourDepartures: Sendable {
  /// Row-major `[side, side, c]` of a ``NeighbourGrid``.
  package var values: [Float]

  init(values: [Float]) { self.values = values }

  /// - Parameters:
  ///   - picture: the neighbours' picture, `[size, size, c]`.
  ///   - gaussian: the picture of the Gaussian posterior, of the same shape.
  ///   - deviation: the latter's standard deviation, `[size, size]`.
  ///   - size: side of the pictures, in pixels.
  init(of picture: [Float], from gaussian: [Float], deviation: [Float], size: Int) {
    let (grid, channels) = (NeighbourGrid(size: size), picture.count / deviation.count)
    values = [Float](repeating: 0, count: grid.side * grid.side * channels)
    for pixel in 0..<size * size {
      let place = grid.place(ofPixel: pixel)
      let unit =
        1 / (max(deviation[pixel], Self.leastDeviation) * Float(grid.block * grid.block))
      for channel in 0..<channels {
        let own = pixel * channels + channel
        values[place * channels + channel] += (picture[own] - gaussian[own]) * unit
      }
    }
  }

  /// The smallest standard deviation that is divided by.
  private static let leastDeviation: Float = 1e-4
}

/// The blocks of pixels over which departures are averaged.
struct NeighbourGrid: Sendable {
  private let size: Int
  /// Side of a block, in pixels: 1 for pictures of up to 63 pixels; for larger ones the largest power of two
  /// that divides their side and leaves 32 or more blocks.
  let block: Int
  /// Blocks along each side.
  let side: Int

  /// - Parameter size: side of the pictures, in pixels.
  init(size: Int) {
    var block = 1
    while size % (2 * block) == 0, size / (2 * block) >= 32 { block *= 2 }
    self.size = size
    self.block = block
    side = size / block
  }

  /// The index of a pixel's block, row by row.
  func place(ofPixel pixel: Int) -> Int {
    pixel / size / block * side + pixel % size / block
  }
}
