import DifferentiableCore
import Signals

/// The differences between neighbouring pixels of a picture, its gradient on the grid.
///
/// The five-point Laplacian is the divergence of this gradient.
public struct PictureGradient: Sendable, Equatable {
  /// The difference from each pixel to the one below it; 0 in the last row.
  public var down: Image
  /// The difference from each pixel to the one on its right; 0 in the last column.
  public var right: Image

  /// Creates a field of differences, which need not be the gradient of any picture.
  public init(down: Image, right: Image) {
    precondition(
      (down.width, down.height, down.channels) == (right.width, right.height, right.channels),
      "two pictures of one shape make a gradient")
    self.down = down
    self.right = right
  }

  /// The gradient of a picture.
  public init(of image: Image) {
    self.init(
      down: Image(width: image.width, height: image.height, channels: image.channels),
      right: Image(width: image.width, height: image.height, channels: image.channels))
    for row in 0..<image.height {
      for column in 0..<image.width {
        for channel in 0..<image.channels {
          let here = image[row, column, channel]
          if row + 1 < image.height {
            down[row, column, channel] = image[row + 1, column, channel] - here
          }
          if column + 1 < image.width {
            right[row, column, channel] = image[row, column + 1, channel] - here
          }
        }
      }
    }
  }

  /// The weighted sum `(1 - share) self + share other`.
  ///
  /// This is the composite of the SIREN paper (arXiv 2006.09661, section 4.1: an average of two gradients).
  public func mixed(with other: PictureGradient, share: Float) -> PictureGradient {
    PictureGradient(
      down: down.mixed(with: other.down, share: share),
      right: right.mixed(with: other.right, share: share))
  }

  /// This gradient, with the other one's values at all differences that touch a marked pixel.
  ///
  /// - Parameter mask: the marked pixels, `[height * width]`.
  public func replaced(by other: PictureGradient, where mask: [Bool]) -> PictureGradient {
    var result = self
    let (height, width, channels) = (down.height, down.width, down.channels)
    for pixel in 0..<height * width {
      let hasBelow = pixel + width < height * width
      let hasRight = pixel % width + 1 < width
      for index in pixel * channels..<(pixel + 1) * channels {
        if mask[pixel] || (hasBelow && mask[pixel + width]) {
          result.down.values[index] = other.down.values[index]
        }
        if mask[pixel] || (hasRight && mask[pixel + 1]) {
          result.right.values[index] = other.right.values[index]
        }
      }
    }
    return result
  }

  /// The outflow of each pixel; for the gradient of a picture, its five-point Laplacian.
  public var divergence: Image {
    var result = Image(width: down.width, height: down.height, channels: down.channels)
    for row in 0..<down.height {
      for column in 0..<down.width {
        for channel in 0..<down.channels {
          var sum: Float = 0
          if row + 1 < down.height { sum += down[row, column, channel] }
          if row > 0 { sum -= down[row - 1, column, channel] }
          if column + 1 < down.width { sum += right[row, column, channel] }
          if column > 0 { sum -= right[row, column - 1, channel] }
          result[row, column, channel] = sum
        }
      }
    }
    return result
  }
}
