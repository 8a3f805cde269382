import CommandSupport
import DatasetCatalog
import HyperPrior
import Signals

extension EvaluateCommand {
  /// What the model is compared with.
  func simpleMethods(
    _ shape: PictureShape, _ training: PixelCache, validation: PixelCache,
    _ progress: ProgressReporter
  ) throws -> [any Reconstructor] {
    var methods: [any Reconstructor] = [
      try MeanPicture(
        shape: shape, pictureCount: training.count, picture: { training.values(at: $0) }),
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
    _ shape: PictureShape, _ training: PixelCache, _ validation: PixelCache
  ) throws -> GaussianPosterior {
    let fitted = try GaussianPosterior(
      shape: shape, pictureCount: training.count, picture: { training.values(at: $0) })
    let pictures = (0..<min(40, validation.count)).map { index in
      Image(
        width: shape.width, height: shape.height, channels: shape.channels,
        values: validation.values(at: index))
    }
    let contexts = [10, 100].filter { $0 < shape.width * shape.height }
    return try fitted.selectingRegularization(
      pictures: pictures, contextSizes: contexts, seed: seed)
  }

  /// Draws the model's best, median and worst picture, a row each.
  func writeSheet(
    _ table: EvaluationTable, _ model: any Reconstructor, _ pictures: [Image], points: Int,
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
