import Fields
import Numerics
import Signals

extension SubspacePosterior {
  /// The mean as a picture, values 0...1.
  ///
  /// Equal to the field's values up to rounding. A sum of products of cosines on a grid takes a hundredth
  /// of the operations that the field takes.
  public func image(width: Int, height: Int) -> Image {
    let places = { (count: Int) in
      series.basis.axisFunctions(at: CoordinateGrid.axis(size: count))
    }
    let values = series.basis.picture(
      prior.channelAxes.transposed().multiplied(by: series.coefficients), rows: places(height),
      columns: places(width))
    return Image(
      width: width, height: height, channels: prior.channels,
      values: values.map { min(1, max(0, $0)) })
  }
}
