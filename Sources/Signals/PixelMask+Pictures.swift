/// Masks from pictures: what a mask picture marks, and what a picture itself says of its pixels.
extension PixelMask {
  /// The mask that a mask picture draws: white marks what is to be filled in, black what was
  /// observed, as in OpenCV's `inpaint`.
  ///
  /// A pixel is white if one of its colour channels is at or above half of the range, so that the
  /// ringing of a JPEG marks nothing. In a picture with transparency, what varies is the mask. Where
  /// the visible pixels are white and black, a transparent pixel counts as black. Where they are all
  /// of one of the two, as in a stroke on an empty layer, the opaque pixels are the marked ones.
  ///
  /// - Parameter isInverted: whether black marks what is to be filled in.
  public static func readMaskPicture(_ image: Image, isInverted: Bool = false) -> PixelMask {
    PixelMask(
      width: image.width, height: image.height,
      observed: marked(by: image).map { $0 == isInverted })
  }

  /// The values of a mask picture's file, 0...1, for ``readMaskPicture(_:isInverted:)`` and ``marked(by:)``.
  ///
  /// Whole numbers of which the largest is 1 and none is negative are truth values: 1 is white, whatever the
  /// number of bits. Other samples have the range of any picture.
  ///
  /// - Parameter page: of a file of several pictures (TIFF, NPZ) the one to read, counted from 1.
  /// - Throws: `FileError`, also for samples that are not finite numbers.
  public static func readValues(ofMask path: String, page: Int = 1) throws -> Image {
    var stored = try PictureFile.read(path, page: page, keepsMetadata: false)
    let found = stored.colorRange
    if !stored.format.type.isFloat && found.finite_count > 0 && found.smallest >= 0
      && found.largest == 1
    {
      stored.format.range = .spanning(0, 1)
    }
    return try stored.finiteImage(path: path)
  }

  /// The pixels that a picture marks, `[height * width]`; see `readMaskPicture(_:isInverted:)`.
  public static func marked(by image: Image) -> [Bool] {
    guard let alpha = image.alpha else { return whitePixels(of: image) }
    let isVisible = alpha.map { $0 >= half }
    let isWhite = whitePixels(of: image)
    let visibleCount = isVisible.count { $0 }
    let whiteCount = zip(isVisible, isWhite).count { $0 && $1 }
    let onlyAlphaVaries =
      (1..<isVisible.count).contains(visibleCount)
      && (whiteCount == 0 || whiteCount == visibleCount)
    return onlyAlphaVaries ? isVisible : whitePixels(of: image.composited(onto: 0))
  }

  /// The pixels that were measured, by what the picture itself says.
  ///
  /// A pixel is missing if its alpha is below full, for its colour is then a drawing program's and
  /// not a measurement, or if one of its values is not a finite number.
  ///
  /// - Parameter none: of each pixel, whether it is missing for another reason as well.
  public static func measured(in image: Image, except none: [Bool]? = nil) -> PixelMask {
    let (channels, hasAlpha) = (image.channels, image.hasAlpha)
    var observed = none.map { $0.map { !$0 } } ?? [Bool](repeating: true, count: image.pixelCount)
    image.values.withUnsafeBufferPointer { values in
      for pixel in observed.indices {
        let pixelValues = values[pixel * channels..<(pixel + 1) * channels]
        let isOpaque = !hasAlpha || (pixelValues.last ?? 1) >= 1
        observed[pixel] = observed[pixel] && isOpaque && pixelValues.allSatisfy(\.isFinite)
      }
    }
    return PixelMask(width: image.width, height: image.height, observed: observed)
  }

  /// A mask with exactly `count` of this mask's observed pixels, every such mask equally likely.
  ///
  /// - Parameters:
  ///   - count: 0 to `observedCount`.
  ///   - seed: the seed of the choice; where all pixels are observed, that of
  ///     `random(width:height:keeping:seed:)`.
  public func keeping(_ count: Int, seed: UInt64) -> PixelMask {
    let open = observed.indices.filter { observed[$0] }
    precondition(
      (0...open.count).contains(count), "0 to \(open.count) pixels can be kept, not \(count)")
    guard !open.isEmpty else { return self }
    let choice = PixelMask.random(width: open.count, height: 1, keeping: count, seed: seed)
    var kept = PixelMask(
      width: width, height: height, observed: [Bool](repeating: false, count: observed.count))
    for (place, pixel) in open.enumerated() where choice.observed[place] {
      kept.observed[pixel] = true
    }
    return kept
  }

  /// The pixels that both masks observe.
  public func intersection(_ other: PixelMask) -> PixelMask {
    precondition(
      other.width == width && other.height == height,
      "masks of \(width)x\(height) and \(other.width)x\(other.height) were combined")
    return PixelMask(
      width: width, height: height, observed: zip(observed, other.observed).map { $0 && $1 })
  }

  /// The least value that is nearer to white than to black.
  private static let half: Float = 0.5

  private static func whitePixels(of image: Image) -> [Bool] {
    let (channels, colors) = (image.channels, image.hasAlpha ? image.channels - 1 : image.channels)
    return (0..<image.pixelCount).map { pixel in
      image.values[pixel * channels..<pixel * channels + colors].contains { $0 >= half }
    }
  }
}
