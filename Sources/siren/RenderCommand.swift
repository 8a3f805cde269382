import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fields
import Files
import FitPipelines
import Fitting
import Foundation
import Signals

/// A range of coordinates on the command line: `-50:50`.
struct CoordinateRange: ExpressibleByArgument {
  let bounds: ClosedRange<Float>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Float($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low.isFinite, high.isFinite,
      low < high
    else { return nil }
    bounds = low...high
  }
}

/// A part of a clip on the command line, in seconds: `0.5:2`.
struct SecondsRange: ExpressibleByArgument {
  let bounds: ClosedRange<Double>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map {
      Double($0.hasSuffix("s") ? $0.dropLast() : $0)
    }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low >= 0, high.isFinite,
      low <= high, high < 1e9
    else { return nil }
    bounds = low...high
  }
}

extension FieldQuantity: ExpressibleByArgument {}
extension WAVSampleFormat: ExpressibleByArgument {}

/// `siren render`: a picture or a sound from a model.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render a fitted network at any size, with its derivatives, over any range.",
    discussion: """
      A picture is written as PNG, a sound as WAV, a clip by its extension: .mp4, .webm, .mkv and .mov \
      by ffmpeg where that is installed, .y4m, .apng, or a folder of pictures. The coordinates -1 to 1 are what was fitted; \
      --range goes beyond. The gradient is drawn with its magnitude as brightness and its direction \
      as hue (red to the right, green to the lower left); components and Laplacian are grey where they \
      are 0. Derivatives are per pixel of the picture that is written, in values 0 to 1; the \
      brightest shown is printed.

      EXAMPLES
        siren render photo.safetensors photo.png
        siren render photo.safetensors large.png --scale 4
        siren render photo.safetensors edges.png --what gradient --component magnitude
        siren render photo.safetensors beyond.png --size 1024x1024 --range -50:50
        siren render clip.safetensors slow.mp4 --fps 100 --time 0:2
        siren render clip.safetensors frame.png --frame 12.5
        siren render clip.safetensors motion.png --frame 12 --what gradient --component t
        siren render song.safetensors song.wav --rate 96000 --duration 3s
      """)

  /// The quantity to draw.
  enum What: String, ExpressibleByArgument, CaseIterable {
    case value, gradient, laplacian
  }

  /// The part of a gradient to draw.
  enum Component: String, ExpressibleByArgument, CaseIterable {
    case magnitude, direction, x, y, t
  }

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Argument(
    help: "The file to write: PNG for a picture, WAV for a sound, a clip by its extension.",
    completion: .file())
  var output: String

  @Option(help: "value, gradient or laplacian.")
  var what = What.value

  @Option(help: "With --what gradient: one component, instead of magnitude and direction in one.")
  var component: Component?

  @Option(help: "Size of the picture (default: the fitted picture's; 256x256 if it is not known).")
  var size: PictureSize?

  @Option(help: "Size of the picture as a multiple of the fitted one's, such as 4 or 0.5.")
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: "The coordinates to show, such as -50:50 (default: -1:1, what was fitted).")
  var range: CoordinateRange?

  @Option(help: "Samples a second of the sound (default: the fitted sound's).")
  var rate: Int?

  @Option(help: "Length of the sound, such as 3s (default: the fitted sound's).")
  var duration: TimeLimit?

  @Option(help: "One frame of a clip as a picture, counted from 0; fractions lie between frames.")
  var frame: Double?

  @Option(help: "Frames per second of the clip (default: the fitted clip's).")
  var fps: Double?

  @Option(help: "The part of the clip in seconds, such as 0.5:2 (default: all of it).")
  var time: SecondsRange?

  @Option(help: "How samples of a sound are stored: float32 or integer16.")
  var format = WAVSampleFormat.float32

  @Option(help: "Omega of the first layer, for a model that does not say (default: 30).")
  var omegaFirst: Float?

  @Option(help: "Omega of the other layers, for a model that does not say (default: 30).")
  var omega: Float?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard size == nil || scale == nil else {
      throw ValidationError("--size and --scale exclude each other, pass one of them.")
    }
    guard component == nil || what == .gradient else {
      throw ValidationError("--component is for --what gradient.")
    }
    guard scale.map({ $0 > 0 && $0 <= 1_000 }) ?? true else {
      throw ValidationError("--scale is \(scale ?? 0), expected a number up to 1000.")
    }
    guard rate.map({ (1...10_000_000).contains($0) }) ?? true else {
      throw ValidationError("--rate is \(rate ?? 0), expected 1 to 10000000.")
    }
    guard duration == nil || range == nil else {
      throw ValidationError("--duration and --range exclude each other, pass one of them.")
    }
  }

  func run() throws {
    threads.apply()
    try AtomicFile.checkWritable(output, overwrite: overwrite.force)
    let read = try FieldFile.read(model, omegaFirst: omegaFirst, omegaHidden: omega)
    let shape = read.architecture
    switch (shape.coordinates, shape.outputs) {
    case (2, 1...4):
      guard rate == nil, duration == nil else {
        throw CommandFailure.usage("--rate and --duration are for sounds, '\(model)' is a picture")
      }
      try renderPicture(read)
    case (3, 1...4):
      guard rate == nil, duration == nil else {
        throw CommandFailure.usage("--rate and --duration are for sounds, '\(model)' is a clip")
      }
      try renderClip(read)
    case (1, _):
      guard size == nil, scale == nil, component == nil, frame == nil, fps == nil, time == nil
      else {
        throw CommandFailure.usage(
          "--size, --scale, --component, --frame, --fps and --time are for pictures and clips, "
            + "'\(model)' is a sound")
      }
      try renderSound(read)
    default:
      throw CommandFailure.data(
        "'\(model)' maps \(shape.coordinates) coordinates to \(shape.outputs) values; a picture "
          + "needs 2 and 1 to 4, a sound 1, a clip 3 and 1 to 4")
    }
  }

  private var quantity: FieldQuantity {
    switch (what, component) {
    case (.value, _): .value
    case (.laplacian, _): .laplacian
    case (.gradient, nil): .gradient
    case (.gradient, .magnitude?): .magnitude
    case (.gradient, .direction?): .direction
    case (.gradient, .x?): .x
    case (.gradient, .y?): .y
    case (.gradient, .t?): .value
    }
  }

  private func renderPicture(_ read: FieldModel) throws {
    guard frame == nil, fps == nil, time == nil, component != .t else {
      throw CommandFailure.usage(
        "--frame, --fps, --time and --component t are for clips, '\(model)' is a picture")
    }
    let view = try view(read)
    let result = FieldRenderer.render(quantity, of: read.field, view)
    try ImageFile.writePNG(result, view, to: output, overwrite: overwrite.force)
    if printing.json {
      printJSON([
        "output": .string(output), "width": .integer(view.width), "height": .integer(view.height),
        "what": .string(quantity.rawValue),
        "scale": result.scale.map { .number($0) } ?? .null,
      ])
    } else {
      print(
        "\(singleLine(output)): \(view.width)x\(view.height)"
          + (result.scale.map { String(format: ", brightest at %.3g per pixel", Double($0)) }
          ?? "").replacingOccurrences(
            of: "pixel", with: quantity == .laplacian ? "pixel squared" : "pixel"))
    }
  }

  /// The size to draw and the coordinates to show.
  private func view(_ read: FieldModel) throws -> FieldRenderer.View {
    var (width, height) = (256, 256)
    switch read.signal {
    case .image(let fittedWidth, let fittedHeight, _),
      .video(let fittedWidth, let fittedHeight, _, _, _):
      (width, height) = (fittedWidth, fittedHeight)
    default: break
    }
    if let size { (width, height) = (size.width, size.height) }
    let factor = scale ?? 1
    let scaled = [width, height].map { max(1, (Double($0) * factor).rounded()) }
    guard parseSize("\(Int(scaled[0]))x\(Int(scaled[1]))") != nil else {
      throw CommandFailure.data(
        "a picture of \(Int(scaled[0]))x\(Int(scaled[1])) is too large, at most 16384 a side and "
          + "100 million pixels are written; pass a smaller --size or --scale")
    }
    return FieldRenderer.View(
      width: Int(scaled[0]), height: Int(scaled[1]), range: range?.bounds ?? -1...1)
  }

  private func renderClip(_ read: FieldModel) throws {
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
        throw CommandFailure.usage("--frame is one picture, leave out --fps and --time")
      }
      guard (0...Double(frames - 1)).contains(frame) else {
        throw CommandFailure.usage(
          "--frame is \(frame), '\(model)' has the frames 0 to \(frames - 1)")
      }
      let moment = frames > 1 ? 2 * frame / Double(frames - 1) - 1 : 0
      try ImageFile.writePNG(
        drawing.picture(of: read.field, at: moment, frames: frames), to: output,
        overwrite: overwrite.force)
      showClip(view, 1, fps: fitted)
      return
    }
    try VideoWriter.checkWritable(output, overwrite: overwrite.force)
    let rate = fps ?? fitted
    let times = FieldRenderer.Times(
      frames: frames, rate: fitted, newRate: rate, seconds: time?.bounds)
    let progress = ProgressReporter("Rendering", unit: "frames", quiet: printing.quiet)
    let interruption = Interruption()
    defer { interruption.stop() }
    do {
      try drawing.write(
        read.field, times, frames: frames, rate: rate, to: output, overwrite: overwrite.force
      ) {
        progress.update($0, of: times.count)
        if interruption.isRequested {
          throw CommandFailure.data("interrupted; nothing was written")
        }
      }
    } catch let error as FitPipelineError where error.isUsage {
      throw CommandFailure.usage("\(error)")
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

  private func renderSound(_ read: FieldModel) throws {
    var (original, originalRate, peak) = (0, rate ?? 44_100, Float(1))
    if case .audio(let fittedRate, let frames, _, let fittedPeak)? = read.signal {
      (original, originalRate, peak) = (frames, fittedRate, fittedPeak)
    } else {
      guard let duration else {
        throw CommandFailure.usage(
          "'\(model)' does not say how long its sound is; pass --duration, and --rate if it is not "
            + "44100")
      }
      original = Int((duration.seconds * Double(originalRate)).rounded())
    }
    let newRate = rate ?? originalRate
    let span = range.map { Double($0.bounds.upperBound) - Double($0.bounds.lowerBound) } ?? 2
    // A range is a part of the fitted length, corners included.
    let length = Double(original - 1) * span / 2 / Double(originalRate)
    let frames =
      duration.map { $0.seconds * Double(newRate) }
      ?? (length * Double(newRate)).rounded(.down) + 1
    let limit = AudioLimits.standard.maximumSamples / read.field.outputs
    guard frames >= 1, frames <= Double(limit) else {
      throw CommandFailure.data(
        "a sound of \(Int(min(frames, 1e15))) samples cannot be written, expected 1 to \(limit); "
          + "pass another --rate, --duration or --range")
    }
    let timing = FieldRenderer.Timing(
      original: original, originalRate: originalRate, sampleRate: newRate,
      frames: Int(frames.rounded()), start: range.map { Double($0.bounds.lowerBound) } ?? -1)
    let sound = FieldRenderer.sound(quantity, of: read.field, timing, peak: peak)
    try AudioFile.writeWAV(sound, to: output, format: format, overwrite: overwrite.force)
    if printing.json {
      printJSON([
        "output": .string(output), "rate": .integer(newRate), "frames": .integer(sound.frameCount),
        "channels": .integer(sound.channels), "what": .string(quantity.rawValue),
      ])
    } else {
      print("\(singleLine(output)): \(formatDuration(sound.duration)) at \(newRate) Hz")
    }
  }
}
