/// The scalar product.
package func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }

/// The vector product.
package func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// The Euclidean length.
package func length(_ a: SIMD3<Double>) -> Double { dot(a, a).squareRoot() }

/// The vector of length 1 in the same direction; zero for a vector without direction.
package func normalized(_ a: SIMD3<Double>) -> SIMD3<Double> {
  let size = length(a)
  return size > 0 && size.isFinite ? a / size : .zero
}
