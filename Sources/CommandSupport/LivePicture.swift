import Foundation

/// Lines of text that are drawn over again in place on standard error, above a live progress line.
public final class LivePicture {
  private var drawnLines = 0
  private var lastDrawn = -Double.infinity

  /// Seconds between two drawings.
  public static let interval = 0.5

  /// Nothing is drawn yet.
  public init() {}

  /// The room in the terminal behind standard error; nil where pictures cannot be drawn: it is no
  /// terminal, or says neither in COLORTERM nor in TERM that it knows colours.
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

  /// Whether it is time to draw again.
  public func isDue(at seconds: Double) -> Bool { seconds - lastDrawn >= Self.interval }

  /// Draws lines where the last ones were.
  ///
  /// - Parameters:
  ///   - lines: as many each time.
  ///   - seconds: now.
  public func draw(_ lines: [String], at seconds: Double) {
    lastDrawn = seconds
    let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
    drawnLines = lines.count
    let text = "\r\u{1B}[K" + up + lines.map { $0 + "\u{1B}[K\n" }.joined()
    FileHandle.standardError.write(Data(text.utf8))
  }
}
