import Fields
import Numerics
import Signals

extension SubspacePosterior {
  /// The mean as a picture, values 0...1.
  ///
  /// Equal to the field's values up to rounding. A sum of products of cosines on a grid takes a hundredth
  /// of the operations that the field takes.
  public func image(width: Int, height: Int) -> Image {
    Image(
      width: width, height: height, channels: prior.channels,
      values: values(of: series, width: width, height: height).map { min(1, max(0, $0)) })
  }

  /// The values of a picture, not clipped: `[height, width, c]`, row-major, for values 0...1.
  func values(of series: CosineSeries, width: Int, height: Int) -> [Float] {
    let places = { (count: Int) in
      series.basis.axisFunctions(at: CoordinateGrid.axis(size: count))
    }
    return series.basis.picture(
      prior.channelAxes.transposed().multiplied(by: series.coefficients), rows: places(height),
      columns: places(width))
  }
}
