import Signals

/// A picture of an inpainting and which of its pixels were measured.
struct MeasuredPicture {
  /// The picture in the model's channels; the values of missing pixels mean nothing.
  let image: Image
  /// The measured pixels.
  let mask: PixelMask

  /// The measured pixels; nil where all are.
  var knownPixels: PixelMask? { mask.observed.contains(false) ? mask : nil }

  /// Reads a picture.
  ///
  /// - Parameters:
  ///   - path: the picture.
  ///   - channels: the model's channels, to which it is converted; nil to keep its own, without its transparency.
  ///   - missing: the number that stands for a missing pixel in the file; nil if none does.
  /// - Throws: `FileError`.
  init(_ path: String, channels: Int?, missing: Double? = nil) throws {
    let image = try ImageFile.read(path)
    let header = try missing.map { _ in try ImageFile.header(at: path) }
    mask = PixelMask.measured(
      in: image,
      missing: missing.flatMap { number in header.map { MissingValue(number, in: $0) } })
    let opaque = image.composited(onto: 1)
    self.image = channels.map { opaque.converted(toChannels: $0) } ?? opaque
  }

  /// Reads a true picture, which must have the size of the picture to be restored.
  ///
  /// - Throws: `FileError` or `InpaintingTaskError`.
  static func truth(
    _ path: String, width: Int, height: Int, channels: Int
  ) throws -> MeasuredPicture {
    let truth = try MeasuredPicture(path, channels: channels)
    guard truth.image.width == width && truth.image.height == height else {
      throw InpaintingTaskError.truthSize(
        path: path, expected: "\(width)x\(height)",
        actual: "\(truth.image.width)x\(truth.image.height)")
    }
    guard truth.mask.observedCount > 0 else {
      throw InpaintingTaskError.nothingMeasured(path: path)
    }
    return truth
  }

  /// The observed pixels: measured, and not marked by a mask picture of the same size.
  ///
  /// - Throws: `FileError` or `InpaintingTaskError`.
  func mask(fromPicture path: String, isInverted: Bool) throws -> PixelMask {
    let picture = try ImageFile.read(path)
    guard picture.width == image.width && picture.height == image.height else {
      throw InpaintingTaskError.maskSize(
        path: path, expected: "\(image.width)x\(image.height)",
        actual: "\(picture.width)x\(picture.height)")
    }
    let drawn = PixelMask.readMaskPicture(picture, isInverted: isInverted)
    guard drawn.observedCount > 0 else { throw InpaintingTaskError.nothingObserved(path: path) }
    let observed = mask.intersection(drawn)
    guard observed.observedCount > 0 else {
      throw InpaintingTaskError.nothingObserved(path: path)
    }
    guard observed.observed.contains(false) else {
      throw InpaintingTaskError.nothingMissing(
        path: path, brightest: isInverted ? nil : picture.composited(onto: 0).values.max() ?? 0)
    }
    return observed
  }
}
