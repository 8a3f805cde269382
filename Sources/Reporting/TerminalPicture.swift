import Signals

/// Pictures as text for terminals: each character is two pixels, one above the other.
public enum TerminalPicture {
  /// Lines of half blocks in 24-bit colour (ISO 8613-6 sequences), each reset at its end.
  ///
  /// - Parameters:
  ///   - image: 1 to 4 channels, values 0...1.
  ///   - columns: the largest number of characters per line, at least 1.
  ///   - rows: the largest number of lines, at least 1.
  /// - Returns: lines without line breaks.
  public static func halfBlocks(_ image: Image, columns: Int, rows: Int) -> [String] {
    precondition(columns >= 1 && rows >= 1, "a picture needs room, got \(columns)x\(rows)")
    let shrink = min(
      1, Double(columns) / Double(image.width), Double(2 * rows) / Double(image.height))
    let width = max(1, Int((Double(image.width) * shrink).rounded(.down)))
    let height = max(1, Int((Double(image.height) * shrink).rounded(.down)))
    let small = image.composited(onto: 0).resized(width: width, height: height)
      .converted(toChannels: 3)
    let colour = { (row: Int, column: Int) in
      (0..<3).map { "\(level(small[row, column, $0]))" }.joined(separator: ";")
    }
    return stride(from: 0, to: height, by: 2).map { row in
      (0..<width).map { column in
        let lower = row + 1 < height ? "\u{1B}[48;2;\(colour(row + 1, column))m" : ""
        return "\u{1B}[38;2;\(colour(row, column))m\(lower)\u{2580}"
      }.joined() + "\u{1B}[0m"
    }
  }

  private static func level(_ value: Float) -> Int {
    value > 0 ? Int(min(value, 1) * 255 + 0.5) : 0
  }
}
