import Signals

/// The input of an inpainting: the observed points, the size, and the true picture if it is known.
public struct InpaintingTask: Sendable {
  /// The source of the observed pixels.
  ///
  /// Pixels that the picture itself marks as missing are never observed; see `PixelMask.measured`.
  public enum Source: Sendable {
    /// Random pixels of the picture, which is also the true picture.
    case keep(SampleFraction)
    /// A picture of the same size that is white, or black if inverted, where pixels are missing.
    case mask(path: String, isInverted: Bool = false)
    /// A table of measured points.
    case points(path: String, PointsFormat = PointsFormat())
    /// All pixels that the picture does not mark as missing.
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
  /// The pixels of the true picture that are known; nil where all are.
  public let known: PixelMask?
  /// What was found in the table of points; nil without one.
  public let table: MeasuredPoints?

  /// Number of pixels that are not observed.
  public var missingCount: Int { width * height - mask.observedCount }

  /// The picture as its file stores it; nil for a table of points without a picture.
  public let source: StoredPicture?
  /// Of each pixel of ``source``, whether its alpha or the number for missing pixels marks it as missing; nil where
  /// none is.
  public let missingPixels: [Bool]?
  /// Whether the observed values are the picture's own samples, and not those of a table.
  let observesSource: Bool

  /// A task from its parts.
  package init(
    width: Int, height: Int, observations: PixelObservations, mask: PixelMask, truth: Image?,
    known: PixelMask? = nil, table: MeasuredPoints? = nil, source: StoredPicture? = nil,
    missingPixels: [Bool]? = nil, observesSource: Bool = false
  ) {
    self.width = width
    self.height = height
    self.observations = observations
    self.mask = mask
    self.truth = truth
    self.known = known
    self.table = table
    self.source = source
    self.missingPixels = missingPixels
    self.observesSource = observesSource
  }

  /// A task from files.
  ///
  /// - Parameters:
  ///   - input: the path of the picture; may be nil for a table of points.
  ///   - source: the source of the observed pixels.
  ///   - truthPath: the path of the true picture; nil if there is none.
  ///   - size: the size in pixels, for a table of points without a picture.
  ///   - channels: the model's channels, to which pictures are converted; nil to keep the picture's own, without its
  ///     transparency.
  ///   - seed: the seed of the random pixels.
  ///   - missing: the number that stands for a missing pixel in the picture's file; nil if none does.
  ///   - page: of a file of several pictures the one to restore, counted from 1. A mask or true picture of several
  ///     pictures has the same page.
  ///   - range: the way to choose the samples that become 0 and 1.
  ///   - scale: the ranges of the model's training pictures, which the automatic choice follows.
  /// - Throws: `FileError`, `PointsFileError` or ``InpaintingTaskError``.
  public init(
    input: String?, observed source: Source, truth truthPath: String?,
    size: (width: Int, height: Int)?, channels: Int?, seed: UInt64, missing: Double? = nil,
    page: Int = 1, range: RangeChoice = .automatic, scale: PictureScale? = nil
  ) throws {
    let reading = MeasuredPicture.Reading(page: page, range: range, scale: scale)
    if case .points(let path, let format) = source {
      let read = try input.map { try reading.stored($0, missing: missing) }
      let own = read?.picture
      guard let width = own?.width ?? size?.width, let height = own?.height ?? size?.height
      else { throw InpaintingTaskError.nothingToDo(path: input ?? path) }
      let points = try PointsFile.read(path, format, size: (width, height))
      // Colours have no place in the result, which has the picture's channels.
      let isGrey = own.map { $0.channels <= 2 } ?? false
      observations =
        try (channels ?? (isGrey ? 1 : nil)).map {
          try points.observations.converted(toChannels: $0)
        }
        ?? points.observations
      table = points
      mask = PixelMask(nearest: observations, width: width, height: height)
      (self.width, self.height) = (width, height)
      (self.source, missingPixels, observesSource) = (own, read?.missing, false)
      let colors = observations.channels
      let truth = try truthPath.map {
        try MeasuredPicture.truth(
          $0, like: own, reading, width: width, height: height, channels: colors)
      }
      (self.truth, known) = (truth?.image, truth?.knownPixels)
      return
    }
    guard let input else { throw InpaintingTaskError.nothingToDo(path: "") }
    table = nil
    let picture = try MeasuredPicture(input, reading, channels: channels, missing: missing)
    (self.source, missingPixels, observesSource) = (picture.stored, picture.missing, true)
    (width, height) = (picture.image.width, picture.image.height)
    var truth: MeasuredPicture?
    switch source {
    case .keep(let keep):
      let count = picture.mask.observedCount
      guard count > 0 else { throw InpaintingTaskError.nothingMeasured(path: input) }
      mask = picture.mask.keeping(keep.count(ofPixels: count), seed: seed)
      truth = picture
    case .mask(let path, let isInverted):
      mask = try picture.mask(fromPicture: path, page: page, isInverted: isInverted)
    case .points, .transparency:
      guard picture.mask.observedCount < width * height else {
        throw InpaintingTaskError.nothingToDo(path: input)
      }
      guard picture.mask.observedCount > 0 else {
        throw InpaintingTaskError.nothingMeasured(path: input)
      }
      mask = picture.mask
    }
    observations = mask.observations(of: picture.image)
    if let truthPath {
      truth = try MeasuredPicture.truth(
        truthPath, like: picture.stored, reading, width: width, height: height,
        channels: observations.channels)
    }
    (self.truth, known) = (truth?.image, truth?.knownPixels)
  }
}

extension InpaintingTask {
  /// Checks that a picture of which some pixels are kept has others to fill in.
  ///
  /// - Parameter path: the picture's file, for the message.
  /// - Throws: ``InpaintingTaskError/nothingHidden(path:)``.
  package func checkHidden(path: String) throws {
    guard !observesSource || missingCount > 0 else {
      throw InpaintingTaskError.nothingHidden(path: path)
    }
  }
}

/// An error in the input of an inpainting; the description is one line.
public enum InpaintingTaskError: Error, CustomStringConvertible, Equatable {
  /// No observations are given, and the picture marks no pixel as missing.
  case nothingToDo(path: String)
  /// All pixels of a picture without a missing one are kept.
  case nothingHidden(path: String)
  /// A mask marks all pixels as missing.
  case nothingObserved(path: String)
  /// A picture marks all its pixels as missing.
  case nothingMeasured(path: String)
  /// A mask marks no pixel as missing; its brightest value is given, 0...1, nil if it is inverted.
  case nothingMissing(path: String, brightest: Float?)
  /// The mask and the picture differ in size.
  case maskSize(path: String, expected: String, actual: String)
  /// The true picture and the picture differ in size.
  case truthSize(path: String, expected: String, actual: String)

  /// The message.
  public var description: String {
    switch self {
    case .nothingToDo(let path):
      "'\(path)' has no missing pixels to fill in: none is transparent, not a number, or the value of "
        + "--missing; pass the observed pixels with --keep 10%, --mask or --points"
    case .nothingHidden(let path):
      "'\(path)' has no missing pixels, and --keep keeps all of them, so there is nothing to fill in; "
        + "keep fewer, such as --keep 10%, or pass --size to render the picture at another size"
    case .nothingObserved(let path):
      "'\(path)' marks every pixel as missing; a mask is white at missing and black at observed "
        + "pixels, --invert-mask swaps the two"
    case .nothingMeasured(let path):
      "'\(path)' has no observed pixel: all are transparent, not a number, or the value of "
        + "--missing; a picture needs at least one opaque pixel"
    case .nothingMissing(let path, let brightest?):
      "'\(path)' marks no pixel as missing: its brightest value is "
        + "\((1000 * Double(brightest)).rounded() / 10)% of white, and missing begins at 50%; paint "
        + "missing pixels white, or pass --invert-mask if they are black"
    case .nothingMissing(let path, nil):
      "'\(path)' marks no pixel as missing: with --invert-mask black is missing, and it has none; "
        + "omit --invert-mask if missing pixels are white"
    case .maskSize(let path, let expected, let actual):
      "the mask '\(path)' is \(actual), the picture \(expected); make them the same size"
    case .truthSize(let path, let expected, let actual):
      "the true picture '\(path)' is \(actual), the picture \(expected); make them the same size"
    }
  }
}
