import DifferentiableCore

extension Siren {
  /// A network in double precision, its parameters rounded to single precision; nil unless its activation is a sine.
  public init?(rounding network: DoubleNetwork) {
    let shape = network.shape
    guard shape.activation == .sine else { return nil }
    let architecture = SirenArchitecture(
      coordinates: shape.coordinates, hiddenWidth: shape.width, hiddenLayers: shape.layers - 1,
      outputs: shape.outputs, omegaFirst: Float(shape.omegaFirst),
      omegaHidden: Float(shape.omegaHidden))
    self.init(
      architecture,
      parameters: Parameters(
        layout: Self.layout(of: architecture), values: network.parameters.map { Float($0) }))
  }
}
