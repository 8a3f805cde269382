import Foundation
import Signals

/// Draws numbers with a sign in colours, with contour lines.
public enum ContourMap {
  /// A square picture: blue below 0, red above, a dark line at 0 and thin lines at equal intervals.
  ///
  /// - Parameters:
  ///   - values: row-major, the square of a whole number of them.
  ///   - slopes: the length of the gradient at each place, per pixel, which makes all lines equally wide.
  ///   - interval: the difference between two lines.
  ///   - largest: the magnitude that has the strongest colour.
  public static func picture(
    of values: [Float], slopes: [Float], interval: Float, largest: Float
  ) -> Image {
    let size = Int(Double(values.count).squareRoot().rounded())
    precondition(
      size * size == values.count && slopes.count == values.count,
      "\(values.count) values and \(slopes.count) slopes for a square")
    var image = ColorMap.diverging.picture(
      of: values, width: size, height: size, range: -largest...largest)
    for (index, value) in values.enumerated() {
      let slope = max(slopes[index], interval / 1_000)
      let line = (value / interval).rounded() * interval
      let thin = min(1, max(0, 1.1 - abs(value - line) / slope)) * 0.45
      let thick = min(1, max(0, 2 - abs(value) / slope)) * 0.9
      for channel in 0..<3 { image.values[3 * index + channel] *= 1 - max(thin, thick) }
    }
    return image
  }
}
