import Foundation
import Signals

/// The default clip to fit: the test picture, over which a bright ball flies while the camera drifts.
public enum TestClip {
  /// The frames, 1 channel.
  ///
  /// - Parameters:
  ///   - size: width and height in pixels, at least 1.
  ///   - frames: number of frames, at least 1.
  public static func draw(size: Int, frames: Int) -> [Image] {
    let wide = TestPicture.draw(size: size + size / 4)
    let room = Double(wide.width - size)
    return (0..<frames).map { frame in
      let time = frames > 1 ? Double(frame) / Double(frames - 1) : 0
      let shift = (down: room * (0.5 - 0.5 * cos(.pi * time)), right: room * time)
      let ball = (
        row: Double(size) * (0.75 - 0.5 * sin(.pi * time)),
        column: Double(size) * (0.1 + 0.8 * time), radius: 0.09 * Double(size)
      )
      var image = Image(width: size, height: size, channels: 1)
      for row in 0..<size {
        for column in 0..<size {
          let back = interpolated(
            wide, row: Double(row) + shift.down, column: Double(column) + shift.right)
          let distance = hypot(
            Double(row) + 0.5 - ball.row, Double(column) + 0.5 - ball.column)
          let cover = min(1, max(0, ball.radius - distance + 0.5))
          let light = 0.95 - 0.5 * distance / max(ball.radius, 1)
          image[row, column, 0] = Float(back * (1 - cover) + light * cover)
        }
      }
      return image
    }
  }

  private static func interpolated(_ image: Image, row: Double, column: Double) -> Double {
    let (r, c) = (Int(row), Int(column))
    let (down, right) = (row - Double(r), column - Double(c))
    let value = { (row: Int, column: Int) in
      Double(image[min(row, image.height - 1), min(column, image.width - 1), 0])
    }
    let upper = value(r, c) + (value(r, c + 1) - value(r, c)) * right
    let lower = value(r + 1, c) + (value(r + 1, c + 1) - value(r + 1, c)) * right
    return upper + (lower - upper) * down
  }
}
