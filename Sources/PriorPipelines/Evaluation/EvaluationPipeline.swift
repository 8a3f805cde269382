import DatasetCatalog
import ImagePriors
import InpaintingEvaluation
import Numerics
import Signals

/// What an evaluation reports while it works.
public enum EvaluationPipelineEvent: Sendable, Equatable {
  /// The Gaussian posterior is left out, as its covariance of so many values squared is too large.
  case gaussianPosteriorLeftOut(values: Int)
  /// So many of so many comparisons are made, or pictures measured.
  case progressed(completed: Int, total: Int)
}

/// The pictures that an evaluation looks at, as the prior knows them.
public struct EvaluationPictures: Sendable {
  /// Square pictures of the prior's size and channels, or windows of that size.
  public let images: [Image]
  /// Their names, in the same order; there may be more.
  public let names: [String]
}

/// One picture of an evaluation: what was shown, what came of it, and the truth.
public struct InpaintingExample: Sendable {
  /// What was observed.
  public let observations: PixelObservations
  /// What a method made of it.
  public let result: Image
  /// The picture.
  public let truth: Image
}

/// Evaluates a prior on a collection: opens pictures as the prior knows them, makes the simple methods of
/// the collection's training pictures, and compares.
///
/// ```swift
/// let evaluation = try EvaluationPipeline(
///   prior, model: "prior.safetensors", on: CollectionLocation(directory: "faces"), seed: 1)
/// let pictures = try evaluation.pictures(of: .test)
/// let table = try evaluation.compare(pictures, contextSizes: [10, 100], withSimpleMethods: true)
/// ```
public struct EvaluationPipeline: Sendable {
  private let prior: any ImagePrior
  private let model: String
  private let catalog: Catalog
  private let seed: UInt64

  /// An evaluation of a prior on a collection that has a catalog.
  ///
  /// - Parameters:
  ///   - prior: to evaluate.
  ///   - model: the prior's file, for messages.
  ///   - location: of the collection.
  ///   - seed: decides which pixels are observed, and where windows are cut.
  /// - Throws: `CatalogError`.
  public init(
    _ prior: any ImagePrior, model: String, on location: CollectionLocation, seed: UInt64
  ) throws {
    self.prior = prior
    self.model = model
    catalog = try Catalog.open(
      directory: location.directory, catalogPath: location.catalogPath)
    self.seed = seed
  }

  /// The pictures of a split, or for a prior of windows some windows of them.
  ///
  /// - Parameters:
  ///   - split: which part of the collection.
  ///   - limit: the most pictures; nil for all, or for 200 windows.
  /// - Throws: `CatalogError`.
  public func pictures(of split: Split, limit: Int? = nil) throws -> EvaluationPictures {
    let (opened, names) = try open(split, windows: limit ?? WindowCounts.test)
    return EvaluationPictures(
      images: try images(of: opened, limit: limit ?? .max), names: names)
  }

  /// How many pixels are observed where a share or number is asked for, of pictures of the prior's size.
  ///
  /// - Parameters:
  ///   - fractions: of the pixels.
  ///   - kind: half observes a half, whatever the fractions.
  public func contextSizes(_ fractions: [SampleFraction], kind: MaskKind) -> [Int] {
    let size = prior.imageSize
    if kind == .half { return [size * size - size * (size / 2)] }
    return fractions.map { $0.count(ofPixels: size * size) }
  }

  /// Compares the prior with the simple methods, and with itself after refinement.
  ///
  /// - Parameters:
  ///   - pictures: at least one.
  ///   - contextSizes: observed pixels, each at least 1.
  ///   - kind: what the hidden part of a picture looks like.
  ///   - withSimpleMethods: whether the simple methods are made and compared with.
  ///   - refinement: nil for no comparison with refined networks.
  ///   - report: told what happens, on the calling thread.
  /// - Throws: `CatalogError`, `PriorError`, `InpaintingMethodError`, or `LinearAlgebraError` for values that
  ///   are not finite.
  public func compare(
    _ pictures: EvaluationPictures, contextSizes: [Int], kind: MaskKind = .random,
    withSimpleMethods: Bool, refinement: FieldRefinement? = nil,
    report: (EvaluationPipelineEvent) -> Void = { _ in }
  ) throws -> EvaluationTable {
    var methods = withSimpleMethods ? try simpleMethods(report) : []
    methods.append(PriorMethod(prior))
    if let refinement { methods.append(RefinedPriorMethod(prior, refinement)) }
    return try EvaluationTable(
      methods: methods, pictures: pictures.images, contextSizes: contextSizes, seed: seed,
      kind: kind, progress: { report(.progressed(completed: $0, total: $1)) })
  }

  /// Compares points that the prior proposes with random ones.
  ///
  /// - Parameters:
  ///   - pictures: at least one.
  ///   - contextSizes: numbers of points to report.
  ///   - report: told what happens, on the calling thread.
  /// - Throws: `NoPosterior`, or `PriorError`.
  public func compareMeasuring(
    _ pictures: EvaluationPictures, contextSizes: [Int],
    report: (EvaluationPipelineEvent) -> Void = { _ in }
  ) throws -> ActiveEvaluation {
    try ActiveEvaluation(
      posteriors: try prior.posteriors(for: .measuring, model: model), pictures: pictures.images,
      counts: contextSizes, seed: seed,
      progress: { report(.progressed(completed: $0, total: $1)) })
  }

  /// The prior's best, median and worst picture of a comparison, restored once more.
  ///
  /// - Parameters:
  ///   - table: of the comparison.
  ///   - pictures: that were compared.
  ///   - points: one of its context sizes.
  ///   - kind: of its masks.
  /// - Throws: what the prior throws.
  public func bestMedianWorst(
    of table: EvaluationTable, _ pictures: EvaluationPictures, points: Int, kind: MaskKind
  ) throws -> [InpaintingExample] {
    let method = PriorMethod(prior)
    return try table.bestMedianWorst(method: method.name, points: points).map { result in
      let truth = pictures.images[result.image]
      let observations = RandomContext.observations(
        of: truth, imageIndex: result.image, count: points, seed: seed, kind: kind)
      let restored = try method.reconstruct(
        observations, width: truth.width, height: truth.height)
      return InpaintingExample(observations: observations, result: restored.image, truth: truth)
    }
  }

  /// What the prior is compared with: methods made of the collection's pictures.
  private func simpleMethods(
    _ report: (EvaluationPipelineEvent) -> Void
  ) throws -> [any InpaintingMethod] {
    let training = try open(.train, windows: WindowCounts.training).pictures
    // The regularization of the Gaussian posterior is chosen on these; a few pictures may have none.
    let hasValidation = try !catalog.pictures(split: .validation, state: .usable).isEmpty
    let validation =
      prior.scope == .window && !hasValidation
      ? training : try open(.validation, windows: WindowCounts.validation).pictures
    let shape = PictureShape(
      width: prior.imageSize, height: prior.imageSize, channels: prior.channels)
    var methods: [any InpaintingMethod] = [
      try MeanPicture(
        shape: shape, pictureCount: training.count, picture: { try training.values(at: $0) }),
      NearestNeighbour(), LinearInterpolation(), BiharmonicInpainting(),
    ]
    if shape.valueCount <= GaussianPosterior.valueLimit {
      methods.append(try gaussianPosterior(shape, training, validation))
    } else {
      report(.gaussianPosteriorLeftOut(values: shape.valueCount))
    }
    return methods
  }

  private func gaussianPosterior(
    _ shape: PictureShape, _ training: any TrainingPictures, _ validation: any TrainingPictures
  ) throws -> GaussianPosterior {
    let fitted = try GaussianPosterior(
      shape: shape, pictureCount: training.count, picture: { try training.values(at: $0) })
    return try fitted.selectingRegularization(
      pictures: try images(of: validation, limit: 40),
      contextSizes: [10, 100].filter { $0 < shape.width * shape.height }, seed: seed)
  }

  private func images(of pictures: any TrainingPictures, limit: Int) throws -> [Image] {
    try (0..<min(limit, pictures.count)).map { index in
      Image(
        width: prior.imageSize, height: prior.imageSize, channels: prior.channels,
        values: try pictures.values(at: index))
    }
  }

  /// The pictures of a split as the prior knows them, with their names: whole ones of its size, or windows
  /// of that size.
  ///
  /// - Parameter windows: how many windows are cut at most.
  private func open(
    _ split: Split, windows: Int
  ) throws -> (pictures: any TrainingPictures, names: [String]) {
    switch prior.scope {
    case .picture:
      let cache = try PixelCache.open(
        catalog: catalog, split: split, size: prior.imageSize, channels: prior.channels,
        threads: Parallel.threadCount)
      return (cache, cache.paths)
    case .window:
      let cut = try PictureWindows.cut(
        catalog: catalog, split: split, size: prior.imageSize, channels: prior.channels,
        limit: windows, seed: seed, threads: Parallel.threadCount)
      return (cut, cut.names)
    }
  }
}
