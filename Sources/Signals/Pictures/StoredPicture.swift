import CImageCodecs

/// A picture with the samples of its file, exactly as they are stored, and its format.
///
/// It is upright: an orientation that the file asks for is applied. ``image`` gives the values that
/// computations use; ``init(_:as:)`` goes back.
public struct StoredPicture: Sendable, Equatable {
  /// Number of columns, at least 1.
  public let width: Int
  /// Number of rows, at least 1.
  public let height: Int
  /// How the samples are to be read and written.
  public var format: PictureFormat
  /// Row-major `[height, width, channels]`, each sample in the byte order of the machine.
  public internal(set) var samples: [UInt8]
  /// What was noticed about the file, one line each.
  public internal(set) var notes: [String] = []

  /// Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
  public var channels: Int { format.channels }

  /// A picture from its samples.
  ///
  /// - Parameter samples: the bytes of row-major `[height, width, channels]` samples.
  public init(width: Int, height: Int, format: PictureFormat, samples: [UInt8]) {
    precondition(
      width >= 1 && height >= 1 && (1...4).contains(format.channels)
        && samples.count == width * height * format.channels * format.type.byteCount,
      "\(samples.count) bytes do not fill \(width)x\(height)x\(format.channels)")
    self.width = width
    self.height = height
    self.format = format
    self.samples = samples
  }

  /// The picture's values, of which the format's range became 0...1.
  ///
  /// Colours are not multiplied by alpha. A sample that is not a number stays one.
  public var image: Image {
    let count = width * height * channels
    var values = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      samples.withUnsafeBytes { bytes in
        let codec = format.type.codec
        image_codecs_samples_to_values(
          bytes.baseAddress, codec, count, 1, format.colors.black, format.colors.white,
          buffer.baseAddress)
        if format.hasAlpha {
          convertAlpha(in: bytes, to: buffer.baseAddress.map { $0 + channels - 1 })
        }
      }
      initializedCount = count
    }
    if format.hasAlpha && format.isPremultiplied {
      for start in stride(from: 0, to: count, by: channels) {
        let alpha = values[start + channels - 1]
        guard alpha > 0, alpha < 1 else { continue }
        for channel in start..<start + channels - 1 { values[channel] /= alpha }
      }
    }
    return Image(width: width, height: height, channels: channels, values: values)
  }

  /// The alpha of each pixel, `[height * width]`, 0 transparent to 1 opaque; nil without alpha.
  public var alpha: [Float]? {
    guard format.hasAlpha else { return nil }
    let count = width * height * channels
    let spread = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      buffer.initialize(repeating: 0)
      samples.withUnsafeBytes { convertAlpha(in: $0, to: buffer.baseAddress) }
      initializedCount = count
    }
    return stride(from: 0, to: count, by: channels).map { spread[$0] }
  }

  /// Converts each pixel's alpha into the place of its pixel, `channels` values apart.
  private func convertAlpha(
    in bytes: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<Float>?
  ) {
    let last = channels - 1
    image_codecs_samples_to_values(
      bytes.baseAddress.map { $0 + last * format.type.byteCount }, format.type.codec,
      width * height * channels - last, channels, format.alphaRange.black, format.alphaRange.white,
      target)
  }

  /// A picture's values as samples of a format.
  ///
  /// Colour becomes grey and grey becomes colour as the format asks (``Image/converted(toChannels:)``);
  /// alpha is full where it is new.
  public init(_ image: Image, as format: PictureFormat) {
    var converted = image.converted(toChannels: format.channels)
    let count = converted.values.count
    let channels = format.channels
    if format.hasAlpha && format.isPremultiplied {
      for start in stride(from: 0, to: count, by: channels) {
        let alpha = converted.values[start + channels - 1]
        for channel in start..<start + channels - 1 { converted.values[channel] *= alpha }
      }
    }
    let bytes = count * format.type.byteCount
    let limits = format.limits
    samples = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, initializedCount in
      let target = UnsafeMutableRawPointer(buffer.baseAddress)
      let codec = format.type.codec
      converted.values.withUnsafeBufferPointer { values in
        image_codecs_values_to_samples(
          values.baseAddress, codec, count, 1, format.colors.black, format.colors.white,
          limits.lowerBound, limits.upperBound, target)
        if format.hasAlpha, let base = values.baseAddress, let target {
          let last = channels - 1
          image_codecs_values_to_samples(
            base + last, codec, count - last, channels, format.alphaRange.black,
            format.alphaRange.white, limits.lowerBound, limits.upperBound,
            target + last * format.type.byteCount)
        }
      }
      initializedCount = bytes
    }
    width = image.width
    height = image.height
    self.format = format
  }

  /// The picture with another picture's samples, bit for bit, where a mask says that they were observed.
  ///
  /// - Parameters:
  ///   - observed: of each pixel, whether it was observed.
  ///   - source: a picture of the same size, type and channels.
  public func keeping(_ observed: [Bool], of source: StoredPicture) -> StoredPicture {
    precondition(
      width == source.width && height == source.height && observed.count == width * height
        && format.type == source.format.type && channels == source.channels,
      "only samples of the same size and type are kept")
    let length = channels * format.type.byteCount
    var result = self
    for pixel in observed.indices where observed[pixel] {
      let start = pixel * length
      for place in start..<start + length { result.samples[place] = source.samples[place] }
    }
    return result
  }

  /// The format of the picture in another number of pixels, whose resolution follows.
  package func format(width newWidth: Int, height newHeight: Int) -> PictureFormat {
    var result = format
    result.resolution = format.resolution?.scaled(
      fromWidth: width, height: height, toWidth: newWidth, height: newHeight)
    return result
  }

  /// That alpha is not kept, in one line for people; nil for a picture without alpha.
  package var alphaRemark: String? {
    format.hasAlpha ? "alpha is not kept, and transparent parts become white" : nil
  }

  /// Some rows of the picture, with its format and notes.
  package func rows(_ rows: Range<Int>) -> StoredPicture {
    let length = width * channels * format.type.byteCount
    var part = StoredPicture(
      width: width, height: rows.count, format: format,
      samples: Array(samples[rows.lowerBound * length..<rows.upperBound * length]))
    part.notes = notes
    return part
  }

  /// The picture as displayed, from one stored with EXIF orientation 1 to 8.
  ///
  /// 2 is mirrored left-right, 3 turned by half, 4 mirrored top-bottom, 5 transposed, 6 to be
  /// turned a quarter clockwise, 7 transposed about the other diagonal, 8 to be turned a quarter
  /// counter-clockwise.
  func upright(fromOrientation orientation: Int) -> StoredPicture {
    guard (2...8).contains(orientation) else { return self }
    let transposed = orientation >= 5
    // Which end of the stored axes the displayed rows and columns start from.
    let rowsReversed = [3, 4, 7, 8].contains(orientation)
    let columnsReversed = [2, 3, 6, 7].contains(orientation)
    let newHeight = transposed ? width : height
    let newWidth = transposed ? height : width
    let length = channels * format.type.byteCount
    let turned = [UInt8](unsafeUninitializedCapacity: samples.count) { buffer, initializedCount in
      samples.withUnsafeBytes { bytes in
        guard let source = bytes.baseAddress, let first = buffer.baseAddress else { return }
        var target = UnsafeMutableRawPointer(first)
        for y in 0..<newHeight {
          let alongRows = rowsReversed ? newHeight - 1 - y : y
          for x in 0..<newWidth {
            let alongColumns = columnsReversed ? newWidth - 1 - x : x
            let row = transposed ? alongColumns : alongRows
            let column = transposed ? alongRows : alongColumns
            target.copyMemory(from: source + (row * width + column) * length, byteCount: length)
            target += length
          }
        }
        initializedCount = bytes.count
      }
    }
    var format = format
    if transposed { format.resolution = format.resolution?.transposed }
    var result = StoredPicture(
      width: newWidth, height: newHeight, format: format, samples: turned)
    result.notes = notes
    return result
  }
}
