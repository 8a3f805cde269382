import Signals

/// A picture of an inpainting and which of its pixels were measured.
struct MeasuredPicture {
  /// How a file is read.
  struct Reading {
    /// Of a file of several pictures the one to take, counted from 1.
    var page = 1
    /// The way to choose the samples that become 0 and 1.
    var range = RangeChoice.automatic
    /// The ranges that the automatic choice follows.
    var scale: PictureScale?

    /// Reads a picture and chooses its range, in which what is missing has no part.
    ///
    /// - Parameter missing: the number that stands for a missing pixel in the file; nil if none does.
    /// - Returns: the picture, and of each pixel whether its alpha or the number marks it as missing, or nil where
    ///   none is.
    /// - Throws: `FileError`.
    func stored(
      _ path: String, missing: Double?
    ) throws -> (picture: StoredPicture, missing: [Bool]?) {
      let read = try PictureFile.read(path, page: page)
      let pixels = read.missingPixels(missing)
      return (read.choosingRange(range, scale: scale, except: pixels), pixels)
    }
  }

  /// The picture as its file stores it.
  let stored: StoredPicture
  /// The picture in the model's channels; the values of missing pixels mean nothing.
  let image: Image
  /// Of each pixel, whether its alpha or the number for missing pixels marks it as missing; nil where none is.
  let missing: [Bool]?
  /// The measured pixels.
  let mask: PixelMask

  /// The measured pixels; nil where all are.
  var knownPixels: PixelMask? { mask.observed.contains(false) ? mask : nil }

  /// Reads a picture.
  ///
  /// - Parameters:
  ///   - path: the picture.
  ///   - reading: the page and the range.
  ///   - channels: the model's channels, to which it is converted; nil to keep its own, without its transparency.
  ///   - missing: the number that stands for a missing pixel in the file; nil if none does.
  /// - Throws: `FileError`.
  init(_ path: String, _ reading: Reading, channels: Int?, missing: Double? = nil) throws {
    let (stored, missing) = try reading.stored(path, missing: missing)
    self.init(stored, channels: channels, missing: missing)
  }

  private init(_ stored: StoredPicture, channels: Int?, missing: [Bool]?) {
    self.stored = stored
    self.missing = missing
    let raw = stored.image
    mask = PixelMask.measured(in: raw, except: missing)
    let opaque = raw.replacingValuesThatAreNotFinite().composited(onto: 1)
    image = channels.map { opaque.converted(toChannels: $0) } ?? opaque
  }

  /// Reads a true picture, which must have the size of the picture to be restored.
  ///
  /// Of a file of several pictures it is the page of the picture to be restored.
  ///
  /// - Parameter like: the picture to be restored, whose range it takes if the samples are of the same type.
  /// - Throws: `FileError` or `InpaintingTaskError`.
  static func truth(
    _ path: String, like source: StoredPicture?, _ reading: Reading, width: Int, height: Int,
    channels: Int
  ) throws -> MeasuredPicture {
    let page = try PictureFile.companionPage(path, of: reading.page)
    let read = try PictureFile.read(path, page: page, keepsMetadata: false)
    let transparent = read.missingPixels(nil)
    var stored = read.choosingRange(reading.range, scale: reading.scale, except: transparent)
    if let source, source.format.type == stored.format.type {
      stored.format.range = source.format.range
    }
    let truth = MeasuredPicture(stored, channels: channels, missing: transparent)
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
  /// Of a file of several masks the page of the picture counts.
  ///
  /// - Throws: `FileError` or `InpaintingTaskError`.
  func mask(fromPicture path: String, page: Int, isInverted: Bool) throws -> PixelMask {
    let picture = try PixelMask.readValues(
      ofMask: path, page: try PictureFile.companionPage(path, of: page))
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
