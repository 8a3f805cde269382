import Numerics

extension PointCloud {
  /// The cloud without points at the position of an earlier one.
  public var distinct: PointCloud {
    var seen = Set<SIMD3<Double>>()
    seen.reserveCapacity(points.count)
    return keeping(points.indices.filter { seen.insert(points[$0] + SIMD3<Double>.zero).inserted })
  }

  /// A random part of the cloud in its own order; all of it if it has no more points.
  ///
  /// - Parameter seed: the seed of the choice.
  public func sampled(_ count: Int, seed: UInt64) -> PointCloud {
    guard count < points.count else { return self }
    var random = Xoshiro256(seed: seed, .surfacePoints)
    return keeping(random.sample(count, of: points.count).sorted())
  }

  private func keeping(_ indices: [Int]) -> PointCloud {
    if indices.count == points.count { return self }
    return PointCloud(
      points: indices.map { points[$0] }, normals: normals.map { all in indices.map { all[$0] } })
  }
}
