import CImageCodecs
import Files
import Foundation

/// Picture files with their samples exactly as they are stored, and the properties that are kept from the
/// file that is read to the file that is written.
///
/// ```swift
/// var scan = try PictureFile.read("scan.tif")
/// let values = scan.image  // 0...1
/// try PictureFile.write(StoredPicture(values, as: scan.format), to: "copy.tif", overwrite: false)
/// ```
public enum PictureFile {
  /// Reads and decodes a picture file, upright.
  ///
  /// The format's range is the full one for samples of 8 and 16 bits, and the smallest to the largest sample
  /// for others; see ``StoredPicture/choosingRange(_:scale:except:)``.
  ///
  /// ``StoredPicture/notes`` say what is not kept, that a file has more pictures than the first, and that truth values
  /// become numbers.
  ///
  /// - Parameters:
  ///   - page: of a file of several pictures (TIFF, NPZ) the one to read, counted from 1.
  ///   - keepsMetadata: whether the colour profile, the resolution and notes are read as well.
  /// - Throws: `FileError`.
  public static func read(
    _ path: String, page: Int = 1, keepsMetadata: Bool = true, limits: ImageLimits = .standard
  ) throws -> StoredPicture {
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumBytes, adviceIfTooLarge: ImageFile.adviceIfTooLarge)
    // A gigabyte that isn't a picture is refused on its first bytes.
    let start = try file.bytes(upTo: min(file.size, ImageFile.firstRead))
    if start.count < file.size, ImageFormat(signatureOf: start) == .tiff {
      return try decodeTIFF(
        .file(file), size: file.size, page: page, keepsMetadata: keepsMetadata, path: path,
        limits: limits)
    }
    var bytes = start
    if start.count < file.size {
      _ = try HeaderParser.parse(
        HeaderBytes(start[...]), page: page, isWhole: false, path: path, limits: limits)
      bytes = try file.bytes(upTo: file.size)
    }
    return try decode(
      bytes, page: page, keepsMetadata: keepsMetadata, path: path, limits: limits)
  }

  /// Decodes a picture, upright, from a file's bytes; see ``read(_:page:keepsMetadata:limits:)``.
  ///
  /// - Parameter path: where the bytes came from, for messages only.
  /// - Throws: `FileError`; data that end early are an error.
  public static func decode(
    _ bytes: [UInt8], page: Int = 1, keepsMetadata: Bool = true, path: String,
    limits: ImageLimits = .standard
  ) throws -> StoredPicture {
    if ImageFormat(signatureOf: bytes) == .tiff {
      return try decodeTIFF(
        .memory(bytes[...]), size: bytes.count, page: page, keepsMetadata: keepsMetadata,
        path: path, limits: limits)
    }
    let parsed = try ImageFile.parsedHeader(bytes[...], page: page, path: path, limits: limits)
    try check(parsed, byteCount: bytes.count, path: path)
    let samples =
      if let numpy = parsed.numpy {
        numpy.samples(parsed.extracted ?? bytes)
      } else {
        try decodedSamples(.memory(bytes[...]), parsed: parsed, page: page, path: path)
      }
    var metadata = keepsMetadata ? PictureMetadata(of: bytes, parsed.header.format) : nil
    metadata?.note(page: page, of: parsed.pictureCount)
    if parsed.numpy?.isBoolean == true {
      metadata?.notes.append("truth values are read and written as 0 and 255")
    }
    return picture(samples, parsed, metadata)
  }

  private static func decodeTIFF(
    _ bytes: PictureBytes, size: Int, page: Int, keepsMetadata: Bool, path: String,
    limits: ImageLimits
  ) throws -> StoredPicture {
    let parsed = try TIFFHeaderParser.parse(
      bytes, page: page, isWhole: true, path: path, limits: limits)
    guard let parsed else { throw ImageFile.headerTruncated(path: path, byteCount: size) }
    try check(parsed, byteCount: size, path: path)
    var metadata = keepsMetadata ? PictureMetadata(ofTIFF: bytes, page: page) : nil
    metadata?.note(page: page, of: TIFFHeaderParser.pageCount(bytes))
    if parsed.tiff?.is_auxiliary == 1 {
      metadata?.notes.append(
        "the file says that this is a thumbnail or a mask, and has only such pictures")
    }
    return picture(
      try decodedSamples(bytes, parsed: parsed, page: page, path: path), parsed, metadata)
  }

  /// Throws for a file that is too small for what its header claims.
  private static func check(_ parsed: ParsedHeader, byteCount: Int, path: String) throws {
    guard byteCount >= parsed.minimumBytes else {
      throw FileError(
        kind: .truncated, path: path,
        reason: "\(byteCount) bytes cannot hold the \(parsed.storedWidth)x"
          + "\(parsed.storedHeight) pixels that the header claims",
        advice: "copy the file again from its source")
    }
  }

  /// The upright picture of decoded samples.
  private static func picture(
    _ samples: [UInt8], _ parsed: ParsedHeader, _ metadata: PictureMetadata?
  ) -> StoredPicture {
    var format = PictureFormat(
      type: parsed.type, channels: parsed.header.channels,
      significantBits: parsed.significantBits)
    if let tiff = parsed.tiff {
      format.zeroIsWhite = tiff.zero_is_white != 0
      format.isPremultiplied = tiff.premultiplied != 0
      format.resolution = PictureResolution(tiff.resolution)
    }
    if let metadata {
      format.profile = metadata.profile
      format.resolution = format.resolution ?? metadata.resolution
      format.note = metadata.note
      format.texts = metadata.texts.isEmpty ? nil : metadata.texts
      format.exif = metadata.exif
      format.colorChunks = metadata.colorChunks
    }
    var stored = StoredPicture(
      width: parsed.storedWidth, height: parsed.storedHeight, format: format, samples: samples)
    stored.notes = metadata?.notes ?? []
    if let foreign = format.foreignProfile {
      stored.format.profile = nil
      stored.notes.append("the colour profile is \(foreign), and is passed over")
    }
    if !format.type.hasFullRange { stored.choosePlainRange() }
    return stored.upright(fromOrientation: parsed.header.orientation)
  }

  /// The pages that a file adds to a collection.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - limits: pages beyond `maximumPages` are counted and not examined.
  public static func stack(of bytes: [UInt8], limits: ImageLimits = .standard) -> PictureStack {
    switch ImageFormat(signatureOf: bytes) {
    case .tiff?:
      let total = TIFFHeaderParser.pageCount(.memory(bytes[...]))
      guard total > 1, let first = tiffPage(1, bytes) else { return .single }
      let examined = min(total, limits.maximumPages)
      let pages = (1...examined).filter { page in
        guard page > 1 else { return true }
        guard let other = tiffPage(page, bytes), other.is_auxiliary == 0 else { return false }
        return other.size.width == first.size.width && other.size.height == first.size.height
          && other.size.channels == first.size.channels && other.size.sample == first.size.sample
      }
      return PictureStack(pages: pages, examined: examined, total: total)
    case .npz?: return NumpyArchive.stack(HeaderBytes(bytes[...]), limits: limits)
    default: return .single
    }
  }

  private static func tiffPage(_ page: Int, _ bytes: [UInt8]) -> ImageCodecTIFFPage? {
    var found = ImageCodecTIFFPage()
    let status = PictureBytes.memory(bytes[...]).withCodecBytes {
      image_codecs_describe_tiff($0, UInt32(page - 1), &found, nil, 0)
    }
    return status == ImageCodecSucceeded ? found : nil
  }

  private static func decodedSamples(
    _ bytes: PictureBytes, parsed: ParsedHeader, page: Int, path: String
  ) throws -> [UInt8] {
    let channels = parsed.header.channels
    let size = ImageCodecSize(
      width: UInt32(parsed.storedWidth), height: UInt32(parsed.storedHeight),
      channels: UInt32(channels), sample: parsed.type.codec)
    let count = parsed.storedWidth * parsed.storedHeight * channels * parsed.type.byteCount
    var message = CodecMessage()
    var status = ImageCodecSucceeded
    // Uninitialized, so that memory is touched only as far as the data really reach.
    let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      status = message.capture { text, capacity in
        bytes.withCodecBytes { input in
          let (base, length) = (input.bytes, input.count)
          let target = buffer.baseAddress
          return switch parsed.header.format {
          case .png: image_codecs_decode_png(base, length, size, target, text, capacity)
          case .jpeg: image_codecs_decode_jpeg(base, length, size, target, text, capacity)
          case .webp: image_codecs_decode_webp(base, length, size, target, text, capacity)
          case .tiff, .npy, .npz:
            image_codecs_decode_tiff(input, UInt32(page - 1), size, target, text, capacity)
          }
        }
      }
      initializedCount = status == ImageCodecSucceeded ? count : 0
    }
    guard status == ImageCodecSucceeded else {
      throw ImageFile.decodingError(
        status, format: parsed.header.format, message: message.text, path: path)
    }
    return samples
  }
}

extension StoredPicture {
  /// From the smallest to the largest sample.
  mutating func choosePlainRange() {
    let found = smallestAndLargest()
    format.range = .spanning(found.smallest, found.largest)
  }

  private func smallestAndLargest() -> (smallest: Double, largest: Double) {
    let range = colorRange
    return range.finite_count > 0 ? (range.smallest, range.largest) : (0, 1)
  }

  /// The picture with the range of a collection, or with the range that a choice gives for this picture alone.
  ///
  /// - Parameters:
  ///   - choice: the way to choose the range.
  ///   - scale: the ranges of a collection; nil, or a type that it lacks, follows the choice.
  ///   - missing: of each pixel, whether it is missing and has no part in the range; nil if none is.
  public func choosingRange(
    _ choice: RangeChoice, scale: PictureScale? = nil, except missing: [Bool]? = nil
  ) -> StoredPicture {
    var result = self
    switch choice {
    case .fixed(let range): result.format.range = range
    // The only choice that needs to count all samples.
    case .percentiles:
      result.format.range = choice.range(for: format.type, [leavingOut(missing).statistics])
    case .automatic:
      if let range = scale?.range(of: format.type) {
        result.format.range = range
      } else if format.type != .unsigned8 {
        let found = leavingOut(missing).smallestAndLargest()
        result.format.range = RangeChoice.automatic(
          for: format.type, significantBits: format.significantBits, found.smallest, found.largest)
      }
    }
    return result
  }

  /// The automatic range for several pictures of one type of samples together, at least one.
  package static func automaticRange(of pictures: [StoredPicture]) -> ValueRange {
    let ends = pictures.map { $0.smallestAndLargest() }
    return RangeChoice.automatic(
      for: pictures[0].format.type,
      significantBits: pictures.map(\.format.significantBits).max() ?? 16,
      ends.map(\.smallest).min() ?? 0, ends.map(\.largest).max() ?? 1)
  }

  /// The range in one line for people, where it is not simply all values of the type; nil otherwise.
  public var rangeRemark: String? {
    let full = format.type.hasFullRange && format.range == .bits(format.type.bits)
    return full ? nil : "\(format.summary): \(format.range) become 0 to 1"
  }

  /// That samples lie beyond the range, in one line for people; nil where none does.
  ///
  /// - Parameter missing: of each pixel, whether it is missing and does not count; nil if none is.
  public func beyondRangeRemark(except missing: [Bool]? = nil) -> String? {
    let found = leavingOut(missing).smallestAndLargest()
    guard found.smallest < format.range.low || found.largest > format.range.high else { return nil }
    let whole = ValueRange.spanning(found.smallest, found.largest)
    return
      "the samples \(whole) go beyond the range \(format.range), within which restored pixels stay; "
      + "pass another --range, or train with one"
  }

  /// The values, or an error where some are not numbers.
  package func finiteImage(path: String) throws -> Image {
    let image = image
    if format.type.isFloat {
      let count = image.values.count { !$0.isFinite }
      guard count == 0 else {
        throw FileError(
          kind: .unsupported, path: path,
          reason: "\(count) of \(image.values.count) samples are not finite numbers",
          advice: "fill them in with 'siren-hyper inpaint' first")
      }
    }
    return image
  }
}
