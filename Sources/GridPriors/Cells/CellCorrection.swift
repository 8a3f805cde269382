import Fields
import Foundation
import Numerics
import Signals

/// The changes of the cells' output layers that make the field agree with observations between pixels.
///
/// Observations at the centres of pixels are met already. For the others, each cell's coefficients change as little
/// as possible, where low orders may change more than high ones: ridge regression in closed form.
struct CellCorrection: Sendable {
  /// The change of the coefficients for each corrected cell, `[c][n, n]`.
  private(set) var changes: [Int: [[Float]]] = [:]

  /// The most observations between pixels, and in all, that a cell is fitted to; more determine its coefficients
  /// without the others.
  private static let mostBetween = 300
  private static let mostPoints = 400
  /// The variance of an observation's error relative to that of the coefficients.
  private static let noise = 1e-4
  /// Differences below this are left alone, for values 0...1.
  private static let smallest: Float = 1e-4

  /// The correction of a picture.
  ///
  /// - Parameters:
  ///   - image: the restored picture at its pixels, values 0...1.
  ///   - observations: the observed points.
  ///   - cosines: the cells of the picture.
  /// - Throws: `LinearAlgebraError`.
  init(_ image: Image, _ observations: PixelObservations, _ cosines: CellCosines) throws {
    let points = Self.points(of: observations, cosines.grid)
    let cells = points.keys.sorted()
    let side = cosines.side
    // Low orders carry most of a picture's variance.
    let variances = (0..<side * side).map { index -> Double in
      let (u, v) = (Double(index / side), Double(index % side))
      return pow(1 + u * u + v * v, -1.5)
    }
    let found = try Parallel.map(cells.count) { number -> [[Float]]? in
      try Self.change(
        of: cells[number], points[cells[number]] ?? [], image, observations, cosines, variances)
    }
    for (cell, change) in zip(cells, found) {
      if let change { changes[cell] = change }
    }
  }

  /// The observations that determine each cell with some that are not at a pixel's centre.
  ///
  /// Those at centres are met already and must stay so.
  private static func points(
    of observations: PixelObservations, _ grid: CellGrid
  ) -> [Int: [Int]] {
    var between: [Int: [Int]] = [:]
    var centres: [Int: [Int]] = [:]
    for point in 0..<observations.count {
      let (y, x) = (observations.positions[2 * point], observations.positions[2 * point + 1])
      let isCentre = max(abs(y - y.rounded()), abs(x - x.rounded())) <= EncoderGrid.centre
      for row in grid.axes[0].contributions(at: Double(y)) {
        for column in grid.axes[1].contributions(at: Double(x)) {
          let cell = row.cell * grid.axes[1].cells + column.cell
          if isCentre {
            centres[cell, default: []].append(point)
          } else {
            between[cell, default: []].append(point)
          }
        }
      }
    }
    return between.reduce(into: [:]) { result, cell in
      let own = spread(cell.value, most: mostBetween)
      result[cell.key] = own + spread(centres[cell.key] ?? [], most: mostPoints - own.count)
    }
  }

  /// At most so many of some points, from all of their range.
  private static func spread(_ points: [Int], most: Int) -> [Int] {
    let step = max(1, (points.count + most - 1) / most)
    return stride(from: 0, to: points.count, by: step).map { points[$0] }
  }

  private static func change(
    of cell: Int, _ points: [Int], _ image: Image, _ observations: PixelObservations,
    _ cosines: CellCosines, _ variances: [Double]
  ) throws -> [[Float]]? {
    let start = cosines.origin(of: cell)
    let channels = image.channels
    let rows = points.map { point in
      cosines.values(
        row: Double(observations.positions[2 * point]) - Double(start.row),
        column: Double(observations.positions[2 * point + 1]) - Double(start.column))
    }
    var residuals = DoubleMatrix(rows: points.count, columns: channels)
    var largest: Float = 0
    for channel in 0..<channels {
      let own = cosines.coefficients(of: image.block(start, side: cosines.side, channel: channel))
      for (number, point) in points.enumerated() {
        var value = 0.0
        for index in own.indices { value += rows[number][index] * Double(own[index]) }
        let residual = Double(observations.values[point * channels + channel]) - value
        residuals[number, channel] = residual
        largest = max(largest, abs(Float(residual)))
      }
    }
    guard largest > smallest else { return nil }
    var gram = DoubleMatrix(rows: points.count, columns: points.count)
    for row in 0..<points.count {
      for column in 0...row {
        var sum = 0.0
        for index in variances.indices {
          sum += variances[index] * rows[row][index] * rows[column][index]
        }
        gram[row, column] = sum
        gram[column, row] = sum
      }
    }
    let size = (0..<points.count).reduce(0) { $0 + gram[$1, $1] } / Double(points.count)
    for row in 0..<points.count { gram[row, row] += noise * size }
    let solution = try LinearAlgebra.choleskyFactor(gram).solve(residuals)
    return (0..<channels).map { channel in
      variances.indices.map { index in
        var sum = 0.0
        for number in points.indices { sum += rows[number][index] * solution[number, channel] }
        return Float(variances[index] * sum)
      }
    }
  }

  /// The picture with the correction, whose pixels are those of the corrected field.
  func applied(to image: Image, _ cosines: CellCosines) -> Image {
    var result = image
    for cell in changes.keys.sorted() {
      guard let change = changes[cell] else { continue }
      let start = cosines.origin(of: cell)
      let blocks = change.map { cosines.block(of: $0) }
      let indices = cosines.grid.indices(of: cell)
      let weights = zip([image.height, image.width], [start.row, start.column]).enumerated().map {
        axis, extent in
        (0..<cosines.side).map { offset -> Float in
          let place = extent.1 + offset
          guard (0..<extent.0).contains(place) else { return 0 }
          return cosines.grid.axes[axis].contributions(at: Double(place))
            .first { $0.cell == indices[axis] }.map { Float($0.weight) } ?? 0
        }
      }
      for row in 0..<cosines.side where weights[0][row] > 0 {
        for column in 0..<cosines.side where weights[1][column] > 0 {
          let pixel = (start.row + row) * image.width + start.column + column
          for channel in 0..<image.channels {
            result.values[pixel * image.channels + channel] +=
              weights[0][row] * weights[1][column] * blocks[channel][row * cosines.side + column]
          }
        }
      }
    }
    return result
  }
}

extension Image {
  /// A square of one channel, whose pixels beyond the border repeat those at the border.
  func block(_ start: (row: Int, column: Int), side: Int, channel: Int) -> [Float] {
    var block: [Float] = []
    block.reserveCapacity(side * side)
    for row in start.row..<start.row + side {
      let y = min(max(row, 0), height - 1)
      for column in start.column..<start.column + side {
        let x = min(max(column, 0), width - 1)
        block.append(values[(y * width + x) * channels + channel])
      }
    }
    return block
  }
}
