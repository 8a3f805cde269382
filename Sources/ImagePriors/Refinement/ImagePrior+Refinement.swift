import Signals

extension ImagePrior {
  /// The refined network that fits the observations; see ``FieldRefinement``.
  ///
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int,
    refinedBy refinement: FieldRefinement
  ) throws -> FieldRefinement.Result {
    try refinement.field(
      explaining: observations, width: width, height: height,
      generatedBy: { try field(explaining: $0, width: width, height: height) })
  }
}
