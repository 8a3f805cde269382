import DifferentiableCore

/// The derivatives of a field that are computed besides its value.
public enum FieldDerivatives: Sendable, Equatable, CaseIterable {
  /// The value alone.
  case none
  /// The value and its derivative along every coordinate.
  case gradient
  /// The value, its gradient, and its Laplacian: the sum of the second derivatives along each
  /// coordinate.
  case laplacian
}

/// A field, or the derivative of a loss with respect to it, at consecutive points of a problem.
public struct FieldBlock: Sendable, Equatable {
  /// The range of points in the problem.
  public let points: Range<Int>
  /// Number d of coordinates.
  public let coordinates: Int
  /// Number c of channels.
  public let outputs: Int
  /// The values, `[n, c]`, row-major.
  public var value: [Float]
  /// The gradient, `[n, c, d]`, per coordinate unit; empty unless requested.
  public var gradient: [Float]
  /// The Laplacian, `[n, c]`, per coordinate unit squared; empty unless requested.
  public var laplacian: [Float]

  /// Creates a block of zeros.
  public init(points: Range<Int>, coordinates: Int, outputs: Int, _ derivatives: FieldDerivatives) {
    self.points = points
    self.coordinates = coordinates
    self.outputs = outputs
    let count = points.count * outputs
    value = [Float](repeating: 0, count: count)
    gradient = [Float](repeating: 0, count: derivatives == .none ? 0 : count * coordinates)
    laplacian = [Float](repeating: 0, count: derivatives == .laplacian ? count : 0)
  }

  /// Creates a block from a tile of the fused kernels.
  init(points: Range<Int>, coordinates: Int, outputs: Int, _ values: FieldTileValues) {
    self.points = points
    self.coordinates = coordinates
    self.outputs = outputs
    value = values.value
    gradient = values.gradient
    laplacian = values.laplacian
  }

  /// Replaces the values at some of the block's points.
  mutating func replace(by part: FieldBlock) {
    let (first, last) = (part.points.lowerBound - points.lowerBound, part.points.count)
    let replace = { (all: inout [Float], own: [Float], width: Int) in
      if own.isEmpty { return }
      all.replaceSubrange(first * width..<(first + last) * width, with: own)
    }
    replace(&value, part.value, outputs)
    replace(&gradient, part.gradient, outputs * coordinates)
    replace(&laplacian, part.laplacian, outputs)
  }
}
