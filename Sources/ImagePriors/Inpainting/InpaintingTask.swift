import Signals

/// The input of an inpainting: the observed points, the size, and the true picture if it is known.
public struct InpaintingTask: Sendable {
  /// The source of the observed pixels.
  public enum Source: Sendable {
    /// Random pixels of the picture, which is also the true picture.
    case keep(SampleFraction)
    /// A picture of the same size that is non-zero where pixels are missing.
    case mask(path: String)
    /// A table of measured points.
    case points(path: String, unitValues: Bool)
    /// All pixels that are not transparent.
    case transparency
  }

  /// Number of columns.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// The observed points, values 0...1.
  public let observations: PixelObservations
  /// The observed pixels, which are those nearest to the points.
  public let mask: PixelMask
  /// The true picture if it is known.
  public let truth: Image?
  /// The picture as its file stores it; nil for a table of points without a picture.
  public let source: StoredPicture?
  /// Whether the observed values are the picture's own samples, and not those of a table.
  let observesSource: Bool

  /// A task from files.
  ///
  /// - Parameters:
  ///   - input: the path of the picture; may be nil for a table of points.
  ///   - source: the source of the observed pixels.
  ///   - truthPath: the path of the true picture; nil if there is none.
  ///   - size: the size in pixels, for a table of points without a picture.
  ///   - channels: the model's channels, to which pictures are converted.
  ///   - seed: the seed of the random pixels.
  ///   - page: of a file of several pictures the one to restore, counted from 1.
  ///   - range: the way to choose the samples that become 0 and 1.
  ///   - scale: the ranges of the model's training pictures, which the automatic choice follows.
  /// - Throws: `FileError`, `PointsFileError` or ``InpaintingTaskError``.
  public init(
    input: String?, observed source: Source, truth truthPath: String?,
    size: (width: Int, height: Int)?, channels: Int, seed: UInt64, page: Int = 1,
    range: RangeChoice = .automatic, scale: PictureScale? = nil
  ) throws {
    let stored = try input.map {
      try PictureFile.read($0, page: page).choosingRange(range, scale: scale)
    }
    let finite = stored?.finitePixels
    let raw = stored.map { $0.image.replacingValuesThatAreNotFinite() }
    let picture = raw.map { $0.composited(onto: 1).converted(toChannels: channels) }
    guard let width = picture?.width ?? size?.width, let height = picture?.height ?? size?.height
    else { throw InpaintingTaskError.nothingToDo(path: input ?? "") }
    var truth: Image?
    switch source {
    case .keep(let keep):
      guard let picture else { throw InpaintingTaskError.nothingToDo(path: input ?? "") }
      mask = PixelMask.random(
        width: width, height: height, keeping: keep.count(ofPixels: width * height), seed: seed
      ).observing(only: finite)
      observations = mask.observations(of: picture)
      truth = finite == nil ? picture : nil
    case .mask(let path):
      guard let picture else { throw InpaintingTaskError.nothingToDo(path: input ?? "") }
      let image = try ImageFile.read(path)
      guard image.width == width && image.height == height else {
        throw InpaintingTaskError.maskSize(
          path: path, expected: "\(width)x\(height)", actual: "\(image.width)x\(image.height)")
      }
      mask = PixelMask.readMaskPicture(image).observing(only: finite)
      guard mask.observedCount > 0 else { throw InpaintingTaskError.nothingObserved(path: path) }
      observations = mask.observations(of: picture)
    case .points(let path, let unitValues):
      let read = try PointsFile.read(path, unitValues: unitValues)
      if let outside = read.indexOutside(width: width, height: height) {
        throw InpaintingTaskError.pointOutside(
          path: path, number: outside + 1, x: read.positions[2 * outside + 1],
          y: read.positions[2 * outside], size: "\(width)x\(height)")
      }
      observations = try read.converted(toChannels: channels, path: path)
      mask = PixelMask(nearest: observations, width: width, height: height)
    case .transparency:
      guard let raw, let picture,
        let found =
          (PixelMask.fromAlpha(raw)
          ?? finite.map { PixelMask(width: width, height: height, observed: $0) })?
          .observing(only: finite), found.missing.contains(true)
      else {
        throw InpaintingTaskError.nothingToDo(path: input ?? "")
      }
      guard found.observedCount > 0 else {
        throw InpaintingTaskError.nothingObserved(path: input ?? "")
      }
      mask = found
      observations = mask.observations(of: picture)
    }
    if let truthPath {
      var known = try PictureFile.read(truthPath, keepsMetadata: false)
        .choosingRange(range, scale: scale)
      if let stored, stored.format.type == known.format.type {
        known.format.range = stored.format.range
      }
      let image = try known.finiteImage(path: truthPath)
      guard image.width == width && image.height == height else {
        throw InpaintingTaskError.truthSize(
          path: truthPath, expected: "\(width)x\(height)",
          actual: "\(image.width)x\(image.height)")
      }
      truth = image.composited(onto: 1).converted(toChannels: channels)
    }
    self.truth = truth
    self.width = width
    self.height = height
    self.source = stored
    if case .points = source { observesSource = false } else { observesSource = true }
  }
}

/// An error in the input of an inpainting; the description is one line.
public enum InpaintingTaskError: Error, CustomStringConvertible, Equatable {
  /// No observations are given, and no pixel is transparent.
  case nothingToDo(path: String)
  /// No pixel is observed.
  case nothingObserved(path: String)
  /// The mask and the picture differ in size.
  case maskSize(path: String, expected: String, actual: String)
  /// The true picture and the picture differ in size.
  case truthSize(path: String, expected: String, actual: String)
  /// A point lies outside the picture.
  case pointOutside(path: String, number: Int, x: Float, y: Float, size: String)

  /// The message.
  public var description: String {
    switch self {
    case .nothingToDo(let path):
      "'\(path)' has no transparent pixels to fill in; pass the observed pixels with --keep 10%, "
        + "--mask or --points"
    case .nothingObserved(let path):
      "'\(path)' leaves no observed pixel; it must be black at observed and white at missing pixels"
    case .maskSize(let path, let expected, let actual):
      "the mask '\(path)' is \(actual), the picture \(expected); make them the same size"
    case .truthSize(let path, let expected, let actual):
      "the true picture '\(path)' is \(actual), the picture \(expected); make them the same size"
    case .pointOutside(let path, let number, let x, let y, let size):
      "point \(number) of '\(path)' at x \(x), y \(y) lies outside the \(size) picture; "
        + "positions are in pixels, and 0 is the centre of the first pixel"
    }
  }
}
