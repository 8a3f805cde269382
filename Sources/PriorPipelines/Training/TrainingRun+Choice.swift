import DatasetCatalog
import ImagePriors

extension TrainingRun {
  /// The kind of prior that suits a collection, and its pictures if they are open already.
  func chosenKind(
    _ catalog: Catalog, _ choice: TrainingPipelineSettings.ResidualNetworkChoice
  ) throws -> (kind: TrainingPipelineSettings.Kind, pictures: PipelinePictures?) {
    let records = try catalog.pictures(split: .train, state: .usable)
    let validation = try catalog.pictures(split: .validation, state: .usable)
    guard records.count >= CollectionAlignment.fewestTraining,
      validation.count >= CollectionAlignment.fewestValidation
    else {
      // Too few pictures to compare: those of different sizes that are large enough for windows are not aligned.
      let areLarge = records.allSatisfy { min($0.width, $0.height) >= 96 }
      let differ = Set(records.map { [$0.width, $0.height] }).count > 1
      guard areLarge && differ else { return (.subspace(.picture, choice), nil) }
      report(.notice(.fewPicturesOfManySizes))
      return (.grid, nil)
    }
    let pictures = try open(catalog)
    guard
      let alignment = try CollectionAlignment(
        training: pictures.training, validation: pictures.validation, seed: settings.seed)
    else { return (.subspace(.picture, choice), pictures) }
    report(.notice(.alignment(alignment)))
    return alignment.isAligned ? (.subspace(.picture, choice), pictures) : (.grid, nil)
  }
}
