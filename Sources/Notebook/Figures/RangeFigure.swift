import Fitting
import Foundation
import Reporting
import Signals

/// Pictures of a field outside the range that it was fitted on.
public enum RangeFigure {
  /// The whole range with the fitted part outlined, or for one coordinate a line.
  public static func figure(of study: RangeStudy) -> Figure {
    guard study.axes == 2 else {
      let x = (0..<study.size).map {
        Double(CoordinateGrid.axis(size: study.size)[$0] * study.range)
      }
      return Figure(
        Plot(
          horizontal: Axis("coordinate"), vertical: Axis("value"),
          lines: [Plot.Line(x: x, y: study.values.map(Double.init), Stroke(.blue, width: 1))]),
        width: 900, height: 260)
    }
    return Figure(
      pictures: [
        (
          outlined(study), "\u{2212}\(name(study)) to \(name(study))",
          "the frame is \u{2212}1 to 1, the range of the fit"
        )
      ],
      columns: 1, side: 720)
  }

  /// The picture alone, values -1...1 as brightness, without a frame.
  public static func picture(of study: RangeStudy) -> Image {
    ColorMap.grey.picture(
      of: study.values, width: study.size, height: study.size, range: -1...1)
  }

  /// The caption of the figure.
  public static let caption =
    "The field far outside the range that it was fitted on. It continues without a border and resembles "
    + "itself, but it does not repeat."

  /// The picture with a frame around the fitted range.
  static func outlined(_ study: RangeStudy) -> Image {
    var image = picture(of: study)
    let place = { (coordinate: Float) in
      Int(((coordinate / study.range + 1) / 2 * Float(study.size - 1)).rounded())
    }
    let (low, high) = (max(0, place(-1) - 2), min(study.size - 1, place(1) + 2))
    let thickness = max(1, study.size / 512)
    for along in low...high {
      for across in 0..<thickness {
        for (row, column) in [
          (low + across, along), (high - across, along), (along, low + across),
          (along, high - across),
        ] {
          for (channel, value) in [Float(0.94), 0.35, 0.2].enumerated() {
            image[row, column, channel] = value
          }
        }
      }
    }
    return image
  }

  private static func name(_ study: RangeStudy) -> String { String(format: "%g", study.range) }
}
