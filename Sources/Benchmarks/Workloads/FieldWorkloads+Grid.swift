import Fields
import Fitting
import Foundation
import Signals

extension FieldWorkloads {
  /// Updates of every cell in one repetition, as a long fit makes them before the next cell's turn.
  private static let updates = 24

  /// Updates of a grid of small networks, each on a batch of its own: loss, derivative, Adam.
  static func grid(side: (Int) -> Int) -> BenchmarkWorkload {
    let (width, height) = (side(768), side(512))
    let shape = GridShape.standard(for: .image(width: width, height: height, channels: 3))
    // Samples of a cell come in whole batches of about the usual size.
    let cells = shape.cells.reduce(1, *)
    let batch = min(GridFitSettings().batch, max(1, width * height / cells))
    let points = updates * cells * batch
    return BenchmarkWorkload(
      name: "grid",
      summary: "24 updates of each network of the grid for a 768x512 photograph, 289 points each",
      points: points,
      operations: 6 * Double(multiplyAdds(shape.architecture)) * Double(points)
    ) {
      var image = Image(width: width, height: height, channels: 3)
      for row in 0..<height {
        for column in 0..<width {
          for channel in 0..<3 {
            let phase = 0.13 * Double(column) + 0.07 * Double(row) + Double(channel)
            image[row, column, channel] = Float(0.5 + 0.4 * sin(phase))
          }
        }
      }
      var fit = try GridFit(PictureSignal(image), shape, seed: 1)
      let round = CellRound(count: updates, at: 0.5)
      return { fit.advance(round) }
    }
  }
}
