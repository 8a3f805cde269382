/// Reads tables of points: x y z, or x y z and the normal, separated by blanks, commas or semicolons.
///
/// The numbers may have decimal commas where the comma separates nothing; see `ShapeText`.
enum XYZReader {
  /// Whether the first line has three or six numbers, and the following ones numbers.
  ///
  /// - Parameter isWhole: whether the bytes are the whole file; otherwise their last line may be cut.
  static func recognizes(_ start: [UInt8], isWhole: Bool) -> Bool {
    var text = ShapeText(start)
    var rows = 0
    while !text.isAtEnd, rows < 16 {
      guard text.hasWord() else {
        text.skipLine()
        continue
      }
      let count = numbers(&text)?.count
      let isCut = text.isAtEnd && !isWhole
      // A later row of another length is an error in the table, not another kind of file.
      guard isCut || (rows == 0 ? count == 3 || count == 6 : count != nil) else { return false }
      rows += 1
      text.skipLine()
    }
    return rows > 0
  }

  static func read(_ bytes: [UInt8], _ path: String, _ limits: ShapeLimits) throws -> Shape {
    var text = ShapeText(bytes)
    var builder = ShapeBuilder(path, limits)
    var columns = 0
    while !text.isAtEnd {
      if text.hasWord() {
        guard let row = numbers(&text), row.count == 3 || row.count == 6,
          columns == 0 || row.count == columns
        else {
          throw builder.corrupt(
            "line \(text.line): expected \(columns == 0 ? "3 or 6" : "\(columns)") numbers",
            "give x y z, or x y z and the normal, on every line")
        }
        columns = row.count
        try builder.add(vertex: SIMD3(row[0], row[1], row[2]), "line \(text.line)")
        if columns == 6 {
          try builder.add(normal: SIMD3(row[3], row[4], row[5]), "line \(text.line)")
        }
      }
      text.skipLine()
    }
    return try builder.shape(normalsOfPoints: true)
  }

  /// The numbers of the line, at most seven; nil if there is something else.
  private static func numbers(_ text: inout ShapeText) -> [Double]? {
    var row: [Double] = []
    while row.count < 7, text.hasWord() {
      guard let number = text.number() else { return nil }
      row.append(number)
    }
    return row
  }
}
