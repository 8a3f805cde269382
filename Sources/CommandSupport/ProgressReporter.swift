import Dispatch
import Foundation

/// Reports the progress of a long command on standard error.
///
/// On a terminal it rewrites one line at most ten times per second, with the rate and the time left.
/// Otherwise, as in a log file, it writes a plain line every few seconds. Call it from one thread.
///
/// ```swift
/// let progress = ProgressReporter("Indexing", unit: "files", quiet: options.quiet)
/// for file in files { read(file); progress.update(done, of: files.count) }
/// progress.finish()
/// ```
public final class ProgressReporter {
  private let label: String
  private let unit: String
  private let isQuiet: Bool
  private let isTerminal: Bool
  private let columns: () -> Int
  private let clock: () -> Double
  private let write: (String) -> Void
  private let started: Double
  private var lastShown = -Double.infinity
  private var shownLength = 0

  /// Seconds between two rewrites of the line on a terminal.
  public static let terminalInterval = 0.1
  /// Seconds between two plain lines.
  public static let lineInterval = 5.0

  /// A reporter that writes to standard error.
  ///
  /// - Parameters:
  ///   - label: the work, such as `Indexing`.
  ///   - unit: the unit of the counts, such as `files`.
  ///   - quiet: whether to report nothing.
  public convenience init(_ label: String, unit: String, quiet: Bool = false) {
    self.init(
      label, unit: unit, quiet: quiet, isTerminal: isatty(STDERR_FILENO) == 1,
      columns: terminalColumns,
      clock: { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 },
      write: { FileHandle.standardError.write(Data($0.utf8)) })
  }

  /// A reporter with an injected terminal and clock, for tests.
  ///
  /// - Parameters:
  ///   - label: the work, such as `Indexing`.
  ///   - unit: the unit of the counts, such as `files`.
  ///   - quiet: whether to report nothing.
  ///   - isTerminal: whether one line is rewritten.
  ///   - columns: the width of the terminal in characters.
  ///   - clock: a time in seconds that never goes back.
  ///   - write: receives the text.
  public init(
    _ label: String, unit: String, quiet: Bool, isTerminal: Bool, columns: @escaping () -> Int,
    clock: @escaping () -> Double, write: @escaping (String) -> Void
  ) {
    self.label = label
    self.unit = unit
    self.isQuiet = quiet
    self.isTerminal = isTerminal
    self.columns = columns
    self.clock = clock
    self.write = write
    self.started = clock()
  }

  /// Seconds since the reporter was made.
  public var elapsed: Double { clock() - started }

  /// Reports progress; it may be called often, because most calls print nothing.
  ///
  /// - Parameters:
  ///   - completed: the completed part, counted in `unit`.
  ///   - total: the whole; nil if it is unknown.
  ///   - fraction: the completed fraction, 0...1, if it differs from `completed / total`, for example
  ///     because a time limit ends the work.
  ///   - detail: the current state, such as `loss 0.0123`.
  public func update(
    _ completed: Int, of total: Int? = nil, fraction: Double? = nil,
    detail: @autoclosure () -> String = ""
  ) {
    guard !isQuiet else { return }
    let now = clock()
    // A log gets its first line after one interval, so quick work prints nothing.
    if lastShown == -.infinity && !isTerminal { lastShown = started }
    guard now - lastShown >= (isTerminal ? Self.terminalInterval : Self.lineInterval) else {
      return
    }
    lastShown = now
    show(text(completed, of: total, fraction: fraction, detail: detail(), seconds: now - started))
  }

  /// Writes a permanent line above the live line.
  public func message(_ text: String) {
    guard !isQuiet else { return }
    clear()
    write(singleLine(text) + "\n")
    lastShown = -.infinity
  }

  /// Ends the report: clears the live line and prints a last line if one is given.
  public func finish(_ text: String = "") {
    guard !isQuiet else { return }
    clear()
    if !text.isEmpty { write(singleLine(text) + "\n") }
  }

  private func text(
    _ completed: Int, of total: Int?, fraction: Double?, detail: String, seconds: Double
  ) -> String {
    var text = "\(label): \(completed)"
    if let total { text += " of \(total)" }
    text += " \(unit)"
    let fraction = fraction ?? total.map { $0 > 0 ? Double(completed) / Double($0) : 1 }
    if let fraction, fraction.isFinite {
      text += String(format: " (%.0f%%)", 100 * min(max(fraction, 0), 1))
    }
    if seconds > 0, completed > 0 { text += ", \(rate(Double(completed) / seconds))/s" }
    if let fraction, fraction > 0, fraction < 1, seconds > 1 {
      text += ", \(formatDuration(seconds * (1 - fraction) / fraction)) left"
    }
    if !detail.isEmpty { text += ", \(detail)" }
    return singleLine(text)
  }

  private func rate(_ value: Double) -> String {
    value < 10 ? String(format: "%.1f", value) : String(format: "%.0f", value)
  }

  private func show(_ text: String) {
    guard isTerminal else { return write(text + "\n") }
    let line = String(text.prefix(max(columns() - 1, 20)))
    let blank = String(repeating: " ", count: max(0, shownLength - line.count))
    write("\r" + line + blank)
    shownLength = line.count
  }

  private func clear() {
    guard isTerminal, shownLength > 0 else { return }
    write("\r" + String(repeating: " ", count: shownLength) + "\r")
    shownLength = 0
  }
}

/// The width of the terminal on standard error; 80 if it is unknown.
private func terminalColumns() -> Int {
  var size = winsize()
  guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}
