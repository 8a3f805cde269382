import Files

/// Measured points as a table of text.
///
/// Cells are separated by tabs, semicolons, commas or blanks, and numbers have a decimal point or, where
/// the comma separates no cells, a decimal comma. The columns may have names in a header, which may
/// follow lines of text about the measurement, and may come in any order, with others between them.
/// Blank lines, comments (`#`, `%`, `//`), quotes, a byte order mark, UTF-16 and any line ends are
/// understood. A row in which a position or a value is empty, `nan`, `NA` or the agreed missing value
/// is skipped and counted.
public enum PointsFile {
  /// The most bytes that a points file may have.
  ///
  /// 1 GiB, unless the environment says otherwise; see `FileLimit`.
  public static let maximumBytes = FileLimit.bytes.value(usually: 1 << 30)
  /// The most points that a points file may hold.
  ///
  /// Ten million, unless the environment says otherwise; see `FileLimit`.
  public static let maximumPoints = FileLimit.points.value(usually: 10_000_000)
  /// The most bytes that a line may have.
  public static let maximumLineBytes = 64 << 10

  /// Reads a points file.
  ///
  /// The file is read in pieces, so memory is taken for the points and not for the text.
  ///
  /// - Parameters:
  ///   - format: how its numbers are to be read.
  ///   - size: the picture's size in pixels, which positions must lie in; nil if it is not known, which
  ///     `PointsFormat.Positions.extent` does not allow.
  /// - Throws: `PointsFileError`, or `FileError` where the file cannot be read.
  public static func read(
    _ path: String, _ format: PointsFormat = PointsFormat(),
    size: (width: Int, height: Int)? = nil
  ) throws -> MeasuredPoints {
    let file = try BoundedFile(
      path: path, maximumBytes: maximumBytes,
      adviceIfTooLarge: "give fewer points, \(FileLimit.bytes.advice)")
    var text = TextLines(path: path, longestLine: maximumLineBytes)
    var parser = try PointsParser(path: path, format, size: size)
    try file.forEachPiece { piece in
      try text.add(piece) { try parser.add($0, number: $1) }
    }
    try text.finish { try parser.add($0, number: $1) }
    return try parser.finish()
  }

  /// Reads points from text; see `read(_:_:size:)`.
  ///
  /// - Parameter path: where the text came from, for messages only.
  /// - Throws: `PointsFileError`, with the number of the line.
  public static func parse(
    _ text: String, path: String, _ format: PointsFormat = PointsFormat(),
    size: (width: Int, height: Int)? = nil
  ) throws -> MeasuredPoints {
    guard text.utf8.count <= maximumBytes else {
      throw PointsFileError(
        path: path, line: nil,
        problem: "\(text.utf8.count) bytes of points, over the limit of \(maximumBytes)",
        advice: "give fewer points")
    }
    var text = text
    var lines = TextLines(path: path, longestLine: maximumLineBytes)
    var parser = try PointsParser(path: path, format, size: size)
    try text.withUTF8 { bytes in
      try lines.add(UnsafeRawBufferPointer(bytes)) { try parser.add($0, number: $1) }
    }
    try lines.finish { try parser.add($0, number: $1) }
    return try parser.finish()
  }
}

/// The reason that a points file could not be read, as one line that names the file and the line in it.
public struct PointsFileError: Error, CustomStringConvertible, Equatable {
  /// The file, as it was given.
  public let path: String
  /// The line, counted from 1; nil if the problem concerns the whole file.
  public let line: Int?
  /// The problem, with expected and actual values.
  public let problem: String
  /// What to try next.
  public let advice: String

  /// One line: the path, the line's number, what is wrong, and what to try next.
  public var description: String {
    let place = line.map { ", line \($0)" } ?? ""
    return "\(path.isEmpty ? "points" : path.onOneLine)\(place): \(problem.onOneLine); "
      + advice.onOneLine
  }
}
