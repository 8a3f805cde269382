#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The lines of a text that comes in pieces, which may end anywhere.
///
/// Lines end with a line feed, a carriage return, or both. The text is UTF-8 or any superset of ASCII,
/// whose bytes are passed on as they are, or UTF-16, which becomes UTF-8.
struct TextLines {
  private let path: String
  private let longestLine: Int
  /// Lines that ended so far.
  private var count = 0
  /// The start of a line whose end has not come yet.
  private var begun: [UInt8] = []
  /// Whether a line feed at the start of the next piece belongs to the line end before it.
  private var endedWithReturn = false
  /// The decoder of a text in UTF-16; nil for any other.
  private var decoder: UTF16Pieces?
  private var hasBegun = false

  /// - Parameters:
  ///   - path: for messages only.
  ///   - longestLine: the most bytes of a line.
  init(path: String, longestLine: Int) {
    self.path = path
    self.longestLine = longestLine
  }

  /// Adds a piece and passes on the lines that end in it, with their numbers from 1.
  ///
  /// - Throws: `PointsFileError` for a line that is too long, or the errors of `body`.
  mutating func add(
    _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Int) throws -> Void
  ) throws {
    var rest = piece
    if !hasBegun && !piece.isEmpty {
      hasBegun = true
      if piece.starts(with: [0xEF, 0xBB, 0xBF]) {
        rest = UnsafeRawBufferPointer(rebasing: piece.dropFirst(3))
      } else {
        decoder = UTF16Pieces(firstPiece: piece)
      }
    }
    guard decoder != nil else { return try split(rest, body) }
    let decoded = decoder?.decode(rest) ?? []
    try decoded.withUnsafeBytes { try split($0, body) }
  }

  /// Passes on the last line, once all pieces are added.
  mutating func finish(_ body: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
    count += 1
    try begun.withUnsafeBytes { try body($0, count) }
    begun = []
  }

  private mutating func split(
    _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Int) throws -> Void
  ) throws {
    var start = 0
    if endedWithReturn, !piece.isEmpty {
      endedWithReturn = false
      if piece[0] == Self.lineFeed { start = 1 }
    }
    // Each is found once, so that a text with one kind of line end is searched once for the other.
    var lineFeed = Self.place(of: Self.lineFeed, in: piece, from: start)
    var carriageReturn = Self.place(of: Self.carriageReturn, in: piece, from: start)
    while true {
      if lineFeed < start { lineFeed = Self.place(of: Self.lineFeed, in: piece, from: start) }
      if carriageReturn < start {
        carriageReturn = Self.place(of: Self.carriageReturn, in: piece, from: start)
      }
      let end = min(lineFeed, carriageReturn)
      guard end < piece.count else { break }
      try pass(UnsafeRawBufferPointer(rebasing: piece[start..<end]), body)
      start = end + 1
      guard end == carriageReturn else { continue }
      if start == piece.count {
        endedWithReturn = true
      } else if piece[start] == Self.lineFeed {
        start += 1
      }
    }
    try extend(UnsafeRawBufferPointer(rebasing: piece[min(start, piece.count)...]))
  }

  private mutating func pass(
    _ end: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Int) throws -> Void
  ) throws {
    if begun.isEmpty {
      try check(end.count)
      count += 1
      return try body(end, count)
    }
    try extend(end)
    count += 1
    try begun.withUnsafeBytes { try body($0, count) }
    begun.removeAll(keepingCapacity: true)
  }

  private mutating func extend(_ bytes: UnsafeRawBufferPointer) throws {
    try check(begun.count + bytes.count)
    begun.append(contentsOf: bytes)
  }

  private func check(_ length: Int) throws {
    guard length <= longestLine else {
      throw PointsFileError(
        path: path, line: count + 1, problem: "the line has more than \(longestLine) bytes",
        advice: "give a table of text with one line per point")
    }
  }

  /// The first place of a byte; the piece's end if it is not there.
  private static func place(
    of byte: UInt8, in piece: UnsafeRawBufferPointer, from start: Int
  ) -> Int {
    guard let base = piece.baseAddress, start < piece.count,
      let found = memchr(base + start, Int32(byte), piece.count - start)
    else { return piece.count }
    return UnsafeRawPointer(found) - base
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
}

/// Makes UTF-8 of UTF-16 that comes in pieces.
private struct UTF16Pieces {
  private let isBigEndian: Bool
  /// A first byte whose second has not come yet.
  private var loneByte: UInt8?
  /// The first half of a character of two code units.
  private var highSurrogate: UInt16?

  /// Nil if the text is not UTF-16, by its byte order mark or the zero bytes of its first characters.
  init?(firstPiece piece: UnsafeRawBufferPointer) {
    guard piece.count >= 2 else { return nil }
    switch (piece[0], piece[1]) {
    case (0xFF, 0xFE): isBigEndian = false
    case (0xFE, 0xFF): isBigEndian = true
    default:
      guard piece.count >= 4 else { return nil }
      let zeros = (0..<4).map { piece[$0] == 0 }
      if zeros == [false, true, false, true] {
        isBigEndian = false
      } else if zeros == [true, false, true, false] {
        isBigEndian = true
      } else {
        return nil
      }
    }
  }

  mutating func decode(_ piece: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(piece.count / 2 + 4)
    for byte in piece {
      guard let first = loneByte else {
        loneByte = byte
        continue
      }
      loneByte = nil
      append(
        isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first),
        to: &result)
    }
    return result
  }

  private mutating func append(_ unit: UInt16, to result: inout [UInt8]) {
    if let high = highSurrogate {
      highSurrogate = nil
      if UTF16.isTrailSurrogate(unit) {
        let offset = (UInt32(high) & 0x3FF) << 10 | UInt32(unit) & 0x3FF
        append(Unicode.Scalar(0x10000 + offset), to: &result)
        return
      }
      append(nil, to: &result)
    }
    if UTF16.isLeadSurrogate(unit) {
      highSurrogate = unit
    } else if unit != 0xFEFF {
      append(Unicode.Scalar(unit), to: &result)
    }
  }

  /// A scalar's bytes; a lone half of a character becomes the replacement character.
  private func append(_ scalar: Unicode.Scalar?, to result: inout [UInt8]) {
    result.append(contentsOf: UTF8.encode(scalar ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
  }
}
