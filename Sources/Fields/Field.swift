/// A function from coordinates to values that a network, or a grid of networks, holds.
public protocol Field: Sendable {
  /// Number d of coordinates.
  var coordinates: Int { get }
  /// Number c of values at each coordinate.
  var outputs: Int { get }
  /// Number of weights and biases.
  var parameterCount: Int { get }

  /// The field at many points.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: what to compute beside the value.
  func evaluate(at coordinates: [Float], derivatives: FieldDerivatives) -> FieldBlock

  /// The field at many points whose coordinates need more than single precision.
  ///
  /// A single network rounds them. A grid of networks keeps samples apart whose coordinates are the same in single
  /// precision, as those of a long sound are.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: what to compute beside the value.
  func evaluate(at coordinates: [Double], derivatives: FieldDerivatives) -> FieldBlock

  /// The field `u -> self(factors * u)`, one factor per coordinate; its derivatives are those along `u`.
  func scalingCoordinates(by factors: [Float]) -> Self
}

extension Siren: Field {
  /// Number of coordinates.
  public var coordinates: Int { architecture.coordinates }
  /// Number of values at each coordinate.
  public var outputs: Int { architecture.outputs }
  /// Number of weights and biases.
  public var parameterCount: Int { architecture.parameterCount }

  /// The field at many points, their coordinates rounded to single precision.
  public func evaluate(at coordinates: [Double], derivatives: FieldDerivatives) -> FieldBlock {
    evaluate(at: coordinates.map { Float($0) }, derivatives: derivatives)
  }
}

extension SirenGrid: Field {
  /// Number of coordinates.
  public var coordinates: Int { architecture.coordinates }
  /// Number of values at each coordinate.
  public var outputs: Int { architecture.outputs }
}
