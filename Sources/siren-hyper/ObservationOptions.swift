import ArgumentParser
import CommandSupport
import ImagePriors
import Signals

/// `--keep`, `--mask`, `--points` and what belongs to them: the observed pixels of a picture.
struct ObservationOptions: ParsableArguments {
  @Option(help: "Observe this many random pixels: a number, such as 100, or a percentage: 10%.")
  var keep: String?

  @Option(
    help: "A picture of the same size that is white where pixels are missing.",
    completion: .file())
  var mask: String?

  @Flag(help: "Read the mask as black where pixels are missing.")
  var invertMask = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A number that stands for a missing value in the picture's or the table's file, such as 0 or "
        + "-9999.", valueName: "value"))
  var missing: Double?

  @Option(help: "A table of measured points (text).", completion: .file())
  var points: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The values of the picture's or the table's file that become 0 and 1: two numbers such as 0:4095 or "
        + "-20:35, auto (default for pictures; the default for tables is 0:255), or for pictures percentiles, "
        + "which leaves out the outermost thousandths.", valueName: "low:high"))
  var range: RangeChoice?

  @OptionGroup var table: TableOptions

  func validate() throws {
    guard [keep, mask, points].compactMap({ $0 }).count <= 1 else {
      throw ValidationError(
        "--keep, --mask and --points exclude each other, pass only one of them.")
    }
    if let keep { try checkKeep(keep) }
    guard points != nil || !table.isGiven else {
      throw ValidationError(
        "--unit, --columns, --pixel-size and --extent apply to --points only, pass --points or omit them."
      )
    }
    guard !table.unit || range == nil else {
      throw ValidationError("--unit is --range 0:1, pass only one of the two.")
    }
    guard points == nil || range != .percentiles else {
      throw ValidationError(
        "--range percentiles applies to pictures only; pass auto or two numbers.")
    }
  }

  /// How the samples of a picture are read.
  var pictureRange: RangeChoice { points == nil ? range ?? .automatic : .automatic }

  /// How the values of a table are read; nil without `--range`.
  private var tableRange: PointsFormat.ValueRange? {
    switch range {
    case nil, .percentiles?: nil
    case .automatic?: .extremes
    case .fixed(let range)?: .bounds(low: range.low, high: range.high)
    }
  }

  /// The source of the observations that the options describe.
  var source: InpaintingTask.Source {
    get throws {
      if let keep { return .keep(try SampleFraction(parsing: keep)) }
      if let mask { return .mask(path: mask, isInverted: invertMask) }
      if let points {
        return .points(path: points, table.format(missing: missing, range: tableRange))
      }
      return .transparency
    }
  }
}

extension ObservationOptions {
  /// The files that are read, with their options.
  var files: [(option: String, path: String?)] { [("--mask", mask), ("--points", points)] }

  /// Throws a `ValidationError` for `--invert-mask` without a mask.
  ///
  /// - Parameter hasMasks: whether a command has masks from elsewhere.
  func checkInversion(hasMasks: Bool = false) throws {
    guard !invertMask || mask != nil || hasMasks else {
      throw ValidationError("--invert-mask needs a mask, pass --mask or omit it.")
    }
  }

  /// Says on standard error what was read of a table of points, and warns of a likely mistake.
  func report(_ task: InpaintingTask, quiet: Bool) {
    guard let points, let table = task.table else { return }
    if table.seemsScaledToUnit {
      printMessage(
        singleLine(
          "Warning: all values of '\(points)' lie in 0 to 1 and were read as 0 to 255, so the picture "
            + "is black; pass --unit, or --range auto"))
    }
    guard !quiet else { return }
    var text = "\(points): \(table.observations.count) readings of the columns "
    text += table.columns.joined(separator: ", ")
    if task.observations.count > task.mask.observedCount {
      text += ", on \(task.mask.observedCount) pixels"
    }
    switch table.skippedRows {
    case 0: break
    case 1: text += "; 1 row without a value was skipped"
    default: text += "; \(table.skippedRows) rows without a value were skipped"
    }
    if range == .automatic,
      let found = ValueRange(table.range.lowerBound, table.range.upperBound)
    {
      text += "; the values \(found) become 0 to 1"
    }
    if let source = task.source, source.channels <= 2, table.observations.channels == 3 {
      text += "; their colours are taken in grey, because the picture is grey"
    }
    printMessage(singleLine(text))
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
