import CommandSupport
import DatasetCatalog
import ImagePriors
import InpaintingEvaluation
import Numerics
import Signals

extension EvaluateCommand {
  /// What the model is compared with: methods made of the same pictures.
  func simpleMethods(
    of collection: Catalog, for prior: any ImagePrior, _ progress: ProgressReporter
  ) throws -> [any InpaintingMethod] {
    let training = try open(
      .train, of: collection, for: prior, windows: Self.windowCounts.training
    ).pictures
    // The regularization of the Gaussian posterior is chosen on these; a few pictures may have none.
    let hasValidation = try !collection.pictures(split: .validation, state: .usable).isEmpty
    let validation =
      prior.scope == .window && !hasValidation
      ? training
      : try open(
        .validation, of: collection, for: prior, windows: Self.windowCounts.validation
      ).pictures
    return try simpleMethods(
      PictureShape(width: prior.imageSize, height: prior.imageSize, channels: prior.channels),
      training, validation: validation, progress)
  }

  private func simpleMethods(
    _ shape: PictureShape, _ training: any TrainingPictures, validation: any TrainingPictures,
    _ progress: ProgressReporter
  ) throws -> [any InpaintingMethod] {
    var methods: [any InpaintingMethod] = [
      try MeanPicture(
        shape: shape, pictureCount: training.count, picture: { try training.values(at: $0) }),
      NearestNeighbour(), LinearInterpolation(), BiharmonicInpainting(),
    ]
    if shape.valueCount <= GaussianPosterior.valueLimit {
      methods.append(try gaussian(shape, training, validation))
    } else {
      progress.message(
        "the Gaussian posterior is left out: its covariance has \(shape.valueCount)^2 entries")
    }
    return methods
  }

  private func gaussian(
    _ shape: PictureShape, _ training: any TrainingPictures, _ validation: any TrainingPictures
  ) throws -> GaussianPosterior {
    let fitted = try GaussianPosterior(
      shape: shape, pictureCount: training.count, picture: { try training.values(at: $0) })
    let pictures = try (0..<min(40, validation.count)).map { index in
      Image(
        width: shape.width, height: shape.height, channels: shape.channels,
        values: try validation.values(at: index))
    }
    let contexts = [10, 100].filter { $0 < shape.width * shape.height }
    return try fitted.selectingRegularization(
      pictures: pictures, contextSizes: contexts, seed: seed)
  }

  /// The pictures of a split as the model knows them, with their names: whole ones of its size, or
  /// windows of that size.
  ///
  /// - Parameter windows: how many windows are cut at most.
  func open(
    _ split: Split, of collection: Catalog, for prior: any ImagePrior, windows: Int
  ) throws -> (pictures: any TrainingPictures, names: [String]) {
    switch prior.scope {
    case .picture:
      let cache = try PixelCache.open(
        catalog: collection, split: split, size: prior.imageSize, channels: prior.channels,
        threads: Parallel.threadCount)
      return (cache, cache.paths)
    case .window:
      let cut = try PictureWindows.cut(
        catalog: collection, split: split, size: prior.imageSize, channels: prior.channels,
        limit: windows, seed: seed, threads: Parallel.threadCount)
      return (cut, cut.names)
    }
  }

  /// Draws the model's best, median and worst picture, a row each.
  func writeSheet(
    _ table: EvaluationTable, _ model: any InpaintingMethod, _ pictures: [Image], points: Int,
    to path: String
  ) throws {
    let rows = try table.bestMedianWorst(method: model.name, points: points).map { result in
      let truth = pictures[result.image]
      let observations = RandomContext.observations(
        of: truth, imageIndex: result.image, count: points, seed: seed, kind: maskKind)
      let restored = try model.reconstruct(observations, width: truth.width, height: truth.height)
      return InpaintingSheet.row(observations, result: restored.image, truth: truth)
    }
    try ImageFile.writePNG(
      InpaintingSheet.compose(rows), to: path, overwrite: overwrite.force)
  }
}
