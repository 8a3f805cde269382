import Signals

/// Linear interpolation in the Delaunay triangles of the observations.
///
/// It agrees with `scipy.interpolate.griddata` with `method="linear"`. Pixels outside the convex hull take
/// the value of the nearest observation, and of the leftmost and then uppermost one of several.
///
/// Positions are rounded to 1/1024 of a pixel, which makes the triangulation exact. Observations that
/// then coincide are averaged. If there is no triangle, because there are fewer than three observations
/// or all are on one line, every pixel takes the nearest observation.
public struct LinearInterpolation: InpaintingMethod {
  /// `linear`.
  public let name = "linear"
  private static let stepsPerPixel: Int64 = 1_024

  /// The method needs no preparation.
  public init() {}

  /// The interpolated picture.
  ///
  /// - Throws: `InpaintingMethodError` if no pixel is observed or an observation is invalid.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    try observations.validate(for: name, width: width, height: height)
    let sites = Sites(observations, stepsPerPixel: Self.stepsPerPixel)
    var image = Image(width: width, height: height, channels: observations.channels)
    var isFilled = [Bool](repeating: false, count: width * height)
    for (a, b, c) in DelaunayTriangulation(sorted: sites.points).triangles {
      fill(sites, a, b, c, &image, &isFilled)
    }
    guard isFilled.contains(false) else { return InpaintingEstimate(image: image) }
    let index = PlanarPointIndex(positions: sites.positions(stepsPerPixel: Self.stepsPerPixel))
    for pixel in isFilled.indices where !isFilled[pixel] {
      let point = index.nearest(row: Double(pixel / width), column: Double(pixel % width))
      for channel in 0..<image.channels {
        image.values[pixel * image.channels + channel] = Float(sites.value(point, channel))
      }
    }
    return InpaintingEstimate(image: image)
  }

  /// Fills the pixels in one triangle including its edges, where neighbouring triangles agree.
  private func fill(
    _ sites: Sites, _ first: Int, _ second: Int, _ third: Int, _ image: inout Image,
    _ isFilled: inout [Bool]
  ) {
    let steps = Self.stepsPerPixel
    let (a, b, c) = (sites.points[first], sites.points[second], sites.points[third])
    let area = Double(DelaunayTriangulation.signedArea(a, b, c))
    let top = max(0, Int((Double(min(a.y, b.y, c.y)) / Double(steps)).rounded(.up)))
    let bottom = min(
      image.height - 1, Int((Double(max(a.y, b.y, c.y)) / Double(steps)).rounded(.down)))
    guard top <= bottom else { return }
    for row in top...bottom {
      let y = Int64(row) * steps
      // The span of the row is computed in floating point, one pixel too wide, and each pixel is then
      // tested exactly. The cost of a long thin triangle is that of its pixels, not of its bounding box.
      var (low, high) = (Double.infinity, -Double.infinity)
      for (p, q) in [(a, b), (b, c), (c, a)] where min(p.y, q.y) <= y && y <= max(p.y, q.y) {
        let span = Double(q.y - p.y)
        let crossings =
          p.y == q.y
          ? [Double(p.x), Double(q.x)] : [Double(p.x) + Double(q.x - p.x) * Double(y - p.y) / span]
        for crossing in crossings {
          low = min(low, crossing / Double(steps))
          high = max(high, crossing / Double(steps))
        }
      }
      guard low <= high else { continue }
      let left = max(0, Int(low.rounded(.down)))
      let right = min(image.width - 1, Int(high.rounded(.up)))
      guard left <= right else { continue }
      for column in left...right {
        let pixel = LatticePoint(x: Int64(column) * steps, y: y)
        let ofA = DelaunayTriangulation.signedArea(pixel, b, c)
        let ofB = DelaunayTriangulation.signedArea(a, pixel, c)
        let ofC = DelaunayTriangulation.signedArea(a, b, pixel)
        guard ofA >= 0, ofB >= 0, ofC >= 0 else { continue }
        isFilled[row * image.width + column] = true
        for channel in 0..<image.channels {
          let sum =
            Double(ofA) * sites.value(first, channel)
            + Double(ofB) * sites.value(second, channel) + Double(ofC) * sites.value(third, channel)
          image[row, column, channel] = Float(sum / area)
        }
      }
    }
  }

  /// Observations at distinct lattice points, sorted by x and then y.
  private struct Sites {
    var points: [LatticePoint] = []
    private var values: [Double] = []
    private let channels: Int

    init(_ observations: PixelObservations, stepsPerPixel: Int64) {
      channels = observations.channels
      func steps(_ position: Float) -> Int64 {
        Int64((Double(position) * Double(stepsPerPixel)).rounded())
      }
      let all = (0..<observations.count).map { index in
        LatticePoint(
          x: steps(observations.positions[2 * index + 1]),
          y: steps(observations.positions[2 * index]))
      }
      let order = all.indices.sorted { (all[$0].x, all[$0].y, $0) < (all[$1].x, all[$1].y, $1) }
      var start = 0
      while start < order.count {
        let point = all[order[start]]
        let end = order[start...].firstIndex { all[$0] != point } ?? order.count
        points.append(point)
        for channel in 0..<channels {
          let sum = order[start..<end].reduce(0.0) {
            $0 + Double(observations.values[$1 * channels + channel])
          }
          values.append(sum / Double(end - start))
        }
        start = end
      }
    }

    func value(_ point: Int, _ channel: Int) -> Double { values[point * channels + channel] }

    /// `[n, 2]`, each (row, column) in pixels.
    func positions(stepsPerPixel: Int64) -> [Float] {
      points.flatMap {
        [Float(Double($0.y) / Double(stepsPerPixel)), Float(Double($0.x) / Double(stepsPerPixel))]
      }
    }
  }
}
