import DifferentiableCore

/// What is computed of a field beside its value.
public enum FieldDerivatives: Sendable, Equatable, CaseIterable {
  /// The value alone.
  case none
  /// The value and its derivative along every coordinate.
  case gradient
  /// The value, its gradient, and its Laplacian: the sum of the second derivatives along each
  /// coordinate.
  case laplacian
}

/// A field, or a loss's derivative with respect to it, at some consecutive points of a problem.
public struct FieldBlock: Sendable, Equatable {
  /// Which points of the problem these are.
  public let points: Range<Int>
  /// Number d of coordinates.
  public let coordinates: Int
  /// Number c of channels.
  public let outputs: Int
  /// `[n, c]`, row-major.
  public var value: [Float]
  /// `[n, c, d]`, per coordinate unit; empty unless asked for.
  public var gradient: [Float]
  /// `[n, c]`, per coordinate unit squared; empty unless asked for.
  public var laplacian: [Float]

  /// Zeros.
  public init(points: Range<Int>, coordinates: Int, outputs: Int, _ derivatives: FieldDerivatives) {
    self.points = points
    self.coordinates = coordinates
    self.outputs = outputs
    let count = points.count * outputs
    value = [Float](repeating: 0, count: count)
    gradient = [Float](repeating: 0, count: derivatives == .none ? 0 : count * coordinates)
    laplacian = [Float](repeating: 0, count: derivatives == .laplacian ? count : 0)
  }

  /// A tile of the fused kernels.
  init(points: Range<Int>, coordinates: Int, outputs: Int, _ values: FieldTileValues) {
    self.points = points
    self.coordinates = coordinates
    self.outputs = outputs
    value = values.value
    gradient = values.gradient
    laplacian = values.laplacian
  }

  /// Takes over the values of some of its points.
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
