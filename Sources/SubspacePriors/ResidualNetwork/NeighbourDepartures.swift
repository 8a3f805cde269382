/// How far the picture that neighbours make is from the Gaussian posterior's, as a network is shown it.
///
/// In deviations, which residual networks are in too; the mean over blocks of pixels, since tens of thousands of
/// examples are kept, and what neighbours know of the finest detail is little.
package struct NeighbourDepartures: Sendable {
  /// Row-major `[side, side, c]` of a ``NeighbourGrid``.
  package var values: [Float]

  init(values: [Float]) { self.values = values }

  /// - Parameters:
  ///   - picture: what the neighbours make, `[size, size, c]`.
  ///   - gaussian: what the whole collection makes.
  ///   - deviation: of the latter, `[size, size]`.
  ///   - size: side of the pictures.
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

  /// Where nothing is left open there is nothing to say.
  private static let leastDeviation: Float = 1e-4
}

/// The blocks of pixels over which departures are averaged.
struct NeighbourGrid: Sendable {
  private let size: Int
  /// Side of a block, in pixels: pictures of up to 63 pixels are shown whole, larger ones on grids of 32 or more
  /// places where powers of two divide them.
  let block: Int
  /// Blocks a side.
  let side: Int

  /// - Parameter size: side of the pictures.
  init(size: Int) {
    var block = 1
    while size % (2 * block) == 0, size / (2 * block) >= 32 { block *= 2 }
    self.size = size
    self.block = block
    side = size / block
  }

  /// The block of a pixel, row by row.
  func place(ofPixel pixel: Int) -> Int {
    pixel / size / block * side + pixel % size / block
  }
}
