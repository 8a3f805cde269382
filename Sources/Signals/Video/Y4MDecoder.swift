import Files

/// Uncompressed frames (YUV4MPEG2, as mjpegtools' manual page yuv4mpeg describes), from a file or from
/// another program.
///
/// Without a tag samples have limited range, and the matrix is BT.601 below 720 rows and BT.709
/// otherwise.
final class Y4MDecoder: FrameDecoder {
  let info: VideoInfo
  /// The longest line before a frame, in bytes.
  private static let longestFrameLine = 1024

  private let path: String
  private let input: BufferedInput
  private let header: Y4MHeader
  private let conversion: YUVConversion
  private var position = 0

  /// Opens a file and counts its frames.
  ///
  /// - Throws: `FileError`.
  convenience init(file path: String, limits: VideoLimits) throws {
    let file = try BoundedFile(path: path, maximumBytes: limits.maximumFileBytes)
    let header = try Self.header(BufferedInput(FileInput(file)), path: path, limits: limits)
    let count = try Self.frameCount(of: file, header: header, path: path, limits: limits)
    try self.init(BufferedInput(FileInput(file)), path: path, limits: limits, frameCount: count)
  }

  /// Reads from any input.
  ///
  /// - Parameters:
  ///   - format: the format that the stream comes from.
  ///   - matrix: the weights of luma; nil chooses by the height.
  ///   - isFullRange: whether samples use all values; nil takes the header's answer.
  /// - Throws: `FileError`.
  init(
    _ input: BufferedInput, path: String, limits: VideoLimits, frameCount: Int? = nil,
    format: VideoFormat = .y4m, matrix: ColorMatrix? = nil, isFullRange: Bool? = nil,
    isDeep: Bool? = nil
  ) throws {
    self.path = path
    self.input = input
    let header = try Self.header(input, path: path, limits: limits)
    self.header = header
    conversion = YUVConversion(
      matrix: matrix ?? .assumed(height: header.height),
      isFullRange: isFullRange ?? header.isFullRange ?? false)
    var info = VideoInfo(
      format: format, width: header.width, height: header.height,
      channels: header.layout.channels, frameCount: frameCount, frameRate: header.frameRate,
      isDeep: isDeep ?? (header.layout.bits > 8))
    info.dropped = header.dropped
    self.info = info
  }

  func next() throws -> Image? {
    guard let bytes = try frame() else { return nil }
    return conversion.image(
      bytes, width: header.width, height: header.height, layout: header.layout)
  }

  func skip() throws -> Bool { try frame() != nil }

  private func frame() throws -> [UInt8]? {
    if try input.isAtEnd() { return nil }
    let line = try input.line(limit: Self.longestFrameLine)
    guard let line else { throw Self.noFrame(position, path: path) }
    try Self.checkFrameLine(line, number: position, path: path)
    let bytes = try input.bytes(header.frameBytes)
    guard bytes.count == header.frameBytes else { throw Self.cut(position, path: path) }
    position += 1
    return bytes
  }

  private static func header(
    _ input: BufferedInput, path: String, limits: VideoLimits
  ) throws -> Y4MHeader {
    guard let line = try input.line(limit: Y4MHeader.longestLine) else {
      throw FileError(
        kind: .corrupt, path: path,
        reason: "the y4m's first line doesn't end within \(Y4MHeader.longestLine) bytes",
        advice: "copy the file again from its source")
    }
    return try Y4MHeader(line, path: path, limits: limits)
  }

  /// Counts frames by the lines before them.
  private static func frameCount(
    of file: BoundedFile, header: Y4MHeader, path: String, limits: VideoLimits
  ) throws -> Int {
    let start = try file.bytes(from: 0, count: min(file.size, Y4MHeader.longestLine + 1))
    var place = (start.firstIndex(of: 10) ?? start.count) + 1
    var count = 0
    while place < file.size {
      // Most lines consist of the word only.
      var piece = try file.bytes(from: place, count: 6)
      if piece.last != 10 { piece = try file.bytes(from: place, count: longestFrameLine + 1) }
      guard let end = piece.firstIndex(of: 10) else { throw noFrame(count, path: path) }
      try checkFrameLine(Array(piece[..<end]), number: count, path: path)
      place += end + 1
      guard header.frameBytes <= file.size - place else { throw cut(count, path: path) }
      place += header.frameBytes
      count += 1
      try VideoReader.check(
        width: header.width, height: header.height, frames: count, path: path, limits: limits)
    }
    guard count > 0 else {
      throw FileError(
        kind: .empty, path: path, reason: "the y4m holds no frame",
        advice: "export the clip again")
    }
    return count
  }

  private static func checkFrameLine(_ line: [UInt8], number: Int, path: String) throws {
    guard line.starts(with: "FRAME".utf8), line.count == 5 || line[5] == 32 else {
      throw noFrame(number, path: path)
    }
  }

  private static func noFrame(_ number: Int, path: String) -> FileError {
    FileError(
      kind: .corrupt, path: path, reason: "frame \(number) doesn't begin with the word FRAME",
      advice: "copy the file again from its source")
  }

  private static func cut(_ number: Int, path: String) -> FileError {
    FileError(
      kind: .truncated, path: path, reason: "the y4m ends within frame \(number)",
      advice: "copy the file again from its source")
  }
}
