import Files

/// Reads points from the lines of a table.
struct PointsParser {
  private let path: String
  private let format: PointsFormat
  private let size: (width: Int, height: Int)?
  private let pixelsAlongX: LinearMap
  private let pixelsAlongY: LinearMap
  /// The range of accepted values; nil takes them all.
  private let bounds: (low: Double, high: Double, slack: Double)?

  /// The table's columns and separator, once they are known.
  private var table: (columns: TableColumns, separator: TableSeparator)?
  /// Whether the table's first row is still to come, which may be one of units.
  private var awaitsFirstRow = true
  private var preamble = TablePreamble()
  private var cells = TableCells()

  private var positions: [Float] = []
  private var values: [Double] = []
  private var skippedRows = 0

  /// - Throws: `PointsFileError` for an extent without a size.
  init(path: String, _ format: PointsFormat, size: (width: Int, height: Int)?) throws {
    self.path = path
    self.format = format
    self.size = size
    switch format.positions {
    case .pixels:
      (pixelsAlongX, pixelsAlongY) = (LinearMap(factor: 1), LinearMap(factor: 1))
    case .pixelSize(let x, let y):
      (pixelsAlongX, pixelsAlongY) = (LinearMap(factor: 1 / x), LinearMap(factor: 1 / y))
    case .extent(let x, let y):
      guard let size else {
        throw PointsFileError(
          path: path, line: nil, problem: "an extent says nothing without a size in pixels",
          advice: "give the size of the picture")
      }
      pixelsAlongX = LinearMap(x, pixels: size.width)
      pixelsAlongY = LinearMap(y, pixels: size.height)
    }
    switch format.range {
    case .bounds(let low, let high):
      bounds = (low, high, (high - low) * Self.slack)
    case .extremes: bounds = nil
    }
  }

  /// Values so far beyond the range, in parts of it, are rounding and not another scale.
  private static let slack = 0.002

  mutating func add(_ line: UnsafeRawBufferPointer, number: Int) throws {
    if TableCells.isIgnored(line) {
      if table == nil { preamble.noteComment(line) }
      return
    }
    if !awaitsFirstRow, let table { return try addRow(line, number, table) }
    if let table {
      awaitsFirstRow = false
      guard let separator = separator(ofFirstRow: line, after: table) else { return }
      self.table = (table.columns, separator)
      return try addRow(line, number, (table.columns, separator))
    }
    try begin(line, number)
  }

  /// The points, once all lines are added.
  func finish() throws -> MeasuredPoints {
    guard let table else {
      throw PointsFileError(
        path: path, line: nil,
        problem: preamble.lastText.map {
          "no table of points begins; the last line of text is '\($0)'"
        }
          ?? "the file holds no point",
        advice:
          "give the header x,y,v or x,y,r,g,b and one line per point, or name the columns with "
          + "--columns")
    }
    guard !positions.isEmpty else {
      throw PointsFileError(
        path: path, line: nil,
        problem: skippedRows == 0
          ? "the file holds no point"
          : "each of its \(skippedRows) rows misses a position or a value",
        advice: "give one line per point, below the header")
    }
    let range = range
    let scale = 1 / (range.upperBound - range.lowerBound)
    let seemsUnit =
      format.range == .levels && values.allSatisfy { $0 <= 1 } && values.contains { $0 > 0 }
    return MeasuredPoints(
      observations: PixelObservations(
        channels: table.columns.values.count, positions: positions,
        values: values.map { Float(min(1, max(0, ($0 - range.lowerBound) * scale))) }),
      range: range, columns: table.columns.names, skippedRows: skippedRows,
      seemsScaledToUnit: seemsUnit)
  }

  /// The values that become 0 and 1; a table of one value is grey.
  private var range: ClosedRange<Double> {
    if let bounds { return bounds.low...bounds.high }
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values { (low, high) = (min(low, value), max(high, value)) }
    let half = max(0.5, abs(low) * 1e-6)
    return low < high ? low...high : low - half...low + half
  }

  // MARK: The beginning of a table

  /// Looks for a header or a first row.
  private mutating func begin(_ line: UnsafeRawBufferPointer, _ number: Int) throws {
    guard !line.contains(0) else {
      throw error(number, "this is not a text file", "give a table of text with one line per point")
    }
    for separator in TableSeparator.allCases {
      cells.split(line, by: separator)
      guard let columns = columns(inHeader: line, separator) else { continue }
      table = (columns, separator)
      return
    }
    for separator in TableSeparator.allCases {
      cells.split(line, by: separator)
      guard cells.count >= 3, isRow(line, separator) else { continue }
      let columns = try columns(ofRowAt: number)
      table = (columns, separator)
      awaitsFirstRow = false
      return try addRow(line, number, (columns, separator))
    }
    try preamble.note(line, number, path: path)
  }

  /// The columns that a line names as a header; nil if it does not.
  private func columns(
    inHeader line: UnsafeRawBufferPointer, _ separator: TableSeparator
  ) -> TableColumns? {
    guard cells.count >= 3, !isRow(line, separator) else { return nil }
    let names = (0..<cells.count).map { cells.text($0, of: line) }
    guard let wanted = format.columns else { return TableColumns(named: names) }
    guard let numbers = Self.numbers(wanted) else {
      return TableColumns(wanted: wanted, named: names)
    }
    // Numbers do not say which line is the header, so it must be a line of names alone.
    guard (0..<cells.count).allSatisfy({ number(of: $0, in: line, separator) == nil }) else {
      return nil
    }
    return TableColumns(numbers: numbers, cellCount: cells.count, names: names)
  }

  /// The columns of a table without a header, from its first row.
  private func columns(ofRowAt line: Int) throws -> TableColumns {
    let count = cells.count
    let names = preamble.namesInText(count)
    if let wanted = format.columns {
      if let names, Self.numbers(wanted) == nil {
        throw error(
          line,
          "the columns are \(names.joined(separator: ", ")), not all of "
            + wanted.joined(separator: ", "), "name three or five of them with --columns")
      }
      if let numbers = Self.numbers(wanted) {
        if let columns = TableColumns(numbers: numbers, cellCount: count, names: nil) {
          return columns
        }
      } else if wanted.count == count, let columns = TableColumns(named: wanted) {
        return columns
      }
      let list = wanted.joined(separator: ",")
      throw error(
        line, "--columns \(list) does not fit the row of \(count) cells",
        "name all columns in order, or give the numbers of x, y and the value, such as "
          + "--columns 1,2,\(count)")
    }
    if let columns = preamble.columnsInComment(count) { return columns }
    if let names {
      throw error(
        line,
        "it is not clear which of the columns \(names.joined(separator: ", ")) are x, y and "
          + "the value",
        "name the three with --columns, such as --columns "
          + names.prefix(3).joined(separator: ","))
    }
    if let columns = TableColumns(inOrderOf: count) { return columns }
    throw error(
      line, "rows of \(count) cells without a header",
      "give the numbers of x, y and the value with --columns, such as --columns 1,2,\(count)")
  }

  /// Whether all cells are numbers or say that there is none, two of them numbers.
  private func isRow(_ line: UnsafeRawBufferPointer, _ separator: TableSeparator) -> Bool {
    var numbers = 0
    for index in 0..<cells.count {
      if number(of: index, in: line, separator) != nil {
        numbers += 1
      } else if !TableNumber.isMissing(cells.bytes(index, of: line)) {
        return false
      }
    }
    return numbers >= 2
  }

  /// The separator of the rows, which may be another than the header's; nil for a row of units.
  private mutating func separator(
    ofFirstRow line: UnsafeRawBufferPointer,
    after table: (columns: TableColumns, separator: TableSeparator)
  ) -> TableSeparator? {
    let likely = [table.separator] + TableSeparator.allCases.filter { $0 != table.separator }
    for separator in likely {
      cells.split(line, by: separator)
      if cells.count == table.columns.cellCount, isRow(line, separator) { return separator }
    }
    cells.split(line, by: table.separator)
    let isText = !line.contains { $0 &- UInt8(ascii: "0") < 10 }
    let isOfUnits =
      isText && cells.count == table.columns.cellCount
      && !(0..<cells.count).contains { TableNumber.isMissing(cells.bytes($0, of: line)) }
    return isOfUnits ? nil : table.separator
  }

  // MARK: Rows

  private mutating func addRow(
    _ line: UnsafeRawBufferPointer, _ number: Int,
    _ table: (columns: TableColumns, separator: TableSeparator)
  ) throws {
    cells.split(line, by: table.separator)
    let columns = table.columns
    guard cells.count == columns.cellCount || hasEmptyEnd(line, columns.cellCount) else {
      throw error(
        number, "\(columns.cellCount) cells are expected, got \(cells.count)",
        "give one point per line, with the cells of the first line")
    }
    guard positions.count / 2 < PointsFile.maximumPoints else {
      throw error(
        number, "more than \(PointsFile.maximumPoints) points",
        "give fewer points, \(FileLimit.points.advice)")
    }
    guard let x = try cell(columns.x, line, number, table.separator),
      let y = try cell(columns.y, line, number, table.separator)
    else {
      skippedRows += 1
      return
    }
    let start = values.count
    var missing = 0
    for column in columns.values {
      guard let value = try cell(column, line, number, table.separator) else {
        values.removeSubrange(start...)
        skippedRows += 1
        return
      }
      if isMissing(value) { missing += 1 }
      values.append(value)
    }
    guard missing < columns.values.count else {
      values.removeSubrange(start...)
      skippedRows += 1
      return
    }
    for value in values[start...] { try check(value, number) }
    try addPosition(x, y, number)
  }

  /// Whether a row has one cell too many, which is empty: it ends with a separator.
  private func hasEmptyEnd(_ line: UnsafeRawBufferPointer, _ count: Int) -> Bool {
    cells.count == count + 1 && cells.bytes(count, of: line).isEmpty
  }

  /// The number in a cell; nil if the cell says that there is none.
  private func cell(
    _ index: Int, _ line: UnsafeRawBufferPointer, _ number: Int, _ separator: TableSeparator
  ) throws -> Double? {
    if let value = self.number(of: index, in: line, separator) { return value }
    let bytes = cells.bytes(index, of: line)
    if TableNumber.isMissing(bytes) { return nil }
    throw error(
      number, "'\(String(decoding: bytes.prefix(20), as: UTF8.self))' is not a number",
      "write numbers such as 12 or 3.5, and nothing or nan where there is none")
  }

  private func number(
    of index: Int, in line: UnsafeRawBufferPointer, _ separator: TableSeparator
  ) -> Double? {
    TableNumber.parse(
      cells.bytes(index, of: line), allowsComma: cells.allowsDecimalComma(index, separator))
  }

  private func isMissing(_ value: Double) -> Bool {
    guard let missing = format.missing else { return false }
    // A value of single precision may be printed with fewer or more digits.
    return abs(value - missing) <= 1e-6 * abs(missing)
  }

  private func check(_ value: Double, _ line: Int) throws {
    guard let bounds else { return }
    guard value >= bounds.low - bounds.slack, value <= bounds.high + bounds.slack else {
      throw error(
        line, "a value is \(value), expected \(bounds.low.short) to \(bounds.high.short)",
        format.range == .unit
          ? "leave --unit out for values to 255, or pass --range LOW:HIGH"
          : "pass the range of the values with --range LOW:HIGH, or --range auto")
    }
  }

  private mutating func addPosition(_ x: Double, _ y: Double, _ line: Int) throws {
    let (column, row) = (Float(pixelsAlongX.value(x)), Float(pixelsAlongY.value(y)))
    let isInside =
      size.map {
        PixelPosition.isInside(column, size: $0.width)
          && PixelPosition.isInside(row, size: $0.height)
      } ?? ([column, row].allSatisfy { $0 >= -0.5 && $0 <= 1e6 })
    guard isInside else {
      let place = format.positions == .pixels ? "" : " (column \(column), row \(row))"
      throw error(
        line,
        "the point x \(x.short), y \(y.short)\(place) lies outside "
          + (size.map { "the picture of \($0.width)x\($0.height)" } ?? "any picture"),
        format.positions == .pixels
          ? "positions are in pixels, 0 the centre of the first one; give lengths with --pixel-size "
            + "or --extent" : "check --size, and --pixel-size or --extent")
    }
    positions.append(row)
    positions.append(column)
  }

  private func error(_ line: Int, _ problem: String, _ advice: String) -> PointsFileError {
    PointsFileError(path: path, line: line, problem: problem, advice: advice)
  }

  /// The columns' numbers if all are wanted by number.
  private static func numbers(_ wanted: [String]) -> [Int]? {
    let numbers = wanted.compactMap { Int($0) }
    return numbers.count == wanted.count ? numbers : nil
  }
}

/// What precedes a table: comments and lines of text.
private struct TablePreamble {
  /// The most lines of text before a table.
  private static let longest = 1_000

  private var lastComment = ""
  private var lastLine = ""
  private var lines = 0

  /// The start of the last line of text; nil if there was none.
  var lastText: String? { lines == 0 ? nil : String(lastLine.prefix(60)) }

  mutating func noteComment(_ line: UnsafeRawBufferPointer) {
    guard let start = line.firstIndex(where: { !TableCells.isBlank($0) }),
      let text = TableCells.commentStart(in: line, at: start)
    else { return }
    lastComment = String(decoding: line[text...], as: UTF8.self)
  }

  mutating func note(_ line: UnsafeRawBufferPointer, _ number: Int, path: String) throws {
    lines += 1
    lastLine = String(decoding: line, as: UTF8.self)
    guard lines <= Self.longest else {
      throw PointsFileError(
        path: path, line: number,
        problem: "\(Self.longest) lines of text and no table with the columns x, y and a value",
        advice:
          "give the header x,y,v or x,y,r,g,b and one line per point, or name the columns with "
          + "--columns")
    }
  }

  /// The columns that the last comment names, as NumPy's `savetxt` writes them.
  func columnsInComment(_ count: Int) -> TableColumns? {
    names(in: lastComment, count).flatMap { TableColumns(named: $0) }
  }

  /// The names in the last line of text, if it has one for each column.
  func namesInText(_ count: Int) -> [String]? { names(in: lastLine, count) }

  private func names(in text: String, _ count: Int) -> [String]? {
    var (text, cells) = (text, TableCells())
    return text.withUTF8 { bytes in
      let line = UnsafeRawBufferPointer(bytes)
      for separator in TableSeparator.allCases {
        cells.split(line, by: separator)
        if cells.count == count { return (0..<count).map { cells.text($0, of: line) } }
      }
      return nil
    }
  }
}

/// A position in pixels from one in the table.
private struct LinearMap {
  /// Pixels per unit of length.
  let factor: Double
  /// The position of the first pixel's centre.
  var start = 0.0

  init(factor: Double) { self.factor = factor }

  init(_ interval: PointsFormat.Interval, pixels: Int) {
    factor = Double(pixels - 1) / (interval.last - interval.first)
    start = interval.first
  }

  func value(_ position: Double) -> Double { (position - start) * factor }
}

extension Double {
  /// Without the point of a whole number.
  fileprivate var short: String {
    self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)"
  }
}
