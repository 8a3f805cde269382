import Fitting
import Foundation
import Signals

/// One turn around a shape as a clip.
public struct ShapeTurntable: Sendable {
  /// The first position of the camera.
  public var camera: ShapeCamera
  /// Number of pictures.
  public var frames: Int
  /// Pictures per second.
  public var rate: Double

  /// A turn from its parts.
  public init(camera: ShapeCamera, frames: Int, rate: Double) {
    self.camera = camera
    self.frames = frames
    self.rate = rate
  }

  /// Writes the clip, either completely or not at all, in the format given by the extension.
  ///
  /// - Parameter progress: receives the number of pictures so far; an error that it throws stops the writing.
  /// - Throws: `FileError`, ``FitPipelineError``, and any error from `progress`.
  public func write(
    _ renderer: ShapeRenderer, width: Int, height: Int, to path: String, overwrite: Bool,
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    guard let frameRate = FrameRate(approximating: rate) else {
      throw FitPipelineError.frameRate(rate)
    }
    let writer = try VideoWriter(
      path, width: width, height: height, channels: 3, frameRate: frameRate, overwrite: overwrite)
    for frame in 0..<frames {
      var camera = camera
      camera.azimuth += 360 * Double(frame) / Double(frames)
      try writer.write(renderer.picture(width: width, height: height, camera: camera))
      try progress(frame + 1)
    }
    try writer.finish()
  }
}
