/// A table as text: aligned columns with two spaces between them.
///
/// ```swift
/// var table = TextTable([.left("path"), .right("bytes")])
/// table.append(["a.png", "1,024"])
/// print(table)
/// ```
public struct TextTable: Sendable, CustomStringConvertible {
  /// A column's title and alignment.
  public enum Column: Sendable, Equatable {
    /// Left-aligned, for text.
    case left(String)
    /// Right-aligned, for numbers.
    case right(String)

    var title: String {
      switch self {
      case .left(let title), .right(let title): title
      }
    }
  }

  /// The columns.
  public let columns: [Column]
  /// The rows, each with one cell per column.
  public private(set) var rows: [[String]] = []

  /// A table without rows; the line of titles is omitted if all titles are empty.
  public init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row; line breaks and control characters in it are escaped.
  public mutating func append(_ row: [String]) {
    precondition(
      row.count == columns.count, "a row of \(row.count) cells in \(columns.count) columns")
    rows.append(row.map(singleLine))
  }

  /// The table's lines, without a line break at the end.
  public var description: String {
    let titles = columns.map(\.title)
    let lines = (titles.allSatisfy(\.isEmpty) ? [] : [titles]) + rows
    let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      var text = ""
      for (column, cell) in line.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if column > 0 { text += "  " }
        switch columns[column] {
        case .left: text += cell + padding
        case .right: text += padding + cell
        }
      }
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }
}
