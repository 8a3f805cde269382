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
    var sound = FieldRenderer.sound(quantity, of: read.field, timing, peak: peak)
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
        "output": .string(output), "rate": .integer(newRate), "frames": .integer(sound.frameCount),
        "channels": .integer(sound.channels), "clipped": .integer(clipped),
        "peak": .number(loudest), "what": .string(quantity.rawValue),
      ])
    } else {
      print("\(singleLine(output)): \(formatDuration(sound.duration)) at \(newRate) Hz")
    }
  }
}
