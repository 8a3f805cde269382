import Signals

/// What is asked of an inpainting: the observed points, the size, and the truth where it is known.
public struct InpaintingTask: Sendable {
  /// How it is said what was observed.
  public enum Source: Sendable {
    /// Random pixels of the picture, which is then the truth.
    case keep(SampleFraction)
    /// A picture of the same size, non-zero where something is to be filled in.
    case mask(path: String)
    /// A table of measured points.
    case points(path: String, unitValues: Bool)
    /// Transparent pixels are to be filled in.
    case transparency
  }

  /// Number of columns.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// The observed points, values 0...1.
  public let observations: PixelObservations
  /// The pixels that were observed; those nearest to the points.
  public let mask: PixelMask
  /// The whole picture where it is known.
  public let truth: Image?

  /// A task from files.
  ///
  /// - Parameters:
  ///   - input: the picture; may be nil with points.
  ///   - source: what was observed.
  ///   - truthPath: the whole picture, where another file has it.
  ///   - size: of the picture, for points without a picture.
  ///   - channels: what the model works on; pictures are converted.
  ///   - seed: decides the random pixels.
  /// - Throws: `FileError`, `PointsFileError` or ``InpaintingTaskError``.
  public init(
    input: String?, observed source: Source, truth truthPath: String?,
    size: (width: Int, height: Int)?, channels: Int, seed: UInt64
  ) throws {
    let raw = try input.map { try ImageFile.read($0) }
    let picture = raw.map { $0.composited(onto: 1).converted(toChannels: channels) }
    guard let width = picture?.width ?? size?.width, let height = picture?.height ?? size?.height
    else { throw InpaintingTaskError.nothingToDo(path: input ?? "") }
    var truth: Image?
    switch source {
    case .keep(let keep):
      guard let picture else { throw InpaintingTaskError.nothingToDo(path: input ?? "") }
      mask = PixelMask.random(
        width: width, height: height, keeping: keep.count(ofPixels: width * height), seed: seed)
      observations = mask.observations(of: picture)
      truth = picture
    case .mask(let path):
      guard let picture else { throw InpaintingTaskError.nothingToDo(path: input ?? "") }
      let image = try ImageFile.read(path)
      guard image.width == width && image.height == height else {
        throw InpaintingTaskError.maskSize(
          path: path, expected: "\(width)x\(height)", actual: "\(image.width)x\(image.height)")
      }
      mask = PixelMask.readMaskPicture(image)
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
      guard let raw, let picture, let found = PixelMask.fromAlpha(raw), found.missing.contains(true)
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
      let image = try ImageFile.read(truthPath)
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
  }
}

extension PixelMask {
  /// The pixels nearest to measured points.
  init(nearest observations: PixelObservations, width: Int, height: Int) {
    var observed = [Bool](repeating: false, count: width * height)
    for point in 0..<observations.count {
      if let pixel = observations.nearestPixel(of: point, width: width, height: height) {
        observed[pixel.row * width + pixel.column] = true
      }
    }
    self.init(width: width, height: height, observed: observed)
  }
}

extension PixelObservations {
  /// Grey points for a colour model, or colours for a grey one.
  func converted(toChannels target: Int, path: String) throws -> PixelObservations {
    if channels == target { return self }
    guard (channels == 1 && target == 3) || (channels == 3 && target == 1) else {
      throw PriorError.channels(expected: target, actual: channels)
    }
    guard count > 0 else {
      return PixelObservations(channels: target, positions: [], values: [])
    }
    let row = Image(width: count, height: 1, channels: channels, values: values)
    return PixelObservations(
      channels: target, positions: positions, values: row.converted(toChannels: target).values)
  }
}

/// Why a picture cannot be inpainted as asked; one line for the user.
public enum InpaintingTaskError: Error, CustomStringConvertible, Equatable {
  /// It is not said what was observed, and no pixel is transparent.
  case nothingToDo(path: String)
  /// Nothing was observed.
  case nothingObserved(path: String)
  /// The mask has another size.
  case maskSize(path: String, expected: String, actual: String)
  /// The true picture has another size.
  case truthSize(path: String, expected: String, actual: String)
  /// A point lies outside the picture.
  case pointOutside(path: String, number: Int, x: Float, y: Float, size: String)

  /// The message.
  public var description: String {
    switch self {
    case .nothingToDo(let path):
      "'\(path)' has no transparent pixels to fill in; say what was observed with --keep 10%, "
        + "--mask or --points"
    case .nothingObserved(let path):
      "'\(path)' leaves no observed pixel; black must mark what was observed, white what is missing"
    case .maskSize(let path, let expected, let actual):
      "the mask '\(path)' is \(actual), the picture \(expected); make them the same size"
    case .truthSize(let path, let expected, let actual):
      "the true picture '\(path)' is \(actual), the picture \(expected); make them the same size"
    case .pointOutside(let path, let number, let x, let y, let size):
      "point \(number) of '\(path)' at x \(x), y \(y) lies outside the \(size) picture; "
        + "positions are pixels, 0 is the centre of the first"
    }
  }
}
