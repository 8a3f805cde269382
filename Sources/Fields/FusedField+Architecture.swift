import DifferentiableCore

extension FusedField {
  /// Creates the kernels of a SIREN, or nil if they do not support its shape.
  package convenience init?(_ architecture: SirenArchitecture) {
    let layers = architecture.layers
    self.init(
      coordinates: architecture.coordinates, widths: layers.map(\.outputs),
      omegas: layers.map(\.omega))
  }
}
