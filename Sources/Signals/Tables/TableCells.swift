/// What separates the cells of a table.
enum TableSeparator: CaseIterable, Sendable {
  case tab
  case semicolon
  case comma
  /// One or more spaces or tabs.
  case blanks

  fileprivate var byte: UInt8? {
    switch self {
    case .tab: UInt8(ascii: "\t")
    case .semicolon: UInt8(ascii: ";")
    case .comma: UInt8(ascii: ",")
    case .blanks: nil
    }
  }
}

/// The cells of one line, as places in its bytes; one value serves for all lines.
struct TableCells {
  /// One cell's place, without quotes and the blanks around it.
  struct Cell {
    var start: Int
    var end: Int
    var isQuoted = false
  }

  private var cells: [Cell] = []

  var count: Int { cells.count }

  /// The bytes of a cell of the line that was split last.
  func bytes(_ index: Int, of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: line[cells[index].start..<cells[index].end])
  }

  /// The text of a cell; bytes that are not UTF-8 are replaced, doubled quotes stay.
  func text(_ index: Int, of line: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes(index, of: line), as: UTF8.self)
  }

  /// Whether a comma in a cell can be a decimal comma.
  func allowsDecimalComma(_ index: Int, _ separator: TableSeparator) -> Bool {
    separator != .comma || cells[index].isQuoted
  }

  /// Whether the line is blank or a comment.
  static func isIgnored(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let start = line.firstIndex(where: { !isBlank($0) }) else { return true }
    return commentStart(in: line, at: start) != nil
  }

  /// The place where the text of a comment begins; nil if there is no comment at `start`.
  static func commentStart(in line: UnsafeRawBufferPointer, at start: Int) -> Int? {
    switch line[start] {
    case hash, UInt8(ascii: "%"): start + 1
    case slash where start + 1 < line.count && line[start + 1] == slash: start + 2
    default: nil
    }
  }

  /// Finds the cells of a line.
  mutating func split(_ line: UnsafeRawBufferPointer, by separator: TableSeparator) {
    cells.removeAll(keepingCapacity: true)
    let mark = separator.byte
    var place = 0
    while true {
      while place < line.count, Self.isBlank(line[place]), line[place] != mark { place += 1 }
      // After the last blank of a line there is no cell.
      if mark == nil && place == line.count { return }
      if Self.isComment(line, at: place) {
        return cells.isEmpty || mark == nil ? () : cells.append(Cell(start: place, end: place))
      }
      if place < line.count, line[place] == Self.quote {
        appendQuoted(line, &place, mark)
      } else {
        appendPlain(line, &place, mark)
      }
      if Self.isComment(line, at: place) { return }
      guard place < line.count else { return }
      // A separator, behind which there is another cell, or the blanks before it.
      if mark != nil { place += 1 }
    }
  }

  private mutating func appendPlain(
    _ line: UnsafeRawBufferPointer, _ place: inout Int, _ mark: UInt8?
  ) {
    let start = place
    var end = place
    while place < line.count {
      let byte = line[place]
      if let mark {
        if byte == mark { break }
      } else if Self.isBlank(byte) {
        break
      }
      if !Self.isBlank(byte) {
        if byte == Self.hash, place > end, Self.isComment(line, at: place) { break }
        end = place + 1
      }
      place += 1
    }
    cells.append(Cell(start: start, end: end))
  }

  /// A cell in quotes, inside of which separators are text and a doubled quote is one.
  private mutating func appendQuoted(
    _ line: UnsafeRawBufferPointer, _ place: inout Int, _ mark: UInt8?
  ) {
    place += 1
    var cell = Cell(start: place, end: line.count, isQuoted: true)
    while place < line.count {
      if line[place] == Self.quote {
        guard place + 1 < line.count, line[place + 1] == Self.quote else { break }
        place += 1
      }
      place += 1
    }
    cell.end = min(place, line.count)
    // What follows the closing quote up to the separator is no part of the cell.
    while place < line.count {
      if let mark, line[place] == mark { break }
      if mark == nil, Self.isBlank(line[place]) { break }
      place += 1
    }
    while cell.start < cell.end, Self.isBlank(line[cell.start]) { cell.start += 1 }
    while cell.start < cell.end, Self.isBlank(line[cell.end - 1]) { cell.end -= 1 }
    cells.append(cell)
  }

  /// Whether a comment begins here: a `#` before a blank, which `#N/A` is not.
  private static func isComment(_ line: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard place < line.count, line[place] == hash else { return false }
    return place + 1 == line.count || isBlank(line[place + 1])
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

  private static let quote = UInt8(ascii: "\"")
  private static let hash = UInt8(ascii: "#")
  private static let slash = UInt8(ascii: "/")
}
