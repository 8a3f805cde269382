import ArgumentParser
import Signals

/// `--unit`, `--columns`, `--pixel-size`, `--extent`: how a table of points is read.
struct TableOptions: ParsableArguments {
  @Flag(help: "Read the values of the points file as 0 to 1 instead of 0 to 255.")
  var unit = false

  @Option(
    help: ArgumentHelp(
      "The columns x, y and value (or x, y, r, g, b) of the points file, by the names in its header or "
        + "by number from 1.", valueName: "x,y,value"))
  var columns: ColumnsArgument?

  @Option(
    help: ArgumentHelp(
      "The length of a pixel in the unit of the positions, or two lengths along x and y.",
      valueName: "length"))
  var pixelSize: PixelSizeArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The positions of the centres of the first and the last pixel along x and along y.",
      valueName: "x0:x1,y0:y1"))
  var extent: ExtentArgument?

  func validate() throws {
    guard pixelSize == nil || extent == nil else {
      throw ValidationError("--pixel-size and --extent exclude each other, pass only one of them.")
    }
  }

  /// Whether any of the options is given.
  var isGiven: Bool {
    unit || columns != nil || pixelSize != nil || extent != nil
  }

  /// The format that the options describe.
  ///
  /// - Parameters:
  ///   - missing: the number that stands for a missing value.
  ///   - range: the values that become black and white; nil for those of `--unit` or 0 to 255.
  func format(missing: Double?, range: PointsFormat.ValueRange?) -> PointsFormat {
    var format = PointsFormat()
    format.missing = missing
    format.columns = columns?.names
    format.range = range ?? (unit ? .unit : .levels)
    format.positions = positions
    return format
  }

  /// What the positions in the table are.
  var positions: PointsFormat.Positions { pixelSize?.positions ?? extent?.positions ?? .pixels }
}

/// Three or five names, or numbers; more names where they are all columns of a table without a header.
struct ColumnsArgument: ExpressibleByArgument {
  let names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    guard names.count >= 3, !names.contains("") else { return nil }
  }
}

/// One length or two.
struct PixelSizeArgument: ExpressibleByArgument {
  let positions: PointsFormat.Positions

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
      .map { Double($0) ?? .nan }
    guard (1...2).contains(numbers.count), numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      return nil
    }
    positions = .pixelSize(x: numbers[0], y: numbers[numbers.count - 1])
  }
}

/// `x0:x1,y0:y1`.
struct ExtentArgument: ExpressibleByArgument {
  let positions: PointsFormat.Positions

  init?(argument: String) {
    let pairs = argument.split(separator: ",", omittingEmptySubsequences: false)
      .map { pair(String($0)) }
    guard pairs.count == 2, let x = pairs[0], let y = pairs[1], x.0 != x.1, y.0 != y.1 else {
      return nil
    }
    positions = .extent(
      x: PointsFormat.Interval(first: x.0, last: x.1),
      y: PointsFormat.Interval(first: y.0, last: y.1))
  }
}

/// Two finite numbers with a colon between them.
private func pair(_ text: String) -> (Double, Double)? {
  let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
  guard numbers.count == 2, let first = numbers[0], let second = numbers[1], first.isFinite,
    second.isFinite
  else { return nil }
  return (first, second)
}
