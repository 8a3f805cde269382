import DifferentiableCore

/// A field with its first coordinate held fixed, such as one moment of a clip.
///
/// The gradient and the Laplacian are taken along the other coordinates.
public struct FieldSlice: Field {
  private let base: any Field
  /// The fixed coordinate, in the units of `base`.
  private let first: Double
  private let part: Part

  /// The quantity that the slice shows.
  public enum Part: Sendable {
    /// The value of the field.
    case value
    /// The derivative along the fixed coordinate, per unit of that coordinate.
    ///
    /// This part has no further derivatives.
    case rate
  }

  /// A power of two, which keeps the scaling exact; the first coordinate's share of a Laplacian becomes 2^-60.
  private static let shrink = 1.0 / Double(1 << 30)

  /// Creates a slice.
  ///
  /// - Parameters:
  ///   - base: a field of at least two coordinates.
  ///   - first: the fixed first coordinate, usually in -1...1.
  ///   - part: the quantity to show.
  public init(_ base: any Field, at first: Double, part: Part = .value) {
    precondition(
      base.coordinates >= 2, "a slice needs a field of 2 coordinates, not \(base.coordinates)")
    self.base = base
    self.first = first
    self.part = part
  }

  /// Number of coordinates: one fewer than the field has.
  public var coordinates: Int { base.coordinates - 1 }
  /// Number of values at each coordinate, as in the field.
  public var outputs: Int { base.outputs }
  /// Number of parameters of the field.
  public var parameterCount: Int { base.parameterCount }

  /// Evaluates the slice at many points.
  public func evaluate(at coordinates: [Float], derivatives: FieldDerivatives) -> FieldBlock {
    evaluate(at: coordinates.map { Double($0) }, derivatives: derivatives)
  }

  /// Evaluates the slice at many points.
  public func evaluate(at points: [Double], derivatives: FieldDerivatives) -> FieldBlock {
    let d = coordinates
    let count = points.count / d
    let shrinks = derivatives == .laplacian && part == .value
    let factor = shrinks ? Self.shrink : 1
    var all: [Double] = []
    all.reserveCapacity(count * (d + 1))
    for point in 0..<count {
      all.append(first / factor)
      all += points[point * d..<(point + 1) * d]
    }
    let field =
      shrinks
      ? base.scalingCoordinates(by: [Float(factor)] + [Float](repeating: 1, count: d)) : base
    let block = field.evaluate(at: all, derivatives: part == .rate ? .gradient : derivatives)
    var result = FieldBlock(points: 0..<count, coordinates: d, outputs: outputs, derivatives)
    for index in 0..<count * outputs {
      result.value[index] = part == .rate ? block.gradient[index * (d + 1)] : block.value[index]
      if part == .value, derivatives != .none {
        for axis in 0..<d {
          result.gradient[index * d + axis] = block.gradient[index * (d + 1) + 1 + axis]
        }
        if derivatives == .laplacian { result.laplacian[index] = block.laplacian[index] }
      }
    }
    return result
  }

  /// The slice with its remaining coordinates stretched.
  public func scalingCoordinates(by factors: [Float]) -> FieldSlice {
    FieldSlice(base.scalingCoordinates(by: [1] + factors), at: first, part: part)
  }
}
