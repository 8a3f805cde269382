/// A function from coordinates to values, represented by a network or a grid of networks.
public protocol Field: Sendable {
  /// Number d of coordinates.
  var coordinates: Int { get }
  /// Number c of values at each coordinate.
  var outputs: Int { get }
  /// Number of weights and biases.
  var parameterCount: Int { get }

  /// Evaluates the field at many points.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: the derivatives to compute besides the value.
  func evaluate(at coordinates: [Float], derivatives: FieldDerivatives) -> FieldBlock

  /// Evaluates the field at many points whose coordinates need more than single precision.
  ///
  /// A single network rounds the coordinates. A grid of networks distinguishes samples whose coordinates are equal in
  /// single precision, as happens in long sounds.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: the derivatives to compute besides the value.
  func evaluate(at coordinates: [Double], derivatives: FieldDerivatives) -> FieldBlock

  /// The field `u -> self(factors * u)`, with one factor per coordinate.
  ///
  /// Its derivatives are taken along `u`.
  func scalingCoordinates(by factors: [Float]) -> Self
}

extension Siren: Field {
  /// Number of coordinates.
  public var coordinates: Int { architecture.coordinates }
  /// Number of values at each coordinate.
  public var outputs: Int { architecture.outputs }
  /// Number of weights and biases.
  public var parameterCount: Int { architecture.parameterCount }

  /// Evaluates the field at many points, rounding their coordinates to single precision.
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

/// A field whose values can be scaled and shifted exactly.
public protocol AffineField: Field {
  /// The field `x -> scale * self(x) + offset`.
  ///
  /// - Parameters:
  ///   - scale: the factor on all channels.
  ///   - offset: one offset per channel.
  func mappingValues(scale: Float, offset: [Float]) -> Self
}

extension Siren: AffineField {}
extension SirenGrid: AffineField {}
