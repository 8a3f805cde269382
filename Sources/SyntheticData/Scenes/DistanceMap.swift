/// Signed distances of the pixels of a rectangle from an outline, negative inside, in frame widths.
struct DistanceMap {
  /// Columns and rows of the frame that are covered; empty where the shape is outside the frame.
  private(set) var columns = 0..<0
  private(set) var rows = 0..<0
  private let size: Int
  private let pixel: Float
  private var values: [Float]

  /// Room for a frame of `size` by `size` pixels.
  init(size: Int) {
    self.size = size
    pixel = 1 / Float(size)
    values = [Float](repeating: 0, count: size * size)
  }

  /// The distance at a pixel of the rectangle.
  @inline(__always)
  subscript(column: Int, row: Int) -> Float {
    values[row * size + column]
  }

  /// The distance at the nearest pixel of the rectangle.
  @inline(__always)
  func nearest(_ column: Int, _ row: Int) -> Float {
    values[
      min(max(row, rows.lowerBound), rows.upperBound - 1) * size
        + min(max(column, columns.lowerBound), columns.upperBound - 1)]
  }

  private func span(_ low: Float, _ high: Float) -> Range<Int> {
    let first = min(max(Int((low * Float(size)).rounded(.down)), 0), size)
    let last = min(max(Int((high * Float(size)).rounded(.up)), first), size)
    return first..<last
  }

  /// Chooses the rectangle of a shape, with a margin around it.
  ///
  /// - Returns: whether any of it is inside the frame.
  mutating func frame(_ shape: SceneShape, margin: Float) -> Bool {
    let reach = shape.reach + margin
    if case .ridge(let heights) = shape.outline {
      columns = 0..<size
      rows = span((heights.min() ?? 0) - margin, 1)
    } else {
      columns = span(shape.centre.x - reach, shape.centre.x + reach)
      rows = span(shape.centre.y - reach, shape.centre.y + reach)
    }
    return !columns.isEmpty && !rows.isEmpty
  }

  /// Measures the distances of the rectangle's pixels.
  mutating func measure(_ shape: SceneShape, margin: Float) {
    switch shape.outline {
    case .ellipse(let axes):
      let inverse = SIMD2(1 / axes.x, 1 / axes.y)
      fill(shape) { place in
        let q = place * inverse
        let length = (q * q).sum().squareRoot()
        let gradient = q * inverse
        let steep = (gradient * gradient).sum().squareRoot()
        return steep > 1e-6 ? length * (length - 1) / steep : -axes.min()
      }
    case .lens(let radius, let offset):
      fill(shape) { place in
        let away = abs(place.y) + offset
        return (place.x * place.x + away * away).squareRoot() - radius
      }
    case .radial(let table):
      fill(shape) { table.distance($0) }
    case .polygon(let sides):
      fill(shape) { place in
        var distance = -Float.greatestFiniteMagnitude
        for side in sides {
          distance = max(distance, side.x * place.x + side.y * place.y - side.z)
        }
        return distance
      }
    case .strokes(let segments):
      measure(segments, about: shape, margin: margin)
    case .ridge(let heights):
      let scale = Float(heights.count - 1)
      for column in columns {
        let x = (Float(column) + 0.5) * pixel * scale
        let index = min(Int(x), heights.count - 2)
        let step = heights[index + 1] - heights[index]
        let height = heights[index] + step * (x - Float(index))
        let slope = step * scale
        let steepness = 1 / (1 + slope * slope).squareRoot()
        for row in rows {
          values[row * size + column] = (height - (Float(row) + 0.5) * pixel) * steepness
        }
      }
    }
  }

  @inline(__always)
  private mutating func fill(_ shape: SceneShape, _ distance: (SIMD2<Float>) -> Float) {
    for row in rows {
      let y = (Float(row) + 0.5) * pixel - shape.centre.y
      for column in columns {
        let x = (Float(column) + 0.5) * pixel - shape.centre.x
        let place = SIMD2(
          x * shape.turn.x + y * shape.turn.y, y * shape.turn.x - x * shape.turn.y)
        let outer = distance(place)
        values[row * size + column] =
          shape.rim > 0 ? abs(outer + shape.rim / 2) - shape.rim / 2 : outer
      }
    }
  }

  /// Strokes have boxes of their own, so that a long thin one costs little.
  private mutating func measure(
    _ segments: [SceneShape.Segment], about shape: SceneShape, margin: Float
  ) {
    for row in rows {
      for column in columns { values[row * size + column] = 1 }
    }
    for segment in segments {
      let radius = max(segment.startRadius, segment.endRadius) + margin
      let start = segment.start + shape.centre
      let end = segment.end + shape.centre
      let along = end - start
      let scale = 1 / max((along * along).sum(), 1e-12)
      let difference = segment.endRadius - segment.startRadius
      let high = pointwiseMax(start, end) + radius
      let low = pointwiseMin(start, end) - radius
      for row in span(low.y, high.y).clamped(to: rows) {
        let y = (Float(row) + 0.5) * pixel - start.y
        for column in span(low.x, high.x).clamped(to: columns) {
          let x = (Float(column) + 0.5) * pixel - start.x
          let part = saturate((x * along.x + y * along.y) * scale)
          let fromX = x - part * along.x
          let fromY = y - part * along.y
          let distance =
            (fromX * fromX + fromY * fromY).squareRoot() - segment.startRadius - part * difference
          let index = row * size + column
          values[index] = min(values[index], distance)
        }
      }
    }
  }
}
