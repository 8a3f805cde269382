import DatasetCatalog
import ImagePriors
import InpaintingEvaluation
import Interpolation
import Numerics
import Signals

/// An event that an evaluation reports while it runs.
public enum EvaluationPipelineEvent: Sendable, Equatable {
  /// The Gaussian posterior is omitted because its covariance of `values` squared entries is too large.
  case gaussianPosteriorLeftOut(values: Int)
  /// The number of completed comparisons or pictures, and the total.
  case progressed(completed: Int, total: Int)
}

/// The pictures of an evaluation in the prior's size and channels.
public struct EvaluationPictures: Sendable {
  /// Square pictures of the prior's size and channels, or windows of that size.
  public let images: [Image]
  /// The names of the pictures in the same order; there may be more names than pictures.
  public let names: [String]
}

/// One picture of an evaluation: the observations, the result and the truth.
public struct InpaintingExample: Sendable {
  /// The observed pixels.
  public let observations: PixelObservations
  /// The picture that a method restored.
  public let result: Image
  /// The true picture.
  public let truth: Image
}

/// Evaluates a prior on a collection and compares it with baselines.
///
/// It opens the pictures in the prior's size and channels, and fits the baselines to the training
/// pictures of the collection.
///
/// ```swift
/// let evaluation = try EvaluationPipeline(
///   prior, model: "prior.safetensors", on: CollectionLocation(directory: "faces"), seed: 1)
/// let pictures = try evaluation.pictures(of: .test)
/// let table = try evaluation.compare(pictures, contextSizes: [10, 100], withBaselines: true)
/// ```
public struct EvaluationPipeline: Sendable {
  private let prior: any ImagePrior
  private let model: String
  private let catalog: Catalog
  private let seed: UInt64
  private let scale: PictureScale?

  /// Opens the catalog of a collection for an evaluation.
  ///
  /// - Parameters:
  ///   - prior: the prior to evaluate.
  ///   - model: the prior's file, for messages.
  ///   - location: the collection.
  ///   - seed: the seed of the observed pixels and of the positions of windows.
  ///   - scale: the ranges of the samples of the prior's training pictures; nil for the collection's own.
  /// - Throws: `CatalogError`.
  public init(
    _ prior: any ImagePrior, model: String, on location: CollectionLocation, seed: UInt64,
    scale: PictureScale? = nil
  ) throws {
    self.prior = prior
    self.model = model
    catalog = try Catalog.open(
      directory: location.directory, catalogPath: location.catalogPath)
    try catalog.requireSamePictures(over: .current)
    self.seed = seed
    self.scale = scale
  }

  /// The pictures of a split, or windows of them for a prior of windows.
  ///
  /// - Parameters:
  ///   - split: the part of the collection.
  ///   - limit: the largest number of pictures; nil for all pictures, or for 200 windows.
  /// - Throws: `CatalogError`.
  public func pictures(of split: Split, limit: Int? = nil) throws -> EvaluationPictures {
    if prior.keepsChannels { return try wholePictures(of: split, limit: limit ?? .max) }
    let (opened, names) = try open(split, windows: limit ?? WindowCounts.test)
    return EvaluationPictures(
      images: try images(of: opened, limit: limit ?? .max), names: names)
  }

  /// The pictures of a split at their own size and in their own channels, for a prior that restores any.
  private func wholePictures(of split: Split, limit: Int) throws -> EvaluationPictures {
    let records = try catalog.pictures(split: split, state: .usable).prefix(limit)
    guard !records.isEmpty else {
      throw CatalogError.emptySplit(split: split, directory: catalog.directory)
    }
    let scale = try scale ?? catalog.scale()
    return EvaluationPictures(
      images: try records.map {
        try catalog.stored($0).choosingRange(.automatic, scale: scale).finiteImage(path: $0.path)
          .composited(onto: 1)
      },
      names: records.map(\.path))
  }

  /// The numbers of observed pixels for some sample fractions, for pictures of the prior's size.
  ///
  /// For a prior that restores whole pictures of any size they are the means over the pictures.
  ///
  /// - Parameters:
  ///   - fractions: the fractions or numbers of observed pixels.
  ///   - kind: the kind of the masks; `half` always observes half of the pixels.
  ///   - pictures: the pictures of the evaluation, at least one.
  public func contextSizes(
    _ fractions: [SampleFraction], kind: MaskKind, of pictures: EvaluationPictures
  ) -> [Int] {
    let sizes: [(width: Int, height: Int)] =
      prior.keepsChannels
      ? pictures.images.map { (width: $0.width, height: $0.height) }
      : [(prior.imageSize, prior.imageSize)]
    let mean = { (counts: [Int]) in
      Int((counts.reduce(0.0) { $0 + Double($1) } / Double(counts.count)).rounded())
    }
    if kind == .half { return [mean(sizes.map { $0.height * ($0.width - $0.width / 2) })] }
    return fractions.map { fraction in
      mean(sizes.map { fraction.count(ofPixels: $0.width * $0.height) })
    }
  }

  /// Compares the prior with the baselines, and with its refined networks.
  ///
  /// - Parameters:
  ///   - pictures: the pictures to restore, at least one.
  ///   - contextSizes: the numbers of observed pixels, each at least 1.
  ///   - fractions: for whole pictures of different sizes the fractions of their pixels to which the context sizes
  ///     belong; see ``contextSizes(_:kind:of:)``.
  ///   - kind: the kind of the masks.
  ///   - withBaselines: whether the baselines are fitted and included.
  ///   - refinement: the refinement to include; nil for none.
  ///   - report: called with each event on the calling thread.
  /// - Throws: `CatalogError`, `PriorError`, `InpaintingMethodError`, or `LinearAlgebraError` for values that
  ///   are not finite.
  public func compare(
    _ pictures: EvaluationPictures, contextSizes: [Int], fractions: [SampleFraction]? = nil,
    kind: MaskKind = .random, withBaselines: Bool, refinement: FieldRefinement? = nil,
    report: (EvaluationPipelineEvent) -> Void = { _ in }
  ) throws -> EvaluationTable {
    // Said before hours of work, not after.
    if refinement != nil, prior.keepsChannels { throw PriorError.gridOfNetworks }
    var methods = withBaselines ? try baselines(report) : []
    methods.append(PriorMethod(prior))
    if let refinement { methods.append(RefinedPriorMethod(prior, refinement)) }
    return try EvaluationTable(
      methods: methods, pictures: pictures.images, contextSizes: contextSizes,
      fractions: prior.keepsChannels ? fractions : nil, seed: seed,
      kind: kind, progress: { report(.progressed(completed: $0, total: $1)) })
  }

  /// Compares measuring at points that the prior proposes with measuring at random points.
  ///
  /// - Parameters:
  ///   - pictures: the pictures to measure, at least one.
  ///   - contextSizes: the numbers of points to report.
  ///   - report: called with each event on the calling thread.
  /// - Throws: `NoPosterior`, ``EvaluationPipelineError`` for pictures of different sizes, or `PriorError`.
  public func compareMeasuring(
    _ pictures: EvaluationPictures, contextSizes: [Int],
    report: (EvaluationPipelineEvent) -> Void = { _ in }
  ) throws -> ActiveEvaluation {
    let posteriors = try prior.posteriors(for: .measuring, model: model)
    let sizes = pictures.images.map { "\($0.width)x\($0.height)" }
    if let other = sizes.first(where: { $0 != sizes[0] }) {
      throw EvaluationPipelineError.sizes(first: sizes[0], other: other)
    }
    return try ActiveEvaluation(
      posteriors: posteriors, pictures: pictures.images,
      counts: contextSizes, seed: seed,
      progress: { report(.progressed(completed: $0, total: $1)) })
  }

  /// The prior's best, median and worst picture of a comparison, restored again.
  ///
  /// - Parameters:
  ///   - table: the result of the comparison.
  ///   - pictures: the pictures of the comparison.
  ///   - points: one of the context sizes of the comparison.
  ///   - fraction: for whole pictures of different sizes the fraction to which the context size belongs.
  ///   - kind: the kind of the masks of the comparison.
  /// - Throws: the errors of the prior.
  public func bestMedianWorst(
    of table: EvaluationTable, _ pictures: EvaluationPictures, points: Int,
    fraction: SampleFraction? = nil, kind: MaskKind
  ) throws -> [InpaintingExample] {
    let method = PriorMethod(prior)
    return try table.bestMedianWorst(method: method.name, points: points).map { result in
      let truth = pictures.images[result.image]
      let own = prior.keepsChannels ? fraction?.count(ofPixels: truth.pixelCount) : nil
      let observations = RandomContext.observations(
        of: truth, imageIndex: result.image, count: own ?? points, seed: seed, kind: kind)
      let restored = try method.inpaint(
        observations, width: truth.width, height: truth.height)
      return InpaintingExample(observations: observations, result: restored.image, truth: truth)
    }
  }

  /// The baselines, fitted to the training pictures of the collection.
  private func baselines(
    _ report: (EvaluationPipelineEvent) -> Void
  ) throws -> [any InpaintingMethod] {
    let simple: [any InpaintingMethod] = [
      NearestNeighbour(), LinearInterpolation(), BiharmonicInpainting(),
    ]
    if prior.keepsChannels { return simple }
    let training = try open(.train, windows: WindowCounts.training).pictures
    // The regularization of the Gaussian posterior is chosen on validation pictures. A collection of
    // few large pictures may have none; its windows of the train split replace them.
    let hasValidation = try !catalog.pictures(split: .validation, state: .usable).isEmpty
    let validation =
      prior.scope == .window && !hasValidation
      ? training : try open(.validation, windows: WindowCounts.validation).pictures
    let shape = PictureShape(
      width: prior.imageSize, height: prior.imageSize, channels: prior.channels)
    var methods: [any InpaintingMethod] = [
      try MeanPicture(
        shape: shape, pictureCount: training.count, picture: { try training.values(at: $0) })
    ]
    methods += simple
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
    let pixels = shape.width * shape.height
    guard pixels > 1 else { return fitted }
    let sizes = [10, 100].filter { $0 < pixels }
    // A file may hold a model of pictures of a few pixels.
    return try fitted.selectingRegularization(
      pictures: try images(of: validation, limit: 40),
      contextSizes: sizes.isEmpty ? [pixels / 2] : sizes, seed: seed)
  }

  private func images(of pictures: any TrainingPictures, limit: Int) throws -> [Image] {
    try (0..<min(limit, pictures.count)).map { index in
      Image(
        width: prior.imageSize, height: prior.imageSize, channels: prior.channels,
        values: try pictures.values(at: index))
    }
  }

  /// The pictures of a split with their names: whole pictures or windows of the prior's size.
  ///
  /// - Parameter windows: the largest number of windows.
  private func open(
    _ split: Split, windows: Int
  ) throws -> (pictures: any TrainingPictures, names: [String]) {
    switch prior.scope {
    case .picture:
      let cache = try PixelCache.open(
        catalog: catalog, split: split, size: prior.imageSize, channels: prior.channels,
        scale: scale, threads: Parallel.threadCount)
      return (cache, cache.paths)
    case .window:
      let cut = try PictureWindows.cut(
        catalog: catalog, split: split, size: prior.imageSize, channels: prior.channels,
        limit: windows, scale: scale, seed: seed, threads: Parallel.threadCount)
      return (cut, cut.names)
    }
  }
}
