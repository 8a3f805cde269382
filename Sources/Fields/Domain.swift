import Numerics

/// The points at which a constraint holds (the sets Omega_m of arXiv 2006.09661, equation 3).
public struct Domain: Sendable {
  /// Number of points at which a constraint is evaluated.
  public let pointCount: Int
  /// Number of coordinates of each point.
  public let coordinates: Int
  private let kind: Kind

  private enum Kind: Sendable {
    case computed(@Sendable (Int) -> [Float])
    case box([ClosedRange<Float>])
  }

  /// Creates a domain whose points are computed from their index.
  ///
  /// - Parameters:
  ///   - pointCount: number of points.
  ///   - coordinates: number d of coordinates of each.
  ///   - point: returns the d coordinates of point i; called on any thread.
  public init(pointCount: Int, coordinates: Int, point: @escaping @Sendable (Int) -> [Float]) {
    self.pointCount = pointCount
    self.coordinates = coordinates
    kind = .computed(point)
  }

  private init(box: [ClosedRange<Float>], count: Int) {
    pointCount = count
    coordinates = box.count
    kind = .box(box)
  }

  /// A domain of given points, `[n, d]`, row-major.
  public static func points(_ values: [Float], coordinates: Int) -> Domain {
    precondition(
      coordinates >= 1 && values.count % coordinates == 0,
      "\(values.count) values do not fill rows of \(coordinates) coordinates")
    return Domain(pointCount: values.count / coordinates, coordinates: coordinates) { point in
      Array(values[point * coordinates..<(point + 1) * coordinates])
    }
  }

  /// Points drawn uniformly from a box.
  ///
  /// Every step draws new points, which samples the integral of equation 3.
  ///
  /// - Parameters:
  ///   - ranges: one range per coordinate.
  ///   - count: points per step.
  public static func box(_ ranges: [ClosedRange<Float>], count: Int) -> Domain {
    precondition(!ranges.isEmpty && count >= 1, "a box of \(ranges.count) axes, \(count) points")
    return Domain(box: ranges, count: count)
  }

  /// The points of one step.
  struct Sample: Sendable {
    /// The index of each point within the domain, which identifies its target.
    let numbers: [Int]
    /// The points' coordinates, `[n, d]`.
    let coordinates: [Float]
  }

  /// Returns the points of one step; a box draws new points and ignores the batch size.
  ///
  /// - Parameter stream: keeps the draws of several domains apart.
  func sample(_ batch: PointBatch, stream: Int) -> Sample {
    switch kind {
    case .computed(let point):
      let numbers = batch.points(of: pointCount) ?? Array(0..<pointCount)
      return Sample(numbers: numbers, coordinates: numbers.flatMap(point))
    case .box(let ranges):
      var random = Xoshiro256(
        seed: batch.seed, .boxPoints, UInt64(max(0, batch.step)), UInt64(stream))
      let drawn = (0..<pointCount).flatMap { _ in ranges.map { random.uniform(in: $0) } }
      return Sample(numbers: Array(0..<pointCount), coordinates: drawn)
    }
  }
}
