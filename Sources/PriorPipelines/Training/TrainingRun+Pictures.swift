import DatasetCatalog
import ImagePriors
import Numerics
import Signals

/// The pictures or windows of a run.
struct PipelinePictures {
  let training: any TrainingPictures
  let validation: any TrainingPictures
  /// A digest of the contents of both, which identifies the pictures of a run.
  let digest: String
  /// The samples that become 0...1.
  let scale: PictureScale
}

extension TrainingRun {
  /// Opens the catalog and indexes the folder.
  ///
  /// In a group the first member does, and then the others open the catalog for reading.
  func index(_ location: CollectionLocation) throws -> Catalog {
    var indexed: Catalog?
    try WorkGroup.current.onFirst { indexed = try indexAlone(location) }
    let catalog =
      try indexed
      ?? Catalog.open(directory: location.directory, catalogPath: location.catalogPath)
    try catalog.requireSamePictures(over: .current)
    return catalog
  }

  private func indexAlone(_ location: CollectionLocation) throws -> Catalog {
    let catalog = try Catalog.open(
      directory: location.directory, catalogPath: location.catalogPath, createIfMissing: true)
    report(.started(.indexing))
    let format =
      settings.scope == .window
      ? nil : PixelFormat(size: settings.imageSize, channels: settings.channels)
    let found = try catalog.index(
      threads: Parallel.threadCount, keepingPixels: format,
      progress: { report(.progressed(.indexing, completed: $0.completed, total: $0.total)) },
      isCancelled: shouldStop)
    report(.finished(.indexing))
    if let first = found.firstUnread {
      report(.notice(.picturesNotRead(count: found.unread, first: first)))
    }
    if let first = found.problems.first {
      report(.notice(.partsLeftOut(count: found.problems.count, first: first)))
    }
    if found.isCancelled { throw TrainingPipelineError.interruptedIndexing }
    if let range = settings.range { try catalog.setRangeChoice(range) }
    let scale = try catalog.scale()
    if !scale.isPlain { report(.notice(.range(scale, try catalog.rangeChoice()))) }
    return catalog
  }

  /// Decodes the pictures or cuts the windows of the train and the validation split.
  func open(_ catalog: Catalog) throws -> PipelinePictures {
    let pictures = try openOwn(catalog)
    try WorkGroup.current.requireSame(
      pictures.digest, "the pixels of '\(catalog.directory)'")
    return pictures
  }

  private func openOwn(_ catalog: Catalog) throws -> PipelinePictures {
    let scale = try catalog.scale()
    report(.started(.decoding))
    defer { report(.finished(.decoding)) }
    switch settings.scope {
    case .picture:
      let training = try pixels(catalog, .train, scale)
      let validation = try pixels(catalog, .validation, scale)
      return PipelinePictures(
        training: training, validation: validation,
        digest: "\(training.digest) \(validation.digest)", scale: scale)
    case .window:
      return try openWindows(catalog, scale)
    }
  }

  /// Cuts the windows; those of a grid prior are smaller if the pictures are.
  private func openWindows(
    _ catalog: Catalog, _ scale: PictureScale
  ) throws -> PipelinePictures {
    guard settings.kind == .grid else { return try openWindows(catalog, settings.imageSize, scale) }
    let sizes = settings.windowSize.map { [$0] } ?? [96, 64, 48, 32]
    for size in sizes.dropLast() {
      do { return try openWindows(catalog, size, scale) } catch CatalogError.noWindow { continue }
    }
    return try openWindows(catalog, sizes[sizes.count - 1], scale)
  }

  private func openWindows(
    _ catalog: Catalog, _ size: Int, _ scale: PictureScale
  ) throws -> PipelinePictures {
    // Without a validation split the lowest quarter of every picture is held out for validation.
    let isDivided = try catalog.pictures(split: .validation, state: .usable).isEmpty
    let training = try windows(
      catalog, .train, isDivided ? .upper : .whole, size, WindowCounts.training, scale)
    let validation = try windows(
      catalog, isDivided ? .train : .validation, isDivided ? .lower : .whole,
      size, WindowCounts.validation, scale)
    return PipelinePictures(
      training: training, validation: validation,
      digest: "\(training.digest) \(validation.digest)", scale: scale)
  }

  /// The first member of a group decodes; the others read what it wrote.
  private func pixels(
    _ catalog: Catalog, _ split: Split, _ scale: PictureScale
  ) throws -> PixelCache {
    var opened: PixelCache?
    try WorkGroup.current.onFirst { opened = try pixelsAlone(catalog, split, scale) }
    return try opened ?? pixelsAlone(catalog, split, scale)
  }

  private func pixelsAlone(
    _ catalog: Catalog, _ split: Split, _ scale: PictureScale
  ) throws -> PixelCache {
    try PixelCache.open(
      catalog: catalog, split: split, size: settings.imageSize, channels: settings.channels,
      scale: scale, threads: Parallel.threadCount, progress: reportDecoding, isCancelled: shouldStop
    )
  }

  private func windows(
    _ catalog: Catalog, _ split: Split, _ part: PictureWindows.Part, _ size: Int, _ limit: Int,
    _ scale: PictureScale
  ) throws -> PictureWindows {
    try PictureWindows.cut(
      catalog: catalog, split: split, part: part, size: size,
      channels: settings.channels, limit: limit, byArea: settings.kind == .grid, scale: scale,
      seed: settings.seed,
      threads: Parallel.threadCount, progress: reportDecoding,
      isCancelled: { WorkGroup.current.any(shouldStop()) })
  }

  private func reportDecoding(_ progress: IndexProgress) {
    report(.progressed(.decoding, completed: progress.completed, total: progress.total))
  }
}

extension PipelinePictures {
  /// The metadata of a model that has learned from these pictures: their scale, unless it is plain.
  var provenance: [String: String] {
    scale.isPlain ? [:] : [ImagePriorFile.scaleName: scale.json]
  }
}
