import ArgumentParser
import CommandSupport
import Fields
import FitPipelines
import Fitting
import Foundation
import Reporting
import Signals

extension RenderCommand {
  /// Draws a shape: one picture, a turn around it, or its distance on a plane.
  func renderShape(_ field: any Field) throws {
    try checkShapeOptions()
    let (width, height) = try shapeSize()
    let isPicture = (try? PictureContainer(path: output)) != nil
    if let slice {
      _ = try PictureContainer(path: output)
      guard width == height else {
        throw CommandFailure.usage(
          "--slice draws a square, --size is \(width)x\(height); pass equal numbers")
      }
      let (values, slopes) = slice.plane.values(of: field, size: width)
      try ImageFile.write(
        ContourMap.picture(
          of: values, slopes: slopes, interval: ShapeSlice.interval, largest: 0.8),
        to: output, overwrite: overwrite.force)
      return showShape(width, height, frames: nil)
    }
    let view = camera?.camera ?? ShapeCamera()
    if isPicture, frames == nil {
      guard fps == nil else {
        throw CommandFailure.usage("--fps is for a turn; pass --frames, or the name of a clip")
      }
      let picture = ShapeRenderer(field).picture(width: width, height: height, camera: view)
      try ImageFile.write(picture, to: output, overwrite: overwrite.force)
      return showShape(width, height, frames: nil)
    }
    try VideoWriter.checkWritable(output, overwrite: overwrite.force)
    let turn = ShapeTurntable(camera: view, frames: frames ?? 48, rate: fps ?? 24)
    let progress = ProgressReporter("Rendering", unit: "frames", quiet: printing.quiet)
    let interruption = Interruption()
    defer { interruption.stop() }
    do {
      try turn.write(
        ShapeRenderer(field), width: width, height: height, to: output, overwrite: overwrite.force
      ) {
        progress.update($0, of: turn.frames)
        if interruption.isRequested {
          throw CommandFailure.data("interrupted; nothing was written")
        }
      }
    } catch let error as FitPipelineError where error.isUsage {
      throw CommandFailure.usage("\(error)")
    }
    progress.finish()
    showShape(width, height, frames: turn.frames)
  }

  private func checkShapeOptions() throws {
    let wrong: [(isGiven: Bool, name: String, purpose: String)] = [
      (what != .value, "--what", "pictures and clips"),
      (range != nil, "--range", "pictures and sounds"), (rate != nil, "--rate", "sounds"),
      (duration != nil, "--duration", "sounds"), (normalize, "--normalize", "sounds"),
      (format != nil, "--format", "sounds"),
      (frame != nil, "--frame", "clips"), (time != nil, "--time", "clips"),
    ]
    for option in wrong where option.isGiven {
      throw CommandFailure.usage(
        "\(option.name) is for \(option.purpose), '\(model)' is a shape")
    }
  }

  private func shapeSize() throws -> (Int, Int) {
    let factor = scale ?? 1
    let sides = [Double(size?.width ?? 512), Double(size?.height ?? 512)].map {
      Int(max(1, ($0 * factor).rounded()))
    }
    guard parseSize("\(sides[0])x\(sides[1])") != nil else {
      throw CommandFailure.data(
        "a picture of \(sides[0])x\(sides[1]) is too large, expected at most 16384 per side and 100 "
          + "million in all; pass a smaller --size or --scale")
    }
    return (sides[0], sides[1])
  }

  private func showShape(_ width: Int, _ height: Int, frames: Int?) {
    if printing.json {
      printJSON([
        "output": .string(output), "width": .integer(width), "height": .integer(height),
        "frames": frames.map { .integer($0) } ?? .null,
      ])
    } else {
      print(
        "\(singleLine(output)): \(width)x\(height)" + (frames.map { ", \($0) frames" } ?? ""))
    }
  }
}

/// A camera on the command line: `30,20` or `30,20,4.6`.
struct CameraOption: ExpressibleByArgument {
  let camera: ShapeCamera

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2 || parts.count == 3, let azimuth = parts[0], let elevation = parts[1],
      abs(azimuth) <= 1e6, (-90...90).contains(elevation)
    else { return nil }
    var camera = ShapeCamera(azimuth: azimuth, elevation: elevation)
    if parts.count == 3 {
      guard let distance = parts[2], distance > 0, distance <= 1e3 else { return nil }
      camera.distance = distance
    }
    self.camera = camera
  }
}

/// A plane on the command line: `z=0`.
struct SliceOption: ExpressibleByArgument {
  let plane: ShapeSlice

  init?(argument: String) {
    guard let plane = ShapeSlice(argument) else { return nil }
    self.plane = plane
  }
}
