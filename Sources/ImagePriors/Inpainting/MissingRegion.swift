import Signals

/// A part of a large picture in which pixels are missing, with what surrounds it.
///
/// Methods that restore every part of a picture from what is near need no more of it. A dust mask on a picture of 16
/// million pixels then takes a second instead of half a minute.
package struct MissingRegion: Sendable, Equatable {
  /// The rows of the part.
  package let rows: Range<Int>
  /// The columns of the part.
  package let columns: Range<Int>
  /// The missing pixels that are restored from this part, as indices into the picture.
  package let missing: [Int]

  /// Pixels along a side of the squares that are put together to regions.
  static let side = 64
  /// Pixels around a region that are used to restore it: more than a grid prior or an interpolation looks at.
  static let margin = 128
  /// Pictures with fewer pixels are restored as a whole.
  static let fewestPixels = 512 * 512

  /// The regions of a picture; nil if it is small, or if they are not much smaller than the picture.
  package static func all(in mask: PixelMask) -> [MissingRegion]? {
    guard mask.width * mask.height >= fewestPixels else { return nil }
    let (rows, columns) = ((mask.height + side - 1) / side, (mask.width + side - 1) / side)
    var isMissing = [Bool](repeating: false, count: rows * columns)
    for row in 0..<mask.height {
      let first = row * mask.width
      for column in 0..<mask.width where !mask.observed[first + column] {
        isMissing[row / side * columns + column / side] = true
      }
    }
    var regions: [MissingRegion] = []
    var area = 0
    for square in isMissing.indices where isMissing[square] {
      let connected = takeConnected(to: square, of: columns, &isMissing)
      let region = MissingRegion(squares: connected, columns, mask)
      area += region.rows.count * region.columns.count
      guard area <= mask.width * mask.height / 2 else { return nil }
      regions.append(region)
    }
    return regions
  }

  /// The squares that are connected to one over sides and corners, which it is removed from.
  private static func takeConnected(
    to first: Int, of columns: Int, _ isMissing: inout [Bool]
  ) -> [Int] {
    var found = [first]
    var next = 0
    isMissing[first] = false
    let rows = isMissing.count / columns
    while next < found.count {
      let (row, column) = (found[next] / columns, found[next] % columns)
      next += 1
      for neighbourRow in max(0, row - 1)...min(rows - 1, row + 1) {
        for neighbourColumn in max(0, column - 1)...min(columns - 1, column + 1) {
          let neighbour = neighbourRow * columns + neighbourColumn
          guard isMissing[neighbour] else { continue }
          isMissing[neighbour] = false
          found.append(neighbour)
        }
      }
    }
    return found
  }

  private init(squares: [Int], _ squareColumns: Int, _ mask: PixelMask) {
    let side = Self.side
    var (top, bottom, left, right) = (Int.max, 0, Int.max, 0)
    var missing: [Int] = []
    for square in squares {
      let (row, column) = (square / squareColumns * side, square % squareColumns * side)
      (top, bottom) = (min(top, row), max(bottom, row + side))
      (left, right) = (min(left, column), max(right, column + side))
      for y in row..<min(mask.height, row + side) {
        for x in column..<min(mask.width, column + side) where !mask.observed[y * mask.width + x] {
          missing.append(y * mask.width + x)
        }
      }
    }
    rows = max(0, top - Self.margin)..<min(mask.height, bottom + Self.margin)
    columns = max(0, left - Self.margin)..<min(mask.width, right + Self.margin)
    self.missing = missing
  }
}

extension ImagePrior {
  /// Restores the missing pixels of a large picture from what surrounds them; nil if that is not worth it.
  ///
  /// - Parameters:
  ///   - observations: the observed pixels of the mask in its order.
  ///   - mask: which pixels are observed.
  /// - Returns: the picture with the observed values.
  /// - Throws: errors of ``inpaint(_:width:height:)``.
  package func inpaintMissing(
    _ observations: PixelObservations, _ mask: PixelMask
  ) throws -> Image? {
    guard observations.count == mask.observedCount, let regions = MissingRegion.all(in: mask)
    else { return nil }
    let width = mask.width
    // The number of observed pixels before each row.
    var before = [0]
    before.reserveCapacity(mask.height + 1)
    for row in 0..<mask.height {
      let count = mask.observed[row * width..<(row + 1) * width].reduce(0) { $0 + ($1 ? 1 : 0) }
      before.append(before[row] + count)
    }
    var result = Image(width: width, height: mask.height, channels: observations.channels)
      .pasting(observations)
    for region in regions {
      var points: [Int] = []
      for row in region.rows {
        var point = before[row]
        for column in 0..<region.columns.upperBound where mask.observed[row * width + column] {
          if region.columns.contains(column) { points.append(point) }
          point += 1
        }
      }
      guard !points.isEmpty else { return nil }
      var own = observations.selecting(points)
      for point in 0..<own.count {
        own.positions[2 * point] -= Float(region.rows.lowerBound)
        own.positions[2 * point + 1] -= Float(region.columns.lowerBound)
      }
      let restored = try inpaint(own, width: region.columns.count, height: region.rows.count)
        .rendered
      for pixel in region.missing {
        let row = pixel / width - region.rows.lowerBound
        let column = pixel % width - region.columns.lowerBound
        for channel in 0..<result.channels {
          result.values[pixel * result.channels + channel] = restored[row, column, channel]
        }
      }
    }
    return result
  }
}
