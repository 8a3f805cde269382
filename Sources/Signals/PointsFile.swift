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
  /// The most bytes that a line may have.
  public static let maximumLineBytes = 64 << 10

  /// Reads a points file; see `parse(_:path:unitValues:)`.
  ///
  /// The file is read in pieces, so memory is taken for the points and not for the text.
  ///
  /// - Throws: `PointsFileError`, or `FileError` where the file cannot be read.
  public static func read(_ path: String, unitValues: Bool) throws -> PixelObservations {
    let file = try BoundedFile(
      path: path, maximumBytes: maximumBytes, adviceIfTooLarge: "give fewer points")
    var parser = PointsParser(path: path, unitValues: unitValues)
    try file.forEachPiece { try parser.add($0) }
    return try parser.finish()
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
    var (text, parser) = (text, PointsParser(path: path, unitValues: unitValues))
    try text.withUTF8 { try parser.add(UnsafeRawBufferPointer($0)) }
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
    return "\(path.isEmpty ? "points" : path.onOneLine)\(place): \(problem.onOneLine); \(advice)"
  }
}

/// Reads points from text that comes in pieces, which may end anywhere.
private struct PointsParser {
  let path: String
  let unitValues: Bool
  private var channels: Int?
  private var positions: [Float] = []
  private var values: [Float] = []
  /// Lines that ended so far.
  private var lineCount = 0
  /// The start of a line whose end has not come yet.
  private var begun: [UInt8] = []

  init(path: String, unitValues: Bool) {
    self.path = path
    self.unitValues = unitValues
  }

  mutating func add(_ piece: UnsafeRawBufferPointer) throws {
    var rest = piece[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      try extend(rest[..<end])
      try endLine()
      rest = rest[(end + 1)...]
    }
    try extend(rest)
  }

  /// The points, once all pieces are added.
  mutating func finish() throws -> PixelObservations {
    try endLine()
    guard let channels, !positions.isEmpty else {
      throw PointsFileError(
        path: path, line: nil, problem: "the file holds no point",
        advice: "give the header x,y,r,g,b or x,y,v and one line per point")
    }
    return PixelObservations(channels: channels, positions: positions, values: values)
  }

  private mutating func extend(_ bytes: Slice<UnsafeRawBufferPointer>) throws {
    guard begun.count + bytes.count <= PointsFile.maximumLineBytes else {
      throw PointsFileError(
        path: path, line: lineCount + 1,
        problem: "the line has more than \(PointsFile.maximumLineBytes) bytes",
        advice: "give a CSV file with one line per point")
    }
    begun.append(contentsOf: bytes)
  }

  private mutating func endLine() throws {
    lineCount += 1
    defer { begun.removeAll(keepingCapacity: true) }
    if lineCount == 1, begun.starts(with: [0xEF, 0xBB, 0xBF]) { begun.removeFirst(3) }
    if begun.allSatisfy(PointsLine.isSpace) { return }
    guard let text = String(validating: begun, as: UTF8.self) else {
      throw PointsFileError(
        path: path, line: lineCount, problem: "this is not a text file (UTF-8)",
        advice: "give a CSV file with the header x,y,r,g,b or x,y,v")
    }
    let line = PointsLine(path: path, number: lineCount, bytes: text.utf8)
    guard let channels else {
      channels = try line.channelsOfHeader()
      return
    }
    guard positions.count / 2 < PointsFile.maximumPoints else {
      throw line.error("more than \(PointsFile.maximumPoints) points", "give fewer points")
    }
    try line.readPoint(
      channels: channels, unitValues: unitValues, positions: &positions, values: &values)
  }
}

/// One line of a points file.
private struct PointsLine {
  let path: String
  let number: Int
  let bytes: String.UTF8View

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

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
    let found = String(String(bytes).prefix(40))
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
        "\(channels + 2) numbers are expected, got \(cells.count)", "give one point per line")
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
