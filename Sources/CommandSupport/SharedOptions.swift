import ArgumentParser
import Numerics

/// `--json` and `--quiet`: who reads the result.
public struct OutputOptions: ParsableArguments, Sendable {
  /// One JSON object a line on standard output, instead of text.
  @Flag(help: "Print JSON, one object a line, instead of text.")
  public var json = false

  /// No progress and no remarks on standard error; errors are still told.
  @Flag(name: .shortAndLong, help: "Do not report progress.")
  public var quiet = false

  /// The defaults: text, with progress.
  public init() {}
}

/// `--force`: whether an existing file may be replaced.
public struct OverwriteOptions: ParsableArguments, Sendable {
  /// Replaces an output file that exists.
  @Flag(name: .shortAndLong, help: "Replace the output file if it exists.")
  public var force = false

  /// The default: nothing is overwritten.
  public init() {}
}

/// `--threads`: how much of the machine to use.
public struct ThreadOptions: ParsableArguments, Sendable {
  /// Worker threads, 1 to 1024; nil is one a processor core.
  ///
  /// Results do not depend on it.
  @Option(help: "Worker threads (default: one a processor core).")
  public var threads: Int?

  /// The default: one thread a core.
  public init() {}

  /// Refuses a number of threads out of range.
  public func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): expected a number from 1 to 1024")
    }
  }

  /// Makes the library use as many threads, if a number was given.
  public func apply() {
    if let threads { Parallel.threadCount = threads }
  }
}
