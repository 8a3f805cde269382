import Files

/// The checked animation chunks of a PNG (PNG specification, third edition, sections 11.3.2.1 to
/// 11.3.2.3).
///
/// The heads of all chunks of the file are read first, so missing parts are known before a frame is
/// decoded. Only one position per frame is stored.
struct AnimatedPNGIndex {
  /// A frame's position on the canvas, and how it is composed.
  struct Frame {
    var width: Int
    var height: Int
    var x: Int
    var y: Int
    /// The duration of the frame in seconds.
    var delay: (numerator: Int, denominator: Int)
    var disposal: Disposal
    /// Whether the frame is composed over the canvas instead of replacing it.
    var isBlended: Bool
    /// The offset in the file of the chunks with its data.
    var dataStart: Int
  }

  /// How a frame's area changes before the next frame.
  enum Disposal: UInt8 {
    case keep, clear, restore
  }

  /// The canvas.
  let header: ParsedHeader
  /// The contents of the header chunk.
  private(set) var headerChunk: [UInt8] = []
  /// Palette and transparency, which all frames share.
  private(set) var sharedChunks: [PNGChunk] = []
  private(set) var frames: [Frame] = []

  private let path: String

  /// The head of a chunk, and the offset of its contents.
  struct ChunkHead {
    var type: String
    var length: Int
    var contents: Int
    /// The offset of the next chunk.
    var end: Int { contents + length + 4 }
  }

  /// Whether a PNG has the chunk that announces an animation before its pixels.
  static func isAnimated(_ file: BoundedFile) throws -> Bool {
    var place = 8
    while let head = try Self.head(in: file, at: place), head.type != "IDAT", head.type != "IEND" {
      if head.type == "acTL" { return true }
      place = head.end
    }
    return false
  }

  /// Reads the heads of a file's chunks.
  ///
  /// - Throws: `FileError`.
  init(_ file: BoundedFile, path: String, limits: VideoLimits) throws {
    self.path = path
    let start = try file.bytes(from: 0, count: min(file.size, 33))
    guard start.count == 33 else { throw Self.truncated(path, "within its header") }
    // Transparency, the rest of the header, is parsed from the shared chunks.
    var announced: Int?
    var sequence = 0
    var sawData = false
    var pending: Frame?
    var pendingHasData = false
    var place = 8
    var ended = false
    var shared: [PNGChunk] = []
    var found: [Frame] = []

    func fail(_ reason: String) -> FileError { HeaderParser.corrupt(path, reason) }
    func closeFrame() throws {
      guard let frame = pending else { return }
      guard pendingHasData else { throw fail("frame \(found.count) of the animation has no data") }
      found.append(frame)
      pending = nil
    }
    func checkSequence(_ number: Int?) throws {
      guard number == sequence else {
        throw fail(
          "an animation chunk has sequence number \(number.map(String.init) ?? "none"), expected "
            + "\(sequence)")
      }
      sequence += 1
    }

    var canvas = (width: 0, height: 0)
    while let head = try Self.head(in: file, at: place) {
      guard head.end <= file.size else {
        throw Self.truncated(path, "within a chunk \(head.type.debugDescription)")
      }
      switch head.type {
      case "IHDR":
        guard place == 8, head.length == 13 else { throw fail("the PNG has two headers") }
        headerChunk = try Self.contents(of: head, in: file, path: path)
        let bytes = HeaderBytes(headerChunk[...])
        canvas = (bytes.unsigned32(at: 0) ?? 0, bytes.unsigned32(at: 4) ?? 0)
        try VideoReader.check(
          width: canvas.width, height: canvas.height, frames: nil, path: path, limits: limits)
      case "PLTE", "tRNS":
        guard !sawData, head.length <= 768 else {
          throw fail("the chunk \(head.type) has \(head.length) bytes or comes too late")
        }
        shared.append(
          PNGChunk(head.type, payload: try Self.contents(of: head, in: file, path: path)))
      case "acTL":
        guard announced == nil, !sawData, head.length == 8 else {
          throw fail("the animation is announced twice, too late, or in \(head.length) bytes")
        }
        let bytes = HeaderBytes(try Self.contents(of: head, in: file, path: path)[...])
        let count = bytes.unsigned32(at: 0) ?? 0
        guard count > 0 else { throw fail("the animation claims 0 frames") }
        try VideoReader.check(
          width: canvas.width, height: canvas.height, frames: count, path: path, limits: limits)
        announced = count
      case "fcTL":
        try closeFrame()
        guard let announced, found.count < announced else {
          throw fail("the animation has more frames than the \(announced ?? 0) that it claims")
        }
        let bytes = HeaderBytes(try Self.contents(of: head, in: file, path: path, limit: 26)[...])
        try checkSequence(bytes.unsigned32(at: 0))
        var frame = try Self.frame(bytes, number: found.count, canvas: canvas, path: path)
        if !sawData,
          (frame.x, frame.y, frame.width, frame.height) != (0, 0, canvas.width, canvas.height)
        {
          throw fail("the first frame of the animation doesn't fill the canvas")
        }
        frame.dataStart = head.end
        pending = frame
        pendingHasData = false
      case "IDAT":
        sawData = true
        if pending != nil {
          guard found.isEmpty else {
            throw fail("frame \(found.count) has data of the first picture")
          }
          pendingHasData = true
        }
      case "fdAT":
        guard sawData, pending != nil, head.length >= 4 else {
          throw fail("the animation has data that belong to no frame")
        }
        try checkSequence(
          HeaderBytes(try file.bytes(from: head.contents, count: 4)[...]).unsigned32(at: 0))
        pendingHasData = true
      case "IEND":
        ended = true
      default: break
      }
      if ended { break }
      place = head.end
    }
    guard ended else { throw Self.truncated(path, "before its last chunk") }
    try closeFrame()
    guard let announced else { throw fail("the PNG is not animated") }
    guard found.count == announced else {
      throw Self.truncated(path, "after \(found.count) of the \(announced) frames that it claims")
    }
    frames = found
    sharedChunks = shared
    // A picture without pixels, for the parser of headers.
    let head =
      PNGHeaderParser.signature + PNGChunk("IHDR", payload: headerChunk).encoded
      + shared.flatMap(\.encoded) + PNGChunk("IDAT", payload: []).encoded
    guard
      let parsed = try HeaderParser.parse(
        HeaderBytes(head[...]), isWhole: true, path: path,
        limits: ImageLimits(maximumPixels: limits.maximumPixels))
    else { throw Self.truncated(path, "within its header") }
    header = parsed
  }

  /// Frames per second: exact if all frames are shown equally long, otherwise the average in
  /// milliseconds; nil if no time passes.
  var frameRate: FrameRate? {
    guard let first = frames.first?.delay else { return nil }
    let isEven = frames.allSatisfy {
      $0.delay.numerator * first.denominator == first.numerator * $0.delay.denominator
    }
    if isEven { return FrameRate(first.denominator, per: first.numerator) }
    let seconds = frames.reduce(0) {
      $0 + Double($1.delay.numerator) / Double($1.delay.denominator)
    }
    return FrameRate(frames.count * 1000, per: max(1, Int((seconds * 1000).rounded())))
  }

  /// The head of the chunk at an offset; nil at the end of the file.
  static func head(in file: BoundedFile, at place: Int) throws -> ChunkHead? {
    guard place >= 0, place <= file.size - 12 else { return nil }
    let bytes = try file.bytes(from: place, count: 8)
    guard bytes.count == 8, let length = HeaderBytes(bytes[...]).unsigned32(at: 0) else {
      return nil
    }
    return ChunkHead(
      type: String(decoding: bytes[4...], as: UTF8.self), length: length, contents: place + 8)
  }

  /// A chunk's contents, checked against its checksum.
  ///
  /// - Parameter limit: the largest number of bytes.
  static func contents(
    of head: ChunkHead, in file: BoundedFile, path: String, limit: Int = 4096
  ) throws -> [UInt8] {
    guard head.length <= limit else {
      throw HeaderParser.corrupt(
        path, "a chunk \(head.type) claims \(head.length) bytes, over the limit of \(limit)")
    }
    let bytes = try file.bytes(from: head.contents, count: head.length + 4)
    guard bytes.count == head.length + 4 else { throw truncated(path, "within a chunk") }
    let contents = Array(bytes.dropLast(4))
    let stored = HeaderBytes(bytes[...]).unsigned32(at: head.length) ?? 0
    guard stored == Int(PNGChunk.checksum(Array(head.type.utf8) + contents)) else {
      throw HeaderParser.corrupt(path, "a chunk \(head.type) has a wrong CRC")
    }
    return contents
  }

  private static func frame(
    _ bytes: HeaderBytes, number: Int, canvas: (width: Int, height: Int), path: String
  ) throws -> Frame {
    guard let width = bytes.unsigned32(at: 4), let height = bytes.unsigned32(at: 8),
      let x = bytes.unsigned32(at: 12), let y = bytes.unsigned32(at: 16),
      let numerator = bytes.unsigned16(at: 20), let denominator = bytes.unsigned16(at: 22),
      let disposal = bytes.byte(at: 24).flatMap({ Disposal(rawValue: UInt8($0)) }),
      let blending = bytes.byte(at: 25), blending <= 1
    else {
      throw HeaderParser.corrupt(path, "the control chunk of frame \(number) is damaged")
    }
    guard width > 0, height > 0, x + width <= canvas.width, y + height <= canvas.height else {
      throw HeaderParser.corrupt(
        path,
        "frame \(number) of \(width)x\(height) at column \(x), row \(y) lies outside the canvas of "
          + "\(canvas.width)x\(canvas.height)")
    }
    return Frame(
      width: width, height: height, x: x, y: y,
      delay: (numerator, denominator == 0 ? 100 : denominator), disposal: disposal,
      isBlended: blending == 1, dataStart: 0)
  }

  static func truncated(_ path: String, _ place: String) -> FileError {
    FileError(
      kind: .truncated, path: path, reason: "the animated PNG ends \(place)",
      advice: "copy the file again from its source")
  }
}
