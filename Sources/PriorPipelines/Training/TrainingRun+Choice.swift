import DatasetCatalog
import ImagePriors

extension TrainingRun {
  /// The kind of prior that suits a collection.
  func chosenKind(
    _ catalog: Catalog, _ choice: TrainingPipelineSettings.ResidualNetworkChoice
  ) throws -> TrainingPipelineSettings.Kind {
    guard try !catalog.pictures(split: .train, state: .usable).isEmpty,
      try !catalog.pictures(split: .validation, state: .usable).isEmpty
    else { return .subspace(.picture, choice) }
    let pictures = try open(catalog)
    guard
      let alignment = try CollectionAlignment(
        training: pictures.training, validation: pictures.validation, seed: settings.seed)
    else { return .subspace(.picture, choice) }
    report(.notice(.alignment(alignment)))
    return alignment.isAligned ? .subspace(.picture, choice) : .grid
  }
}
