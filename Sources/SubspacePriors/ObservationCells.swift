import Signals

/// Observations as the closed form takes them: those in one small cell averaged.
///
/// Up to `SubspacePrior.observationLimit` distinct positions are kept as they are, repeated ones
/// averaged; more are averaged in the cells of a grid of that many cells, so 100,000 points cost no
/// more than 4,096.
struct ObservationCells {
  /// `[n, 2]` in -1...1.
  let coordinates: [Float]
  /// `[n, c]`, 0...1.
  let values: [Double]
  /// Measurements each is the mean of, `[n]`.
  let counts: [Double]

  init(_ observations: PixelObservations, width: Int, height: Int) {
    let all = CoordinateGrid.points(of: observations, height: height, width: width)
    let exact = Self(all, observations.values, observations.channels) {
      SIMD2(Int($0.bitPattern), Int($1.bitPattern))
    }
    guard exact.counts.count > SubspacePrior.observationLimit else {
      self = exact
      return
    }
    let side = Float(SubspacePrior.observationLimit).squareRoot()
    self.init(all, observations.values, observations.channels) { row, column in
      // Positions half a pixel outside the picture belong to its outermost cells.
      let cell = { (value: Float) in Int(min(max((value + 1) / 2 * side, 0), side - 1)) }
      return SIMD2(cell(row), cell(column))
    }
  }

  /// Sums in the order of the cells, so that the order of the points does not matter beyond rounding.
  private init(
    _ all: [Float], _ seen: [Float], _ channels: Int, cell: (Float, Float) -> SIMD2<Int>
  ) {
    var members: [SIMD2<Int>: [Int]] = [:]
    for point in 0..<all.count / 2 {
      // Positions that are not finite are kept to be refused later.
      let (row, column) = (all[2 * point], all[2 * point + 1])
      let key = row.isFinite && column.isFinite ? cell(row, column) : SIMD2(-1, -1)
      members[key, default: []].append(point)
    }
    let order = members.keys.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    var coordinates: [Float] = []
    var values: [Double] = []
    var counts: [Double] = []
    for key in order {
      let points = members[key] ?? []
      let count = Double(points.count)
      for axis in 0..<2 {
        coordinates.append(
          Float(points.reduce(0.0) { $0 + Double(all[2 * $1 + axis]) } / count))
      }
      for channel in 0..<channels {
        values.append(points.reduce(0.0) { $0 + Double(seen[$1 * channels + channel]) } / count)
      }
      counts.append(count)
    }
    self.coordinates = coordinates
    self.values = values
    self.counts = counts
  }
}
