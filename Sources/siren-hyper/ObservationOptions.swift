import ArgumentParser
import ImagePriors
import Signals

/// `--keep`, `--mask`, `--points`: what of a picture was observed.
struct ObservationOptions: ParsableArguments {
  @Option(help: "Keep this many random pixels: a number such as 100, or a share such as 10%.")
  var keep: String?

  @Option(
    help: "A picture of the same size, white where something is to be filled in.",
    completion: .file())
  var mask: String?

  @Option(help: "A table of measured points.", completion: .file())
  var points: String?

  @Flag(help: "Values of the points file are 0 to 1 instead of 0 to 255.")
  var unit = false

  func validate() throws {
    guard [keep, mask, points].compactMap({ $0 }).count <= 1 else {
      throw ValidationError("--keep, --mask and --points exclude each other, pass one of them.")
    }
    if let keep { try checkKeep(keep) }
    guard !unit || points != nil else {
      throw ValidationError("--unit says how --points is read, and needs it.")
    }
  }

  /// What was said.
  var source: InpaintingTask.Source {
    get throws {
      if let keep { return .keep(try SampleFraction(parsing: keep)) }
      if let mask { return .mask(path: mask) }
      if let points { return .points(path: points, unitValues: unit) }
      return .transparency
    }
  }
}

/// Refuses a `--keep` that says no number of pixels.
func checkKeep(_ text: String) throws {
  do {
    _ = try SampleFraction(parsing: text)
  } catch let error as InvalidSampleFraction {
    throw ValidationError("--keep: \(error)")
  }
}
