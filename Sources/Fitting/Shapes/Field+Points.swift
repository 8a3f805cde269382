import Fields

extension Field {
  /// The values of a field of three coordinates, and its derivatives, at points in the order of the points.
  func evaluate(at points: [SIMD3<Double>], derivatives: FieldDerivatives) -> FieldBlock {
    var coordinates: [Float] = []
    coordinates.reserveCapacity(3 * points.count)
    for point in points {
      coordinates.append(Float(point.x))
      coordinates.append(Float(point.y))
      coordinates.append(Float(point.z))
    }
    return evaluate(at: coordinates, derivatives: derivatives)
  }
}
