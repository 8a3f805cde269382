import DifferentiableCore

extension ParameterViews {
  /// The same tensors as variables, without copying their values.
  package func tracked() -> ParameterViews {
    ParameterViews(
      layout: layout, tensors: layout.entries.map { self[$0.name].detached.tracked() })
  }
}
