import DifferentiableCore
import Foundation
import Numerics
import Signals

/// Reconstruction of pictures from their derivatives without a network, the reference for every fit.
///
/// The solution is least squares in closed form by cosine transforms. It is exact for the derivatives of a picture,
/// up to the constant that they do not determine.
public enum ClassicalPoisson {
  /// Returns the picture whose five-point Laplacian (reflecting borders) is nearest to the given one.
  ///
  /// - Parameter laplacian: an image as from `Image.laplacian()`; any number of channels, each solved separately.
  /// - Returns: a picture with mean 0.
  public static func solve(laplacian: Image) -> Image {
    let transform = CosineTransform(height: laplacian.height, width: laplacian.width)
    return eachChannel(of: [laplacian]) { channels in
      divided(transform, transform.coefficients(channels[0])) { row, column in
        2 * cos(row) + 2 * cos(column) - 4
      }
    }
  }

  /// Returns the picture whose Sobel responses (reflecting borders) are nearest to the given ones.
  ///
  /// - Parameter sobel: responses as from `Image.sobel()`.
  /// - Returns: a picture with mean 0.
  public static func solve(sobel: (y: Image, x: Image)) -> Image {
    let transform = CosineTransform(height: sobel.y.height, width: sobel.y.width)
    return eachChannel(of: [sobel.y, sobel.x]) { channels in
      let down = transform.sineCosineCoefficients(channels[0])
      let right = transform.cosineSineCoefficients(channels[1])
      var sum = down
      // A cosine becomes -2 sin(w) times the sine; smoothing by 1, 2, 1 multiplies by 2 + 2 cos(w).
      let responses = { (row: Double, column: Double) in
        (-2 * sin(row) * (2 + 2 * cos(column)), -2 * sin(column) * (2 + 2 * cos(row)))
      }
      for row in 0..<sum.rows {
        for column in 0..<sum.columns {
          let (a, b) = responses(
            CosineTransform.frequency(row, of: sum.rows),
            CosineTransform.frequency(column, of: sum.columns))
          sum[row, column] = a * down[row, column] + b * right[row, column]
        }
      }
      return divided(transform, sum) { row, column in
        let (a, b) = responses(row, column)
        return a * a + b * b
      }
    }
  }

  /// Returns the picture whose differences between neighbours are nearest to the given ones.
  ///
  /// - Returns: a picture with mean 0.
  public static func solve(gradient: PictureGradient) -> Image {
    solve(laplacian: gradient.divergence)
  }

  /// Divides coefficients by the eigenvalue of each pair of frequencies and returns the picture.
  ///
  /// Only the eigenvalue of the constant is 0.
  private static func divided(
    _ transform: CosineTransform, _ coefficients: DoubleMatrix,
    _ eigenvalue: (_ row: Double, _ column: Double) -> Double
  ) -> DoubleMatrix {
    var result = coefficients
    for row in 0..<result.rows {
      for column in 0..<result.columns {
        let isConstant = row == 0 && column == 0
        let value = eigenvalue(
          CosineTransform.frequency(row, of: result.rows),
          CosineTransform.frequency(column, of: result.columns))
        result[row, column] = isConstant ? 0 : result[row, column] / value
      }
    }
    return transform.picture(result)
  }

  private static func eachChannel(
    of pictures: [Image], _ solve: ([DoubleMatrix]) -> DoubleMatrix
  ) -> Image {
    let (height, width, channels) = (pictures[0].height, pictures[0].width, pictures[0].channels)
    var result = Image(width: width, height: height, channels: channels)
    for channel in 0..<channels {
      let solution = solve(
        pictures.map { picture in
          DoubleMatrix(
            rows: height, columns: width,
            values: stride(from: channel, to: picture.values.count, by: channels).map {
              Double(picture.values[$0])
            })
        })
      for pixel in 0..<height * width {
        result.values[pixel * channels + channel] = Float(solution.values[pixel])
      }
    }
    return result
  }
}
