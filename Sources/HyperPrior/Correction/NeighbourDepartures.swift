import DifferentiableCore

/// How far the picture that neighbours make is from the Gaussian posterior's, as a network is shown it.
///
/// In deviations, which corrections are in too; the mean over blocks of pixels, since tens of thousands of
/// examples are kept, and what neighbours know of the finest detail is little.
package struct NeighbourDepartures: Sendable {
  /// Row-major `[size / block, size / block, c]`.
  package var values: [Float]

  init(values: [Float]) { self.values = values }

  /// - Parameters:
  ///   - picture: what the neighbours make, `[size, size, c]`.
  ///   - gaussian: what the whole collection makes.
  ///   - deviation: of the latter, `[size, size]`.
  ///   - size: side of the pictures.
  init(of picture: [Float], from gaussian: [Float], deviation: [Float], size: Int) {
    let (block, channels) = (Self.block(size: size), picture.count / deviation.count)
    let side = size / block
    values = [Float](repeating: 0, count: side * side * channels)
    for pixel in 0..<size * size {
      let place = pixel / size / block * side + pixel % size / block
      let unit = 1 / (max(deviation[pixel], Self.leastDeviation) * Float(block * block))
      for channel in 0..<channels {
        let own = pixel * channels + channel
        values[place * channels + channel] += (picture[own] - gaussian[own]) * unit
      }
    }
  }

  /// Where nothing is left open there is nothing to say.
  private static let leastDeviation: Float = 1e-4

  /// Side of the blocks: pictures of up to 63 pixels are shown whole, larger ones on grids of 32 or more
  /// places where powers of two divide them.
  static func block(size: Int) -> Int {
    var block = 1
    while size % (2 * block) == 0, size / (2 * block) >= 32 { block *= 2 }
    return block
  }

  /// The place of a pixel in the grid of blocks.
  static func place(ofPixel pixel: Int, size: Int) -> Int {
    let block = block(size: size)
    return pixel / size / block * (size / block) + pixel % size / block
  }
}
