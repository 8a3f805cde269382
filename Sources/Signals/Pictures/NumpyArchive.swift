import CImageCodecs
import Files
import Foundation

/// NumPy's arrays in a zip file (`.npz`): stored or deflated.
enum NumpyArchive {
  /// A file in a zip file.
  struct Entry {
    var name: String
    /// 0 stored, 8 deflated.
    var method: Int
    var isEncrypted: Bool
    var checksum: Int
    var storedBytes: Int
    var bytes: Int
    /// Where its local header begins.
    var start: Int
  }

  static func parse(
    _ bytes: HeaderBytes, page: Int, isWhole: Bool, path: String, limits: ImageLimits
  ) throws -> ParsedHeader? {
    // The list of files lies at the end.
    guard isWhole else { return nil }
    let arrays = try entries(bytes, path: path).filter { $0.name.hasSuffix(".npy") }
    guard !arrays.isEmpty else {
      throw FileError(
        kind: .unknownFormat, path: path, reason: "this zip file holds no NumPy array",
        advice: "give a \(ImageFormat.names) file")
    }
    guard page <= arrays.count else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "page \(page) was asked for, and the file has \(arrays.count) arrays",
        advice: "give a page from 1 to \(arrays.count)")
    }
    let content = try contents(of: arrays[page - 1], in: bytes, path: path, limits: limits)
    guard var parsed = try header(content, path: path, limits: limits),
      content.count >= parsed.minimumBytes
    else { throw HeaderParser.corrupt(path, "'\(arrays[page - 1].name)' is no whole array") }
    parsed.minimumBytes = 0
    parsed.extracted = content
    parsed.pictureCount = arrays.count
    return parsed
  }

  /// The arrays that are pictures of the same size, channels and type as the first; the first alone where it
  /// is none.
  ///
  /// Only one array at a time is inflated, and only the beginnings of the others, where their headers lie: a
  /// small file may hold thousands of large arrays. Reading an array checks the rest.
  static func stack(_ bytes: HeaderBytes, limits: ImageLimits) -> PictureStack {
    let arrays = ((try? entries(bytes, path: "")) ?? []).filter { $0.name.hasSuffix(".npy") }
    let headers = arrays.prefix(limits.maximumPages).map { entry -> ParsedHeader? in
      guard entry.bytes <= limits.maximumBytes,
        let start = try? start(of: entry, in: bytes, count: NumpyHeader.longest + 12, path: ""),
        let parsed = try? header(start, path: "", limits: limits),
        entry.bytes >= parsed.minimumBytes
      else { return nil }
      return parsed
    }
    guard let first = headers.first ?? nil else { return .single }
    return PictureStack(
      pages: headers.indices.filter { headers[$0]?.isLike(first) == true }.map { $0 + 1 },
      examined: headers.count, total: arrays.count)
  }

  /// The header of the array that begins with these bytes; nil where they are none or end in it.
  private static func header(
    _ bytes: [UInt8], path: String, limits: ImageLimits
  ) throws -> ParsedHeader? {
    guard ImageFormat(signatureOf: bytes) == .npy else { return nil }
    return try NumpyHeader.parse(
      HeaderBytes(bytes[...]), format: .npz, path: path, limits: limits)
  }

  /// The central directory (APPNOTE 6.3, section 4.3.12).
  private static func entries(_ bytes: HeaderBytes, path: String) throws -> [Entry] {
    let damaged = HeaderParser.corrupt(path, "the zip file's directory is damaged")
    // The end record may be followed by a comment of up to 65535 bytes.
    var end = bytes.count - 22
    let first = max(0, end - 65_535)
    while end >= first, !bytes.matches([0x50, 0x4B, 0x05, 0x06], at: end) { end -= 1 }
    guard end >= first, var count = bytes.unsigned16(at: end + 10, littleEndian: true),
      var offset = bytes.unsigned32(at: end + 16, littleEndian: true)
    else {
      throw FileError(
        kind: .truncated, path: path, reason: "the zip file's directory is missing",
        advice: "copy the file again from its source")
    }
    if bytes.matches([0x50, 0x4B, 0x06, 0x07], at: end - 20),
      let record = bytes.unsigned64(at: end - 12, littleEndian: true),
      bytes.matches([0x50, 0x4B, 0x06, 0x06], at: record)
    {
      guard let larger = bytes.unsigned64(at: record + 32, littleEndian: true),
        let place = bytes.unsigned64(at: record + 48, littleEndian: true)
      else { throw damaged }
      (count, offset) = (larger, place)
    }
    // Each entry takes 46 bytes at least.
    guard count <= bytes.count / 46 else { throw damaged }
    var result: [Entry] = []
    for _ in 0..<count {
      guard bytes.matches([0x50, 0x4B, 0x01, 0x02], at: offset),
        let flags = bytes.unsigned16(at: offset + 8, littleEndian: true),
        let method = bytes.unsigned16(at: offset + 10, littleEndian: true),
        let checksum = bytes.unsigned32(at: offset + 16, littleEndian: true),
        let stored = bytes.unsigned32(at: offset + 20, littleEndian: true),
        let size = bytes.unsigned32(at: offset + 24, littleEndian: true),
        let nameLength = bytes.unsigned16(at: offset + 28, littleEndian: true),
        let extraLength = bytes.unsigned16(at: offset + 30, littleEndian: true),
        let commentLength = bytes.unsigned16(at: offset + 32, littleEndian: true),
        let start = bytes.unsigned32(at: offset + 42, littleEndian: true),
        let name = bytes.slice(at: offset + 46, count: nameLength),
        let extra = bytes.slice(at: offset + 46 + nameLength, count: extraLength)
      else { throw damaged }
      var entry = Entry(
        name: String(decoding: name.array, as: UTF8.self), method: method,
        isEncrypted: flags & 1 != 0, checksum: checksum, storedBytes: stored, bytes: size,
        start: start)
      guard readLargeSizes(extra, into: &entry) else { throw damaged }
      result.append(entry)
      offset += 46 + nameLength + extraLength + commentLength
    }
    return result
  }

  /// Sizes and places beyond 32 bits (the Zip64 extra field); false where they are missing.
  private static func readLargeSizes(_ extra: HeaderBytes, into entry: inout Entry) -> Bool {
    let mark = 0xFFFF_FFFF
    guard [entry.bytes, entry.storedBytes, entry.start].contains(mark) else { return true }
    var offset = 0
    while let kind = extra.unsigned16(at: offset, littleEndian: true),
      let length = extra.unsigned16(at: offset + 2, littleEndian: true)
    {
      guard kind == 1 else {
        offset += 4 + length
        continue
      }
      var place = offset + 4
      for field in [\Entry.bytes, \Entry.storedBytes, \Entry.start]
      where entry[keyPath: field] == mark {
        guard let number = extra.unsigned64(at: place, littleEndian: true) else { return false }
        entry[keyPath: field] = number
        place += 8
      }
      return true
    }
    return false
  }

  /// The bytes of an entry as they lie in the zip file.
  private static func stored(
    _ entry: Entry, in bytes: HeaderBytes, path: String
  ) throws -> HeaderBytes {
    guard !entry.isEncrypted else {
      throw HeaderParser.unsupported(path, "'\(entry.name)' is encrypted")
    }
    guard bytes.matches([0x50, 0x4B, 0x03, 0x04], at: entry.start),
      let nameLength = bytes.unsigned16(at: entry.start + 26, littleEndian: true),
      let extraLength = bytes.unsigned16(at: entry.start + 28, littleEndian: true),
      let stored = bytes.slice(
        at: entry.start + 30 + nameLength + extraLength, count: entry.storedBytes)
    else { throw HeaderParser.corrupt(path, "'\(entry.name)' lies outside the zip file") }
    return stored
  }

  /// The first bytes of an entry, unchecked; all of them where it has fewer than `count`.
  private static func start(
    of entry: Entry, in bytes: HeaderBytes, count: Int, path: String
  ) throws -> [UInt8] {
    let stored = try stored(entry, in: bytes, path: path)
    let wanted = min(count, entry.bytes)
    let start: [UInt8]? =
      switch entry.method {
      case 0: stored.slice(at: 0, count: min(wanted, stored.count))?.array
      case 8: Deflate.start(stored, isRaw: true, count: wanted)
      default: nil
      }
    guard let start else { throw HeaderParser.corrupt(path, "'\(entry.name)' is damaged") }
    return start
  }

  private static func contents(
    of entry: Entry, in bytes: HeaderBytes, path: String, limits: ImageLimits
  ) throws -> [UInt8] {
    let stored = try stored(entry, in: bytes, path: path)
    guard entry.bytes <= limits.maximumBytes else {
      throw FileError.tooManyBytes(
        path: path, byteCount: entry.bytes, limit: limits.maximumBytes,
        advice: "give a smaller array")
    }
    let content: [UInt8]
    switch entry.method {
    case 0: content = stored.array
    case 8:
      guard let inflated = Deflate.inflated(stored, isRaw: true, limit: entry.bytes) else {
        throw HeaderParser.corrupt(path, "'\(entry.name)' is damaged")
      }
      content = inflated
    default:
      throw HeaderParser.unsupported(
        path, "'\(entry.name)' is compressed by method \(entry.method), expected stored or deflate")
    }
    let checksum = content.withUnsafeBufferPointer {
      image_codecs_checksum($0.baseAddress, $0.count)
    }
    guard content.count == entry.bytes, Int(checksum) == entry.checksum else {
      throw HeaderParser.corrupt(path, "'\(entry.name)' does not have its checksum")
    }
    return content
  }
}

extension ParsedHeader {
  /// Whether an array has the size, the channels and the type of another one; truth values are a type of their own.
  fileprivate func isLike(_ other: ParsedHeader) -> Bool {
    header == other.header && type == other.type && numpy?.isBoolean == other.numpy?.isBoolean
  }
}

/// zlib's streams.
enum Deflate {
  /// The bytes of a stream; nil where it is damaged or longer than the limit.
  static func inflated(_ stream: HeaderBytes, isRaw: Bool, limit: Int) -> [UInt8]? {
    var content: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = stream.withUnsafeBytes {
      image_codecs_inflate($0, $1, isRaw ? 1 : 0, limit, &content, &count)
    }
    guard status == ImageCodecSucceeded else { return nil }
    defer { free(content) }
    return Array(UnsafeBufferPointer(start: content, count: count))
  }

  /// The first bytes of a stream, fewer where it has fewer; nil where it is damaged before.
  static func start(_ stream: HeaderBytes, isRaw: Bool, count: Int) -> [UInt8]? {
    var found = 0
    var status = ImageCodecSucceeded
    let content = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      status = stream.withUnsafeBytes {
        image_codecs_inflate_start(
          $0, $1, isRaw ? 1 : 0, buffer.baseAddress, buffer.count, &found)
      }
      initializedCount = found
    }
    return status == ImageCodecSucceeded ? content : nil
  }

  /// A zlib stream of the bytes; nil where memory runs out.
  static func deflated(_ bytes: [UInt8]) -> [UInt8]? {
    var content: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = bytes.withUnsafeBufferPointer {
      image_codecs_deflate($0.baseAddress, $0.count, &content, &count)
    }
    guard status == ImageCodecSucceeded else { return nil }
    defer { free(content) }
    return Array(UnsafeBufferPointer(start: content, count: count))
  }
}
