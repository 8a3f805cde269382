import Fields
import Fitting
import Foundation
import Signals
import Testing

@Suite("Seams of sounds") struct SoundSeamTests {
  private static let frames = 4_096
  private static let cells = 8

  /// Two channels of a tone that rises, and of two tones that beat.
  private static let sound: AudioSignal = {
    var samples: [Float] = []
    for frame in 0..<frames {
      let time = Double(frame) / 8_000
      samples.append(Float(0.7 * sin(2 * .pi * (200 * time + 300 * time * time))))
      samples.append(Float(0.4 * sin(2 * .pi * 330 * time) + 0.3 * sin(2 * .pi * 352 * time)))
    }
    return AudioSignal(sampleRate: 8_000, channels: 2, samples: samples)
  }()

  @Test("Errors and their high frequencies are not larger at the borders of cells")
  func borders() throws {
    let shape = GridShape.standard(for: FittedSignal(Self.sound))
    #expect(shape.cells == [Self.cells])
    var fit = try GridFit(SoundSignal(Self.sound), shape, seed: 1)
    _ = try fit.run(FitLimits(steps: 800))
    let found = FieldRenderer.sound(
      of: fit.field,
      .init(
        original: Self.frames, originalRate: 8_000, sampleRate: 8_000, frames: Self.frames),
      peak: Self.sound.peak)
    let errors = zip(found.samples, Self.sound.samples).map { Double($0 - $1) }
    let power = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
    #expect(power < 1e-4, "\(power)")
    // The second difference passes the upper half of the spectrum, where a click lies.
    var (near, far) = ([Double](), [Double]())
    var (nearHigh, farHigh) = ([Double](), [Double]())
    let length = Self.frames / Self.cells
    for frame in 1..<Self.frames - 1 {
      let place = frame % length
      let isNear =
        (place < 16 || place >= length - 16) && frame > length / 2
        && frame < Self.frames - length / 2
      for channel in 0..<2 {
        let at = { errors[2 * $0 + channel] }
        let high = at(frame + 1) - 2 * at(frame) + at(frame - 1)
        if isNear {
          near.append(at(frame) * at(frame))
          nearHigh.append(high * high)
        } else {
          far.append(at(frame) * at(frame))
          farHigh.append(high * high)
        }
      }
    }
    let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
    #expect(mean(near) < 1.3 * mean(far), "\(mean(near)), elsewhere \(mean(far))")
    #expect(mean(nearHigh) < 1.3 * mean(farHigh), "\(mean(nearHigh)), elsewhere \(mean(farHigh))")
  }
}
