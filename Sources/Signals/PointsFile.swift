import Files

/// Measured points as text: comma-separated values under a header.
///
/// The header is `x,y,r,g,b` or `x,y,v`. x (column) and y (row) are in pixels, fractions allowed,
/// 0 the centre of the first pixel; values run 0...255, or 0...1 where so agreed. Blank lines,
/// spaces around numbers, Windows line ends and a byte order mark are let pass.
public enum PointsFile {
  /// The most bytes that a points file may have.
  public static let maximumBytes = 256 << 20
  /// The most points that a points file may hold.
  public static let maximumPoints = 10_000_000

  /// Reads a points file; see `parse(_:path:unitValues:)`.
  ///
  /// - Throws: `PointsFileError`, or ``FileError`` where the file cannot be read.
  public static func read(_ path: String, unitValues: Bool) throws -> PixelObservations {
    let file = try BoundedFile(
      path: path, maximumBytes: maximumBytes, adviceIfTooLarge: "give fewer points")
    guard let text = String(validating: try file.bytes(upTo: file.size), as: UTF8.self) else {
      throw PointsFileError(
        path: path, line: nil, problem: "this is not a text file (UTF-8)",
        advice: "give a CSV file with the header x,y,r,g,b or x,y,v")
    }
    return try parse(text, path: path, unitValues: unitValues)
  }

  /// Reads points from text.
  ///
  /// - Parameters:
  ///   - path: where the text came from, for messages only.
  ///   - unitValues: whether values run 0...1 rather than 0...255.
  /// - Returns: at least one point; values 0...1.
  /// - Throws: `PointsFileError`, with the number of the line.
  public static func parse(
    _ text: String, path: String, unitValues: Bool
  ) throws -> PixelObservations {
    guard text.utf8.count <= maximumBytes else {
      throw PointsFileError(
        path: path, line: nil,
        problem: "\(text.utf8.count) bytes of points, over the limit of \(maximumBytes)",
        advice: "give fewer points")
    }
    var channels: Int?
    var positions: [Float] = []
    var values: [Float] = []
    var lineNumber = 0
    for rawLine in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    {
      lineNumber += 1
      let line = LineReader(
        path: path, number: lineNumber, bytes: lineNumber == 1 ? withoutMark(rawLine) : rawLine)
      if line.isBlank { continue }
      guard let channels else {
        channels = try line.channelsOfHeader()
        continue
      }
      guard positions.count / 2 < maximumPoints else {
        throw line.error("more than \(maximumPoints) points", "give fewer points")
      }
      try line.readPoint(
        channels: channels, unitValues: unitValues, positions: &positions, values: &values)
    }
    guard let channels, !positions.isEmpty else {
      throw PointsFileError(
        path: path, line: nil, problem: "the file holds no point",
        advice: "give the header x,y,r,g,b or x,y,v and one line a point")
    }
    return PixelObservations(channels: channels, positions: positions, values: values)
  }

  private static func withoutMark(_ line: Substring.UTF8View) -> Substring.UTF8View {
    line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
  }
}

/// Why a points file could not be read: one line that names the file and the line in it.
public struct PointsFileError: Error, CustomStringConvertible, Equatable {
  /// The file, as it was given.
  public let path: String
  /// The line, counted from 1; nil where the file as a whole is meant.
  public let line: Int?
  /// What is wrong, expected against actual.
  public let problem: String
  /// What to try next.
  public let advice: String

  /// One line: the path, the line's number, what is wrong, and what to try next.
  public var description: String {
    let place = line.map { ", line \($0)" } ?? ""
    return "\(path.isEmpty ? "points" : path.onOneLine)\(place): \(problem.onOneLine); \(advice)"
  }
}

/// One line of a points file.
private struct LineReader {
  let path: String
  let number: Int
  let bytes: Substring.UTF8View

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

  var isBlank: Bool { bytes.allSatisfy(Self.isSpace) }

  private var cells: [Substring] {
    bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { cell in
      var cell = cell
      while let first = cell.first, Self.isSpace(first) { cell.removeFirst() }
      while let last = cell.last, Self.isSpace(last) { cell.removeLast() }
      return Substring(cell)
    }
  }

  func error(_ problem: String, _ advice: String) -> PointsFileError {
    PointsFileError(path: path, line: number, problem: problem, advice: advice)
  }

  func channelsOfHeader() throws -> Int {
    let names = cells.map { $0.lowercased() }
    if names == ["x", "y", "r", "g", "b"] { return 3 }
    if names == ["x", "y", "v"] { return 1 }
    let found = String(Substring(bytes).prefix(40))
    throw error(
      "the header is '\(found)', expected x,y,r,g,b or x,y,v",
      "name the columns on the first line")
  }

  func readPoint(
    channels: Int, unitValues: Bool, positions: inout [Float], values: inout [Float]
  ) throws {
    let cells = cells
    guard cells.count == channels + 2 else {
      throw error(
        "\(channels + 2) numbers are expected, got \(cells.count)", "give one point a line")
    }
    let numbers = try cells.map { cell in
      guard let value = Double(cell), value.isFinite else {
        throw error("'\(cell.prefix(20))' is not a number", "write numbers such as 12 or 3.5")
      }
      return value
    }
    for (name, value) in [("x", numbers[0]), ("y", numbers[1])] {
      guard value >= -0.5, value <= 1e6 else {
        throw error(
          "\(name) is \(value), outside any picture",
          "give positions in pixels, 0 for the first")
      }
    }
    let largest = unitValues ? 1.0 : 255.0
    for value in numbers[2...] where !(0...largest).contains(value) {
      throw error(
        "a value is \(value), expected 0 to \(Int(largest))",
        unitValues ? "leave --unit out for values to 255" : "scale the values to 0...255")
    }
    positions.append(Float(numbers[1]))
    positions.append(Float(numbers[0]))
    values.append(contentsOf: numbers[2...].map { Float($0 / largest) })
  }
}
