/// How much positions change when they are rounded to single precision.
struct SinglePrecision {
  /// The largest change of a coordinate; 0 where each is a number of single precision.
  let rounding: Double
  /// Whether the change is so small that nothing of the shape is lost: at most a millionth of its largest side.
  ///
  /// It is, unless the shape lies farther from the origin than about 16 times its size, as in coordinates of a map.
  let suffices: Bool

  /// The change of positions that form one shape.
  init(of positions: [SIMD3<Double>]) {
    var rounding = 0.0
    var low = positions.first ?? .zero
    var high = low
    for position in positions {
      let rounded = SIMD3<Double>(SIMD3<Float>(position))
      rounding = max(
        rounding, abs(rounded.x - position.x), abs(rounded.y - position.y),
        abs(rounded.z - position.z))
      low = pointwiseMin(low, position)
      high = pointwiseMax(high, position)
    }
    self.rounding = rounding
    suffices = rounding <= 1e-6 * (high - low).max()
  }
}
