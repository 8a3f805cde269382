import Fields
import Numerics
import Signals

extension SubspacePosterior {
  /// The mean as a picture, values 0...1.
  ///
  /// What the field gives, up to rounding, but as a sum of products of cosines on a grid, which takes a
  /// hundredth of the operations.
  public func image(width: Int, height: Int) -> Image {
    let functions = prior.functions(of: spectrum)
    let places = { (count: Int) in
      functions.axisFunctions(at: CoordinateGrid.axis(size: count))
    }
    let values = functions.picture(
      prior.channelAxes.transposed().multiplied(by: spectrum), rows: places(height),
      columns: places(width))
    return Image(
      width: width, height: height, channels: prior.channels,
      values: values.map { min(1, max(0, $0)) })
  }
}
