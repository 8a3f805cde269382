import DatasetCatalog
import ImagePriors

extension TrainingRun {
  /// The kind of prior that suits a collection.
  func chosenKind(
    _ catalog: Catalog, _ choice: TrainingPipelineSettings.ResidualNetworkChoice
  ) throws -> TrainingPipelineSettings.Kind {
    let records = try catalog.pictures(split: .train, state: .usable)
    let validation = try catalog.pictures(split: .validation, state: .usable)
    guard records.count >= CollectionAlignment.fewestTraining,
      validation.count >= CollectionAlignment.fewestValidation
    else {
      // Too few pictures to compare: those of different sizes that are large enough for windows are not aligned.
      let areLarge = records.allSatisfy { min($0.width, $0.height) >= 96 }
      let differ = Set(records.map { [$0.width, $0.height] }).count > 1
      guard areLarge && differ else { return .subspace(.picture, choice) }
      report(.notice(.fewPicturesOfManySizes))
      return .grid
    }
    let pictures = try open(catalog)
    guard
      let alignment = try CollectionAlignment(
        training: pictures.training, validation: pictures.validation, seed: settings.seed)
    else { return .subspace(.picture, choice) }
    report(.notice(.alignment(alignment)))
    return alignment.isAligned ? .subspace(.picture, choice) : .grid
  }
}
