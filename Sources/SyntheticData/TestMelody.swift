import Foundation
import Signals

/// The default sound to fit: the first bars of Bach's prelude in C major (BWV 846), on plucked
/// strings that are sums of harmonics.
public enum TestMelody {
  /// Semitones above middle C of each half bar's figure.
  ///
  /// A figure is played twice.
  private static let figures: [[Int]] = [
    [0, 4, 7, 12, 16, 7, 12, 16], [0, 2, 9, 14, 17, 9, 14, 17],
  ]

  /// The sound, 1 channel, its largest magnitude 0.9.
  ///
  /// - Parameters:
  ///   - seconds: its length, above 0.
  ///   - rate: samples per second, at least 1.
  public static func play(seconds: Double = 5, rate: Int = 22_050) -> AudioSignal {
    let count = max(1, Int(seconds * Double(rate)))
    let notes = figures.flatMap { $0 + $0 }
    let noteLength = 4.6 / Double(notes.count)
    var samples = [Double](repeating: 0, count: count)
    for (index, semitones) in notes.enumerated() {
      let start = Int(Double(index) * noteLength * Double(rate))
      let frequency = 261.625_565 * exp2(Double(semitones) / 12)
      guard start < count else { break }
      for sample in start..<min(count, start + rate * 2) {
        samples[sample] += string(frequency, at: Double(sample - start) / Double(rate), rate: rate)
      }
    }
    // The last tones fade instead of being cut.
    let fade = min(count, rate / 5)
    for sample in count - fade..<count {
      samples[sample] *= Double(count - sample) / Double(fade)
    }
    let peak = max(1e-9, samples.reduce(0) { max($0, abs($1)) })
    return AudioSignal(
      sampleRate: rate, channels: 1, samples: samples.map { Float(0.9 * $0 / peak) })
  }

  /// A plucked string.
  ///
  /// Its higher harmonics fade sooner.
  private static func string(_ frequency: Double, at time: Double, rate: Int) -> Double {
    var sum = 0.0
    for harmonic in 1...8 where frequency * Double(harmonic) < 0.45 * Double(rate) {
      let strength = 1 / pow(Double(harmonic), 1.4)
      let fading = exp(-time * (1.6 + 1.1 * Double(harmonic)))
      sum += strength * fading * sin(2 * Double.pi * frequency * Double(harmonic) * time)
    }
    return sum * min(1, time / 0.006)
  }
}
