import Foundation

/// Lines of text that are redrawn in place on standard error, above a live progress line.
public final class LivePicture {
  private var drawnLines = 0
  private var lastDrawn = -Double.infinity

  /// The least number of seconds between two drawings.
  public static let interval = 0.5

  /// An empty picture.
  public init() {}

  /// The size of the terminal on standard error; nil if pictures cannot be drawn.
  ///
  /// It is nil if standard error is not a terminal, or neither COLORTERM nor TERM announces colours.
  public static var room: (columns: Int, rows: Int)? {
    let environment = ProcessInfo.processInfo.environment
    let hasColours =
      ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
      || ["256color", "direct", "kitty"].contains { (environment["TERM"] ?? "").contains($0) }
    var size = winsize()
    guard isatty(STDERR_FILENO) == 1, hasColours,
      ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 2, size.ws_row > 3
    else { return nil }
    return (Int(size.ws_col) - 1, Int(size.ws_row) - 2)
  }

  /// Whether ``interval`` has passed since the last drawing.
  public func isDue(at seconds: Double) -> Bool { seconds - lastDrawn >= Self.interval }

  /// Draws lines in place of the last ones.
  ///
  /// - Parameters:
  ///   - lines: the lines, the same number in every call.
  ///   - seconds: the current time.
  public func draw(_ lines: [String], at seconds: Double) {
    lastDrawn = seconds
    let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
    drawnLines = lines.count
    let text = "\r\u{1B}[K" + up + lines.map { $0 + "\u{1B}[K\n" }.joined()
    FileHandle.standardError.write(Data(text.utf8))
  }
}
