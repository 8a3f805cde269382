import ArgumentParser
import ImagePriors
import Signals

/// `--keep`, `--mask`, `--points`: the observed pixels of a picture.
struct ObservationOptions: ParsableArguments {
  @Option(help: "Observe this many random pixels: a number, such as 100, or a percentage: 10%.")
  var keep: String?

  @Option(
    help: "A picture of the same size that is white where pixels are missing.",
    completion: .file())
  var mask: String?

  @Option(help: "A table of measured points (CSV).", completion: .file())
  var points: String?

  @Flag(help: "Read the values of the points file as 0 to 1 instead of 0 to 255.")
  var unit = false

  func validate() throws {
    guard [keep, mask, points].compactMap({ $0 }).count <= 1 else {
      throw ValidationError(
        "--keep, --mask and --points exclude each other, pass only one of them.")
    }
    if let keep { try checkKeep(keep) }
    guard !unit || points != nil else {
      throw ValidationError("--unit applies to --points only, pass --points or omit --unit.")
    }
  }

  /// The source of the observations that the options describe.
  var source: InpaintingTask.Source {
    get throws {
      if let keep { return .keep(try SampleFraction(parsing: keep)) }
      if let mask { return .mask(path: mask) }
      if let points { return .points(path: points, unitValues: unit) }
      return .transparency
    }
  }
}

/// Throws a `ValidationError` for a `--keep` that is neither a number nor a percentage.
func checkKeep(_ text: String) throws {
  do {
    _ = try SampleFraction(parsing: text)
  } catch let error as InvalidSampleFraction {
    throw ValidationError("--keep: \(error)")
  }
}
