import DifferentiableCore
import Fields
import Foundation
import Reporting
import Signals

/// Pictures of a field of two coordinates and of its derivatives, on the grid of a picture.
struct FieldPictures {
  let width: Int
  let height: Int
  /// The field, values 0...1.
  let value: Image
  /// The mean gradient of the channels, `[n, 2]`: down, right.
  private let slopes: [Float]
  /// The mean Laplacian of the channels, `[n]`.
  private let curvatures: [Float]

  /// Evaluates a field with its derivatives.
  init(of field: Siren, width: Int, height: Int) {
    let channels = field.architecture.outputs
    let block = field.evaluate(
      at: CoordinateGrid.points(height: height, width: width), derivatives: .laplacian)
    self.width = width
    self.height = height
    value = Image(
      width: width, height: height, channels: channels,
      values: block.value.map { min(1, max(0, 0.5 * $0 + 0.5)) })
    let mean = { (values: [Float], axes: Int) -> [Float] in
      (0..<width * height).flatMap { point in
        (0..<axes).map { axis in
          (0..<channels).reduce(Float(0)) { $0 + values[(point * channels + $1) * axes + axis] }
            / Float(channels)
        }
      }
    }
    slopes = mean(block.gradient, 2)
    curvatures = mean(block.laplacian, 1)
  }

  /// The length of the gradient, as the notebook shows it.
  var gradientLength: Image {
    let lengths = stride(from: 0, to: slopes.count, by: 2).map { hypot(slopes[$0], slopes[$0 + 1]) }
    return ColorMap.grey.picture(of: lengths, width: width, height: height)
  }

  /// The direction of the gradient as hue and its length as brightness.
  var gradientDirection: Image {
    ColorMap.directions(of: slopes, width: width, height: height)
  }

  /// The Laplacian, blue below 0 and red above.
  var laplacian: Image {
    ColorMap.diverging.picture(of: curvatures, width: width, height: height)
  }
}
