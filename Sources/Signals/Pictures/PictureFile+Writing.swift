import CImageCodecs
import Files
import Foundation

/// The formats that pictures are written in, by a file's extension.
public enum PictureContainer: String, Sendable, CaseIterable {
  /// 8 or 16 bits, without loss.
  case png
  /// 8 bits, with loss, without alpha.
  case jpeg
  /// Every type of samples, without loss.
  case tiff
  /// 8 bits, without loss.
  case webp
  /// Every type of samples, as an array of NumPy.
  case npy

  /// The container that a path's extension names.
  ///
  /// - Throws: `FileError` of kind `unsupported` for any other extension.
  public init(path: String) throws {
    let name = (path as NSString).pathExtension
    let known: [String: PictureContainer] = [
      "png": .png, "jpg": .jpeg, "jpeg": .jpeg, "tif": .tiff, "tiff": .tiff, "webp": .webp,
      "npy": .npy,
    ]
    guard let container = known[name.lowercased()] else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: name.isEmpty
          ? "the name has no extension that says which kind of picture to write"
          : "a picture is not written as .\(name)",
        advice: "pass a name that ends in .png, .jpg, .tif, .webp or .npy")
    }
    self = container
  }

  /// The container that holds the picture of a file without loss: TIFF for a TIFF, NPY for arrays, PNG for
  /// others and where the file cannot be read.
  ///
  /// Only the file's first bytes are read.
  public static func lossless(like path: String?) -> PictureContainer {
    switch path.flatMap({ try? ImageFile.format(of: $0) }) {
    case .tiff?: .tiff
    case .npy?, .npz?: .npy
    default: .png
    }
  }

  /// The usual extension of a file's name.
  public var defaultExtension: String {
    switch self {
    case .png: "png"
    case .jpeg: "jpg"
    case .tiff: "tif"
    case .webp: "webp"
    case .npy: "npy"
    }
  }
}

extension PictureFile {
  /// The quality of JPEG files, with full resolution of the colours.
  static let jpegQuality = 95

  /// Checks that a picture can be expected to be written, so that a long command fails before its work: the
  /// extension is known, and see `AtomicFile.checkWritable(_:overwrite:)`.
  ///
  /// - Throws: `FileError`.
  public static func checkWritable(_ path: String, overwrite: Bool) throws {
    // A folder or a missing one is named as such, whatever its extension.
    try AtomicFile.checkWritable(path, overwrite: overwrite)
    _ = try PictureContainer(path: path)
  }

  /// Writes a picture in the format of the path's extension, whole or not at all.
  ///
  /// - Returns: what the format of the file could not hold, in one line; nil if it holds everything.
  /// - Throws: `FileError`.
  @discardableResult
  public static func write(
    _ picture: StoredPicture, to path: String, overwrite: Bool
  ) throws -> String? {
    let (data, remark) = try encode(picture, as: PictureContainer(path: path), path: path)
    try AtomicFile.write(data, to: path, overwrite: overwrite)
    return remark
  }

  /// A picture as the bytes of a file.
  ///
  /// Samples that the file's format can hold are written as they are.
  ///
  /// - Parameter path: for messages only.
  /// - Returns: the bytes, and what the format could not hold, in one line.
  /// - Throws: `FileError` for a picture that is too large for the format, or when memory runs out.
  public static func encode(
    _ picture: StoredPicture, as container: PictureContainer, path: String
  ) throws -> (data: Data, remark: String?) {
    var fitting = picture.fitting(container)
    let foreign = fitting.format.foreignProfile
    if foreign != nil { fitting.format.profile = nil }
    var remarks: [String] = []
    if fitting.format.type != picture.format.type || fitting.channels < picture.channels {
      remarks.append(
        "\(container.rawValue) holds no \(picture.format.summary) samples: written as "
          + "\(fitting.format.summary); .tif and .npy hold them")
    }
    let lost =
      (foreign.map { ["the colour profile, which is \($0)"] } ?? [])
      + fitting.format.lost(in: container)
    if !lost.isEmpty {
      remarks.append("not kept in .\(container.defaultExtension): " + lost.joined(separator: ", "))
    }
    return (
      try encodeFitting(fitting, as: container, path: path),
      remarks.isEmpty ? nil : remarks.joined(separator: "; ")
    )
  }

  private static func encodeFitting(
    _ picture: StoredPicture, as container: PictureContainer, path: String
  ) throws -> Data {
    let format = picture.format
    guard picture.width <= Int(Int32.max), picture.height <= Int(Int32.max) else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "a picture has sides below 2^31, not \(picture.width)x\(picture.height)",
        advice: "write a smaller picture")
    }
    switch container {
    case .npy:
      return NumpyFile.encoded(
        picture.samples, descr: format.type.numpyCode,
        shape: [picture.height, picture.width]
          + (format.channels == 1 ? [] : [format.channels]))
    case .tiff: return try encodeTIFF(picture, path: path)
    case .png:
      let plain = try encoded("PNG", path) { encoded, count, text, capacity in
        picture.samples.withUnsafeBufferPointer {
          image_codecs_encode_png(
            $0.baseAddress, picture.codecSize, &encoded, &count, text, capacity)
        }
      }
      // Signature and header take 33 bytes.
      let chunks = PictureMetadata.pngChunks(of: format)
      return chunks.isEmpty ? plain : plain.prefix(33) + chunks + plain.dropFirst(33)
    case .jpeg:
      let resolution = format.resolution?.codec ?? ImageCodecResolution()
      let plain = try encoded("JPEG", path) { encoded, count, text, capacity in
        picture.samples.withUnsafeBufferPointer {
          image_codecs_encode_jpeg(
            $0.baseAddress, picture.codecSize, Int32(jpegQuality), resolution, &encoded, &count,
            text, capacity)
        }
      }
      return Data(PictureMetadata.jpeg([UInt8](plain), with: format))
    case .webp:
      let plain = try encoded("WebP", path) { encoded, count, text, capacity in
        picture.samples.withUnsafeBufferPointer {
          image_codecs_encode_webp(
            $0.baseAddress, picture.codecSize, &encoded, &count, text, capacity)
        }
      }
      guard format.profile != nil || format.exif != nil else { return plain }
      return Data(
        WebPHeaderParser.file(
          [UInt8](plain), profile: format.profile.map { [UInt8]($0) },
          exif: format.exif.map { [UInt8]($0) }, width: picture.width, height: picture.height,
          hasAlpha: format.hasAlpha))
    }
  }

  private static func encodeTIFF(_ picture: StoredPicture, path: String) throws -> Data {
    let format = picture.format
    var options = ImageCodecTIFFOptions()
    options.zero_is_white = format.zeroIsWhite ? 1 : 0
    options.premultiplied = format.isPremultiplied ? 1 : 0
    options.resolution = format.resolution?.codec ?? ImageCodecResolution()
    let profile = format.profile.map { [UInt8]($0) } ?? []
    return try encoded("TIFF", path) { encoded, count, text, capacity in
      profile.withUnsafeBufferPointer { profile in
        options.profile = profile.baseAddress
        options.profile_count = profile.count
        let texts = [
          format.note ?? format.text(PictureText.description), format.text(PictureText.author),
          format.text(PictureText.copyright), format.tiffDate,
        ]
        return withTexts(texts) { pointers in
          (options.description, options.artist) = (pointers[0], pointers[1])
          (options.copyright, options.date_time) = (pointers[2], pointers[3])
          return picture.samples.withUnsafeBufferPointer {
            image_codecs_encode_tiff(
              $0.baseAddress, picture.codecSize, options, &encoded, &count, text, capacity)
          }
        }
      }
    }
  }

  /// Calls `body` with C's form of some texts.
  private static func withTexts<Result>(
    _ texts: [String?], _ pointers: [UnsafePointer<CChar>?] = [],
    _ body: ([UnsafePointer<CChar>?]) -> Result
  ) -> Result {
    guard !texts.isEmpty else { return body(pointers) }
    let rest = Array(texts.dropFirst())
    guard let text = texts[0] else { return withTexts(rest, pointers + [nil], body) }
    return text.withCString { withTexts(rest, pointers + [$0], body) }
  }

  /// Runs one of the codecs' encoders.
  private static func encoded(
    _ name: String, _ path: String,
    _ encode: (
      inout UnsafeMutablePointer<UInt8>?, inout Int, UnsafeMutablePointer<CChar>?, Int
    ) -> ImageCodecStatus
  ) throws -> Data {
    var message = CodecMessage()
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = message.capture { text, capacity in encode(&bytes, &count, text, capacity) }
    guard status == ImageCodecSucceeded, let bytes else {
      throw FileError(
        kind: .unwritable, path: path, reason: "the \(name) could not be encoded (\(message.text))",
        advice: "write a smaller picture, or one of another format")
    }
    // Data takes the C memory over and frees it.
    return Data(bytesNoCopy: bytes, count: count, deallocator: .free)
  }
}

extension StoredPicture {
  var codecSize: ImageCodecSize {
    ImageCodecSize(
      width: UInt32(width), height: UInt32(height), channels: UInt32(channels),
      sample: format.type.codec)
  }

  /// The picture as a kind of file can hold it: itself where that is possible.
  func fitting(_ container: PictureContainer) -> StoredPicture {
    var target = format
    switch container {
    case .tiff, .npy: return self
    case .png:
      if !target.type.hasFullRange { target.type = .unsigned16 }
    case .jpeg:
      target.type = .unsigned8
      if target.hasAlpha { target.channels -= 1 }
    case .webp:
      target.type = .unsigned8
      if target.channels <= 2 { target.channels += 2 }
    }
    target.isPremultiplied = false
    target.zeroIsWhite = false
    // What is stretched to other samples is stretched to all of them.
    if target.type != format.type {
      target.significantBits = target.type.bits
      target.range = .bits(target.type.bits)
    }
    guard target != format else { return self }
    let values = container == .jpeg ? image.composited(onto: 1) : image
    return StoredPicture(values, as: target)
  }
}

extension PictureFormat {
  /// The time of creation as TIFF writes it, `YYYY:MM:DD HH:MM:SS`; nil for any other text.
  fileprivate var tiffDate: String? {
    guard let text = text(PictureText.creationTime), text.utf8.count == 19 else { return nil }
    let pattern = "0000:00:00 00:00:00"
    let isDate = zip(text.utf8, pattern.utf8).allSatisfy { found, expected in
      expected == UInt8(ascii: "0")
        ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(found) : found == expected
    }
    return isDate ? text : nil
  }

  /// What a kind of file has no room for, in words.
  fileprivate func lost(in container: PictureContainer) -> [String] {
    var lost: [String] = []
    func lose(_ name: String, if isLost: Bool) { if isLost { lost.append(name) } }
    let isArray = container == .npy
    lose("the colour profile", if: profile != nil && isArray)
    lose("the resolution", if: resolution != nil && (isArray || container == .webp))
    lose("the description", if: note != nil && container != .tiff && container != .png)
    let holdsExif =
      switch container {
      case .png, .webp: true
      case .jpeg: PictureMetadata.fits((exif?.count ?? 0) + ExifOrientation.mark.count)
      case .tiff, .npy: false
      }
    lose("EXIF", if: exif != nil && !holdsExif)
    // Of sRGB alone nothing is lost: it is what everybody assumes.
    let chunks = colorChunks.map { PNGChunk.ancillary(in: $0, of: ["gAMA", "cHRM", "cICP"]) } ?? []
    let isStandard = colorChunks.map { !PNGChunk.ancillary(in: $0, of: ["sRGB"]).isEmpty } ?? true
    lose("the gamma", if: !chunks.isEmpty && !isStandard && container != .png)
    for text in texts ?? [] {
      let isKept =
        switch container {
        case .png: true
        case .jpeg: PictureMetadata.holdsAsComment(text)
        case .tiff:
          switch text.keyword {
          case PictureText.author, PictureText.copyright: true
          case PictureText.description: note == nil
          case PictureText.creationTime: tiffDate != nil
          default: false
          }
        case .webp, .npy: false
        }
      lose("the text '\(text.keyword)'", if: !isKept)
    }
    return lost.count > 12 ? Array(lost.prefix(12)) + ["..."] : lost
  }
}

extension PictureResolution {
  var codec: ImageCodecResolution {
    ImageCodecResolution(unit: UInt32(unit.rawValue), x: x, y: y)
  }
}

extension SampleType {
  /// NumPy's name of the type in this machine's byte order.
  package var numpyCode: String {
    let order = byteCount == 1 ? "|" : UInt16(1).littleEndian == 1 ? "<" : ">"
    let kind = isFloat ? "f" : rawValue.hasPrefix("u") ? "u" : "i"
    return "\(order)\(kind)\(byteCount)"
  }
}
