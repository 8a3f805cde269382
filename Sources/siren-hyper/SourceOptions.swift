import ArgumentParser
import Signals

/// `--page`: the picture in a file of several.
struct SourceOptions: ParsableArguments {
  @Option(help: "Of a TIFF of several pages, or an NPZ of several arrays, the one to take, from 1.")
  var page = 1

  func validate() throws {
    guard (1...65_535).contains(page) else {
      throw ValidationError("--page is \(page), expected 1 to 65535.")
    }
  }
}

extension RangeChoice: ExpressibleByArgument {
  /// A choice from `auto`, `percentiles` or `LO:HI`.
  public init?(argument: String) { self.init(parsing: argument) }
  /// The choice as it is given.
  public var defaultValueDescription: String { description }
}
