import ArgumentParser
import Numerics

/// `--json` and `--quiet`: the format of the output.
public struct OutputOptions: ParsableArguments, Sendable {
  /// Whether to print one JSON object per line on standard output instead of text.
  @Flag(help: "Print JSON, one object per line, instead of text.")
  public var json = false

  /// Whether to omit progress and notices on standard error; errors are still printed.
  @Flag(name: .shortAndLong, help: "Do not report progress.")
  public var quiet = false

  /// The defaults: text, with progress.
  public init() {}
}

/// `--force`: whether an existing file may be replaced.
public struct OverwriteOptions: ParsableArguments, Sendable {
  /// Whether to replace an existing output file.
  @Flag(name: .shortAndLong, help: "Replace the output file if it exists.")
  public var force = false

  /// The default: nothing is overwritten.
  public init() {}
}

/// `--threads`: the number of worker threads.
public struct ThreadOptions: ParsableArguments, Sendable {
  /// Worker threads, 1 to 1024; nil means one per processor core.
  ///
  /// Results do not depend on this number.
  @Option(help: "Worker threads (default: one per processor core).")
  public var threads: Int?

  /// The default: one thread per core.
  public init() {}

  /// Throws a `ValidationError` for a number of threads out of range.
  public func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), expected 1 to 1024.")
    }
  }

  /// Sets the library's number of threads if a number was given.
  public func apply() {
    if let threads { Parallel.threadCount = threads }
  }
}
