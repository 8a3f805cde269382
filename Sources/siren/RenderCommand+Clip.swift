import CommandSupport
import Fields
import FitPipelines
import Fitting
import Signals

extension RenderCommand {
  func renderClip(_ read: FieldModel) throws {
    guard case .video(_, _, _, let frames, let fitted)? = read.signal else {
      throw CommandFailure.data("'\(model)' does not say how long its clip is")
    }
    let view = try view(read)
    guard view.range == -1...1 else {
      throw CommandFailure.usage("--range is for pictures and sounds; use --time for a clip")
    }
    let drawing = ClipRendering(component == .t ? .rate : .picture(quantity), view)
    if let frame {
      guard fps == nil, time == nil else {
        throw CommandFailure.usage("--frame is one picture, omit --fps and --time")
      }
      guard (0...Double(frames - 1)).contains(frame) else {
        throw CommandFailure.usage(
          "--frame is \(frame), '\(model)' has the frames 0 to \(frames - 1)")
      }
      _ = try PictureContainer(path: output)
      let moment = FieldRenderer.time(ofFrame: frame, of: frames)
      try ImageFile.write(
        drawing.picture(of: read.field, at: moment, frames: frames), to: output,
        overwrite: overwrite.force)
      showClip(view, 1, fps: fitted)
      return
    }
    try VideoWriter.checkWritable(output, overwrite: overwrite.force)
    let rate = fps ?? fitted
    let times = try FieldRenderer.Times(
      frames: frames, rate: fitted, newRate: rate, seconds: time?.bounds)
    let progress = ProgressReporter("Rendering", unit: "frames", quiet: printing.quiet)
    let interruption = Interruption()
    defer { interruption.stop() }
    try usage {
      try drawing.write(
        read.field, times, frames: frames, rate: rate, to: output, overwrite: overwrite.force
      ) {
        progress.update($0, of: times.count)
        if interruption.isRequested {
          throw CommandFailure.data("interrupted; nothing was written")
        }
      }
    }
    progress.finish()
    showClip(view, times.count, fps: rate)
  }

  private func showClip(_ view: FieldRenderer.View, _ count: Int, fps: Double) {
    if printing.json {
      printJSON([
        "output": .string(output), "width": .integer(view.width), "height": .integer(view.height),
        "frames": .integer(count), "fps": .number(fps), "what": .string(what.rawValue),
      ])
    } else {
      print(
        "\(singleLine(output)): \(view.width)x\(view.height)"
          + (frame == nil ? String(format: ", %d frames at %.4g per second", count, fps) : ""))
    }
  }
}
