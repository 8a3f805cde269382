import Fields
import Fitting
import ImagePriors
import Numerics
import Signals

extension CellCosines {
  /// The picture as a grid of SIRENs, which agrees with it at its pixels.
  ///
  /// - Parameters:
  ///   - image: values 0...1.
  ///   - correction: the changes of the cells' output layers.
  /// - Throws: `PriorError.fieldTooLarge` if the grid has more parameters than a file may have.
  func field(of image: Image, _ correction: CellCorrection?) throws -> SirenGrid {
    let shape = architecture(channels: image.channels)
    guard grid.count <= FieldFile.mostParameters / shape.parameterCount else {
      throw PriorError.fieldTooLarge(
        windows: grid.count, parameters: shape.parameterCount, most: FieldFile.mostParameters)
    }
    let parts = Parallel.map(grid.count) { cell -> [Float] in
      let start = origin(of: cell)
      let coefficients = (0..<image.channels).map { channel -> [Float] in
        var own = self.coefficients(of: image.block(start, side: side, channel: channel))
        if let change = correction?.changes[cell]?[channel] {
          for index in own.indices { own[index] += change[index] }
        }
        // From 0...1 to -1...1; order 0 carries the mean.
        own = own.map { 2 * $0 }
        own[0] -= Float(side)
        return own
      }
      return parameters(of: cell, coefficients)
    }
    guard let field = SirenGrid(grid, shape, parameters: Array(parts.joined())) else {
      throw PriorError.notFinite
    }
    return field
  }
}
