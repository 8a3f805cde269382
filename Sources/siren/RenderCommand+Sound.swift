import CommandSupport
import Fitting
import Foundation
import Signals

extension RenderCommand {
  func renderSound(_ read: FieldModel) throws {
    let name = (output as NSString).pathExtension.lowercased()
    guard name == "wav" else {
      throw CommandFailure.data(
        "\(singleLine(output)): a sound is written as .wav, not as '.\(name)'; pass a name that ends "
          + "in .wav")
    }
    let format = format ?? .float32
    let timing: FieldRenderer.Timing
    do {
      timing = try FieldRenderer.timing(
        of: read.signal, channels: read.field.outputs, sampleRate: rate,
        seconds: duration?.seconds, range: range?.bounds)
    } catch RenderingError.unknownLength {
      throw CommandFailure.usage("'\(model)': \(RenderingError.unknownLength)")
    }
    var sound = FieldRenderer.sound(quantity, of: read.field, timing, peak: read.signal?.peak ?? 1)
    let loudest = sound.peak
    if normalize, loudest > 0 { sound = sound.scaled(by: 1 / loudest) }
    let clipped = format == .integer16 ? sound.clippedCount : 0
    try AudioFile.writeWAV(sound, to: output, format: format, overwrite: overwrite.force)
    if clipped > 0 {
      printMessage(
        singleLine(
          "Warning: \(clipped) of \(sound.samples.count) samples are beyond full scale and were clipped, "
            + "the largest is \(loudest); pass --normalize to scale the sound, or --format float32")
      )
    }
    if printing.json {
      printJSON([
        "output": .string(output), "rate": .integer(timing.sampleRate),
        "frames": .integer(sound.frameCount),
        "channels": .integer(sound.channels), "clipped": .integer(clipped),
        "peak": .number(loudest), "what": .string(quantity.rawValue),
      ])
    } else {
      print("\(singleLine(output)): \(formatDuration(sound.duration)) at \(timing.sampleRate) Hz")
    }
  }
}
