import Foundation

/// The winding number of vectors at points, as a linear map, with its transpose and its gradient.
///
/// With r the offset from x to a point, the field is the sum of `m . r / (4 pi |r|^3)`. A point does not act on itself.
/// `|r|^2` is increased by the square of a smoothing width. Distant points are summed by nodes of a tree.
struct WindingField: Sendable {
  private let cloud: CloudDistance
  private let tree: BoundsTree
  /// The median distance between neighbours.
  private let spacing: Double

  init(_ cloud: CloudDistance) {
    self.cloud = cloud
    tree = BoundsTree(count: cloud.points.count, leafSize: 8) {
      (cloud.points[$0], cloud.points[$0])
    }
    let sorted = cloud.spacings.sorted()
    spacing = sorted.isEmpty ? 1 : sorted[sorted.count / 2] / 2
  }

  /// Vectors (area times normal) whose winding number is consistent; see ``PointNormals``.
  func consistentVectors(iterations: Int) -> [SIMD3<Double>] {
    let count = cloud.points.count
    var vectors = [SIMD3<Double>](repeating: .zero, count: count)
    for iteration in 0..<iterations {
      // From a few spacings to one.
      let progress = Double(iteration) / Double(max(1, iterations - 1))
      let width = spacing * (5 * (1 - progress) + 1 * progress)
      // One step of steepest descent on |A m - 1/2|^2.
      let values = windingNumbers(vectors, width)
      let residual = transpose(values.map { 0.5 - $0 }, width)
      let along = windingNumbers(residual, width)
      let power = along.reduce(0) { $0 + $1 * $1 }
      if power > 0 {
        let step = residual.reduce(0) { $0 + dot($1, $1) } / power
        for index in 0..<count { vectors[index] += residual[index] * step }
      }
      let slopes = gradients(vectors, width, at: cloud.points, skippingSelf: true)
      for index in 0..<count {
        let direction = normalized(slopes[index])
        if direction != .zero { vectors[index] = direction * -length(vectors[index]) }
      }
    }
    return vectors
  }

  /// The given directions, each with the sign in which the winding number decreases.
  ///
  /// - Parameter smoothing: the smoothing width in spacings.
  func directions(
    _ vectors: [SIMD3<Double>], at points: [SIMD3<Double>], planes: [SIMD3<Double>],
    smoothing: Double = 1
  ) -> [SIMD3<Double>] {
    let slopes = gradients(
      vectors, smoothing * spacing, at: points,
      skippingSelf: points.count == cloud.points.count)
    return zip(planes, slopes).map { plane, slope in
      dot(plane, slope) <= 0 ? plane : -plane
    }
  }

  private func windingNumbers(_ vectors: [SIMD3<Double>], _ width: Double) -> [Double] {
    let sums = DipoleSums(tree, moments: vectors, positions: cloud.points)
    let softening = width * width
    return ParallelPieces.map(cloud.points.count, piece: 128) { target in
      let point = cloud.points[target]
      var total = 0.0
      sums.walk(
        tree, at: point,
        far: { moment, offset, squared in
          let soft = squared + softening
          total += dot(moment.vector, offset) / (soft * soft.squareRoot())
        },
        near: { item in
          guard item != target else { return }
          let offset = cloud.points[item] - point
          let soft = dot(offset, offset) + softening
          total += dot(vectors[item], offset) / (soft * soft.squareRoot())
        })
      return total / (4 * Double.pi)
    }
  }

  /// The transposed map: from one number per point to one vector per point.
  private func transpose(_ values: [Double], _ width: Double) -> [SIMD3<Double>] {
    // The number is carried as the length of a vector along x, whose sums the nodes hold.
    let carriers = values.map { SIMD3($0, 0, 0) }
    let sums = DipoleSums(tree, moments: carriers, positions: cloud.points)
    let softening = width * width
    return ParallelPieces.map(cloud.points.count, piece: 128) { target in
      let point = cloud.points[target]
      var total = SIMD3<Double>.zero
      sums.walk(
        tree, at: point,
        far: { moment, offset, squared in
          let soft = squared + softening
          total -= offset * (moment.vector.x / (soft * soft.squareRoot()))
        },
        near: { item in
          guard item != target else { return }
          let offset = cloud.points[item] - point
          let soft = dot(offset, offset) + softening
          total -= offset * (values[item] / (soft * soft.squareRoot()))
        })
      return total / (4 * Double.pi)
    }
  }

  /// The gradient of the winding number at points.
  private func gradients(
    _ vectors: [SIMD3<Double>], _ width: Double, at points: [SIMD3<Double>], skippingSelf: Bool
  ) -> [SIMD3<Double>] {
    let sums = DipoleSums(tree, moments: vectors, positions: cloud.points)
    let softening = width * width
    return ParallelPieces.map(points.count, piece: 128) { target in
      let point = points[target]
      var total = SIMD3<Double>.zero
      let add = { (vector: SIMD3<Double>, offset: SIMD3<Double>, squared: Double) in
        let soft = squared + softening
        let cube = soft * soft.squareRoot()
        total += offset * (3 * dot(vector, offset) / (soft * cube)) - vector / cube
      }
      sums.walk(
        tree, at: point, far: { add($0.vector, $1, $2) },
        near: { item in
          guard !skippingSelf || item != target else { return }
          let offset = cloud.points[item] - point
          add(vectors[item], offset, dot(offset, offset))
        })
      return total / (4 * Double.pi)
    }
  }
}
