import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fields
import Files
import FitPipelines
import Fitting
import Foundation
import Signals

/// `siren render`: a picture, a sound or a clip from a model.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render a fitted network at any size, with its derivatives, over any range.",
    discussion: """
      The extension of a picture's name decides its format: .png, .jpg, .tif, .webp or .npy. It has the \
      bits, the channels and the unit of the file that was fitted if the format holds them. A sound is \
      written as .wav. The extension of a clip's name decides its format: \
      .y4m, .apng, a name without extension for a folder of pictures, or .mp4, .webm, .mkv, .mov and .gif \
      if ffmpeg is installed.

      The coordinates -1 to 1 are the range that was fitted, and --range shows more. The gradient is drawn \
      with its magnitude as brightness and its direction as hue (red to the right, green to the lower \
      left). Components and Laplacian are grey where they are 0. Derivatives are per pixel of the written \
      picture, for values 0 to 1. The value at full brightness is printed.

      A shape is drawn as seen by --camera azimuth,elevation[,distance], in degrees and in coordinates of \
      the field, in which the largest side is 1.8 long; y points up, and azimuth 0 looks from +z. A name of \
      a clip, or --frames, turns it once around the y axis. --slice draws the distance on a plane instead: \
      blue inside, red outside, with a line per twentieth of the largest side.

      EXAMPLES
        siren render photo.safetensors photo.png
        siren render photo.safetensors large.png --scale 4
        siren render micrograph.safetensors micrograph.tif
        siren render heights.safetensors heights.npy
        siren render photo.safetensors edges.png --what gradient --component magnitude
        siren render photo.safetensors beyond.png --size 1024x1024 --range -50:50
        siren render clip.safetensors slow.mp4 --fps 100 --time 0:2
        siren render clip.safetensors frame.png --frame 12.5
        siren render clip.safetensors motion.png --frame 12 --what gradient --component t
        siren render song.safetensors song.wav --rate 96000 --duration 3s
        siren render song.safetensors song.wav --format integer16 --normalize
        siren render shape.safetensors shape.png --camera 30,20
        siren render shape.safetensors turn.mp4 --size 512x512 --frames 72
        siren render shape.safetensors slice.png --slice z=0
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
    help: "The file to write, by its extension: .png, .jpg, .tif, .webp, .npy; .wav; or a clip.",
    completion: .file())
  var output: String

  @Option(help: "The quantity to render: value, gradient or laplacian.")
  var what = What.value

  @Option(help: "With --what gradient, one component instead of magnitude and direction together.")
  var component: Component?

  @Option(help: "The size of the picture (default: the fitted one's; 256x256 if it is unknown).")
  var size: PictureSize?

  @Option(help: "The size of the picture as a multiple of the fitted one's, such as 4 or 0.5.")
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: "The range of coordinates, such as -50:50 (default: -1:1, the fitted range).")
  var range: CoordinateRange?

  @Option(help: "Samples per second of the sound (default: the fitted sound's).")
  var rate: Int?

  @Option(help: "The length of the sound, such as 3s (default: the fitted sound's).")
  var duration: TimeLimit?

  @Option(help: "One frame of a clip as a picture; the first is 0, fractions lie between frames.")
  var frame: Double?

  @Option(help: "Frames per second of the clip (default: the fitted clip's).")
  var fps: Double?

  @Option(help: "The part of the clip in seconds, such as 0.5:2 (default: all of it).")
  var time: SecondsRange?

  @Option(
    help: """
      The sample format of a sound: float32 or integer16, which clips at full scale (default: float32).
      """)
  var format: WAVSampleFormat?

  @Flag(help: "Scale a sound so that its largest sample is full scale.")
  var normalize = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where a shape is seen from: azimuth and elevation in degrees, and the distance (default: "
        + "30,20,4.6).", valueName: "camera"))
  var camera: CameraOption?

  @Option(help: "Pictures of a shape's turn (default for a clip: 48).")
  var frames: Int?

  @Option(
    help: ArgumentHelp(
      "The plane on which a shape's distance is drawn, such as z=0; coordinates are -1 to 1.",
      valueName: "plane"))
  var slice: SliceOption?

  @Option(help: "The first layer's omega, for a model that does not contain it (default: 30).")
  var omegaFirst: Float?

  @Option(help: "The other layers' omega, for a model that does not contain it (default: 30).")
  var omega: Float?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard size == nil || scale == nil else {
      throw ValidationError("--size and --scale exclude each other, pass only one of them.")
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
    guard fps.map({ ClipRendering.frameRates.contains($0) }) ?? true else {
      throw ValidationError("--fps is \(fps ?? 0), expected 0.001 to 1000000.")
    }
    guard frames.map({ (1...10_000).contains($0) }) ?? true else {
      throw ValidationError("--frames is \(frames ?? 0), expected 1 to 10000.")
    }
    guard slice == nil || (camera == nil && frames == nil && fps == nil) else {
      throw ValidationError("--slice is one flat picture, omit --camera, --frames and --fps.")
    }
    guard duration == nil || range == nil else {
      throw ValidationError("--duration and --range exclude each other, pass only one of them.")
    }
    try checkPositive([("--omega", omega), ("--omega-first", omegaFirst)])
  }

  func run() throws {
    threads.apply()
    try DistinctFiles.check([("the output", output)], read: [("the model", model)])
    // Frames may go to a folder, which is checked when the model turns out to be a clip or a shape.
    if !output.isFolder, !output.hasSuffix("/") {
      try AtomicFile.checkWritable(output, overwrite: overwrite.force)
    }
    let read = try FieldFile.read(model, omegaFirst: omegaFirst, omegaHidden: omega)
    if case .shape? = read.signal { return try renderShape(read.field) }
    guard camera == nil, frames == nil, slice == nil else {
      throw CommandFailure.usage(
        "--camera, --frames and --slice are for shapes, '\(model)' is none")
    }
    let shape = read.architecture
    switch (shape.coordinates, shape.outputs) {
    case (2, 1...4):
      try checkNoSoundOptions("picture")
      try renderPicture(read)
    case (3, 1...4):
      try checkNoSoundOptions("clip")
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

  private func checkNoSoundOptions(_ noun: String) throws {
    guard rate == nil, duration == nil, !normalize, format == nil else {
      throw CommandFailure.usage(
        "--rate, --duration, --normalize and --format are for sounds, '\(model)' is a \(noun)")
    }
  }

  var quantity: FieldQuantity {
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
    _ = try PictureContainer(path: output)
    var brightest: Float?
    if quantity == .value {
      let loss = try PictureFile.write(
        StoredPicture(FieldRenderer.image(of: read.field, view), as: format(read, view)),
        to: output, overwrite: overwrite.force)
      if let loss, !printing.quiet { printMessage("Note: \(singleLine(loss))") }
    } else {
      let result = FieldRenderer.render(quantity, of: read.field, view)
      brightest = result.scale
      try ImageFile.write(result, view, to: output, overwrite: overwrite.force)
    }
    if printing.json {
      printJSON([
        "output": .string(output), "width": .integer(view.width), "height": .integer(view.height),
        "what": .string(quantity.rawValue),
        "scale": brightest.map { .number($0) } ?? .null,
      ])
    } else {
      print(
        "\(singleLine(output)): \(view.width)x\(view.height)"
          + (brightest.map { String(format: ", full brightness at %.3g per pixel", Double($0)) }
          ?? "").replacingOccurrences(
            of: "pixel", with: quantity == .laplacian ? "pixel squared" : "pixel"))
    }
  }

  /// The format of the fitted picture's file, or for models that do not say 8 bits, in an array float32.
  private func format(_ read: FieldModel, _ view: FieldRenderer.View) throws -> PictureFormat {
    let channels = read.architecture.outputs
    guard let text = read.metadata[PictureFormat.metadataName],
      var format = PictureFormat(json: text), format.channels == channels,
      case .image(let width, let height, _)? = read.signal
    else {
      let isArray = try PictureContainer(path: output) == .npy
      return PictureFormat(type: isArray ? .float32 : .unsigned8, channels: channels)
    }
    format.resolution =
      range == nil
      ? format.resolution?.scaled(
        fromWidth: width, height: height, toWidth: view.width, height: view.height) : nil
    return format
  }

  /// The size to draw and the coordinates to show.
  func view(_ read: FieldModel) throws -> FieldRenderer.View {
    try FieldRenderer.View(
      of: read.signal, size: size.map { ($0.width, $0.height) }, scale: scale ?? 1,
      range: range?.bounds ?? -1...1)
  }
}
