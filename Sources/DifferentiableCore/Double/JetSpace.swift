/// The derivatives that a jet holds: the value, first derivatives, and sums of second derivatives.
///
/// A sum of second derivatives with constant factors, such as a Laplacian, passes through a network as one number
/// (forward Laplacian; Li et al. 2024, arXiv 2307.08214), whatever the number of coordinates.
public struct JetSpace: Sendable, Equatable {
  /// Number d of first derivatives; 0 for the value alone.
  public let dimensions: Int
  /// The factors of the second derivatives in each sum, `[d, d]` row-major.
  public let operators: [[Double]]

  /// The value, the first derivatives along d coordinates, and sums of second derivatives.
  public init(dimensions: Int, operators: [[Double]] = []) {
    precondition(
      dimensions >= 0 && operators.allSatisfy { $0.count == dimensions * dimensions },
      "factors of \(operators.map(\.count)) numbers for \(dimensions) coordinates")
    precondition(1 + dimensions + operators.count <= 64, "a jet has at most 64 numbers")
    self.dimensions = dimensions
    self.operators = operators
  }

  /// The value alone.
  public static let value = JetSpace(dimensions: 0)

  /// The value and the gradient in d coordinates.
  public static func gradient(_ dimensions: Int) -> JetSpace { JetSpace(dimensions: dimensions) }

  /// The value, the gradient and the Laplacian in d coordinates.
  public static func laplacian(_ dimensions: Int) -> JetSpace {
    JetSpace(
      dimensions: dimensions,
      operators: [diagonal([Double](repeating: 1, count: dimensions))])
  }

  /// The value, the gradient and every second derivative along one coordinate.
  public static func seconds(_ dimensions: Int) -> JetSpace {
    JetSpace(
      dimensions: dimensions,
      operators: (0..<dimensions).map { axis in
        diagonal((0..<dimensions).map { $0 == axis ? 1 : 0 })
      })
  }

  /// The factors of a sum of second derivatives that has no mixed ones.
  public static func diagonal(_ factors: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: factors.count * factors.count)
    for (index, factor) in factors.enumerated() { result[index * factors.count + index] = factor }
    return result
  }

  /// Numbers in a jet: 1 + d + operators.
  public var planes: Int { 1 + dimensions + operators.count }
}
