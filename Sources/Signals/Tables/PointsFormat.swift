import Foundation

/// How the numbers of a table of points are to be read.
///
/// The separator, the decimal sign, the encoding and the line ends follow from the text itself.
public struct PointsFormat: Sendable, Equatable {
  /// The values that become 0 and 1.
  public enum ValueRange: Sendable, Equatable {
    /// These two, the first below the second.
    case bounds(low: Double, high: Double)
    /// The least and the largest value of the table.
    case extremes

    /// 0 to 255, as in a picture of 8 bits.
    public static let levels = ValueRange.bounds(low: 0, high: 255)
    /// 0 to 1.
    public static let unit = ValueRange.bounds(low: 0, high: 1)
  }

  /// What the positions in the table are.
  public enum Positions: Sendable, Equatable {
    /// Pixels, 0 the centre of the first one.
    case pixels
    /// Lengths, of which a pixel spans so many along x and y; 0 is the centre of the first pixel.
    case pixelSize(x: Double, y: Double)
    /// Lengths: those of the centres of the first and the last pixel along x, and along y.
    ///
    /// Where the first is above the last, the axis runs the other way.
    case extent(x: Interval, y: Interval)

    /// The position of a pixel's centre, as the table would give it.
    ///
    /// - Parameters:
    ///   - row: the pixel's row, from 0.
    ///   - column: the pixel's column, from 0.
    ///   - width: width of the picture in pixels.
    ///   - height: height of the picture in pixels.
    /// - Returns: numbers without the rounding errors beyond their twelfth digit.
    public func position(
      ofRow row: Int, column: Int, width: Int, height: Int
    ) -> (x: Double, y: Double) {
      switch self {
      case .pixels: (Double(column), Double(row))
      case .pixelSize(let x, let y):
        (Self.rounded(Double(column) * x), Self.rounded(Double(row) * y))
      case .extent(let x, let y):
        (
          Self.rounded(x.position(of: column, count: width)),
          Self.rounded(y.position(of: row, count: height))
        )
      }
    }

    private static func rounded(_ length: Double) -> Double {
      Double(String(format: "%.12g", length)) ?? length
    }
  }

  /// The positions of the centres of an axis's first and last pixel.
  public struct Interval: Sendable, Equatable {
    /// The first pixel's.
    public let first: Double
    /// The last pixel's, another one.
    public let last: Double

    /// An interval of an axis; the two numbers must be finite and differ.
    public init(first: Double, last: Double) {
      precondition(
        first.isFinite && last.isFinite && first != last,
        "an axis from \(first) to \(last) has no length")
      self.first = first
      self.last = last
    }

    /// The position of a pixel's centre; an axis of one pixel is at the first position.
    fileprivate func position(of index: Int, count: Int) -> Double {
      guard count > 1 else { return first }
      let share = Double(index) / Double(count - 1)
      return (1 - share) * first + share * last
    }
  }

  /// Names or numbers, from 1, of the columns x, y and value, or x, y, red, green and blue.
  ///
  /// Of a table without a header, the names of all its columns. Nil finds them by their usual names.
  public var columns: [String]?
  /// The values that become 0 and 1.
  public var range = ValueRange.levels
  /// What the positions are.
  public var positions = Positions.pixels
  /// The number that stands for a missing value; nil if none does.
  public var missing: Double?

  /// Positions in pixels and values 0 to 255, in columns with the usual names.
  public init() {}
}

/// The points of a table, and what was found in it.
public struct MeasuredPoints: Sendable, Equatable {
  /// The points, in the order of the table: positions in pixels, values 0...1.
  public let observations: PixelObservations
  /// The table's values that became 0 and 1.
  public let range: ClosedRange<Double>
  /// The names of the columns that were read: x, y and the values; of a table without a header, their
  /// numbers.
  public let columns: [String]
  /// Rows that were skipped because a position or a value was missing in them.
  public let skippedRows: Int
  /// Whether all values lie in 0...1 though 255 became 1, so that the picture is black.
  public let seemsScaledToUnit: Bool
}
