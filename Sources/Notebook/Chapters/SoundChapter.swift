import Fields
import Fitting
import Foundation
import Reporting
import Signals

/// "Fitting an audio signal": a sound, and the field that was fitted to it.
enum SoundChapter {
  static func run(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> Chapter {
    let start = uptime()
    let sound = settings.sound
    let architecture = SirenArchitecture.standard(
      for: FittedSignal(sound), hiddenWidth: settings.effort.width)
    var fit = FieldFit(
      try SampleObjective(sound), architecture, .standard, seed: settings.seed)
    let run = try fit.run(
      FitLimits(seconds: settings.effort.soundSeconds),
      each: { event, _ in
        progress(event.fraction, String(format: "SNR %.1f dB", event.update.decibels))
      })
    let fitted = FieldRenderer.sound(
      of: fit.field,
      .init(
        original: sound.frameCount, originalRate: sound.sampleRate, sampleRate: sound.sampleRate,
        frames: sound.frameCount), peak: sound.peak)
    let quality = AudioQuality(of: fitted.samples, comparedWith: sound.samples)
    // The paper's errors are those of a sound whose largest magnitude is 1.
    let error = quality.mse / Double(sound.peak * sound.peak)
    let amplified = AudioSignal(
      sampleRate: sound.sampleRate, channels: 1,
      samples: zip(sound.samples, fitted.samples).map { 10 * ($0 - $1) })
    return Chapter(
      section: Page.Section(
        title: "Fitting a sound",
        lead:
          "The same kind of network with one coordinate, time. The frequency scale of its first layer is "
          + "higher, because a sound has thousands of oscillations in \u{2212}1...1.",
        settings: [
          .init("Sound", settings.soundName),
          .init(
            "Length",
            String(
              format: "%.1f s, %d samples at %d Hz", sound.duration, sound.frameCount,
              sound.sampleRate)),
          .init("First omega", String(format: "%.0f", architecture.omegaFirst)),
          .init("Updates", "\(fit.step) in \(secondsText(run.seconds))"),
          .init("Mean squared error", shortExponent(String(format: "%.1e", error))),
          .init("SNR", String(format: "%.1f dB", quality.snr)),
        ],
        blocks: [
          .sounds([
            .init(
              title: "The sound", note: "", wave: try AudioFile.encodeWAV(sound, .integer16)),
            .init(
              title: "The field", note: String(format: "SNR %.1f dB", quality.snr),
              wave: try AudioFile.encodeWAV(fitted, .integer16)),
            .init(
              title: "The difference", note: "ten times as loud",
              wave: try AudioFile.encodeWAV(amplified, .integer16)),
          ]),
          .figure(
            figure(sound, fitted).drawing,
            caption:
              "The whole sound above, and fifty milliseconds of it below. The sound is dotted, the field "
              + "blue, and their difference orange."),
        ]),
      measures: [
        .init(
          "sound_mse", "Sound, mean squared error", error, unit: "",
          reference: "1.1e-5 (paper, its Bach), 3.8e-4 (paper, a voice)"),
        .init("sound_snr", "Sound, SNR", quality.snr, unit: "dB", reference: ""),
        .init(
          "sound_seconds", "Sound, time", run.seconds, unit: "s",
          reference: "4.9 s per step on all samples (PyTorch, two cores)"),
      ], seconds: uptime() - start)
  }

  private static func figure(_ sound: AudioSignal, _ fitted: AudioSignal) -> Figure {
    let rate = Double(sound.sampleRate)
    let plot = { (range: Range<Int>, isDetail: Bool) -> Figure.Panel in
      let x = range.map { Double($0) / rate }
      let line = { (values: [Float], name: String?, stroke: Stroke) in
        Plot.Line(x: x, y: values.map(Double.init), name: name, stroke)
      }
      let difference = range.map { sound.samples[$0] - fitted.samples[$0] }
      var lines = [
        line(Array(fitted.samples[range]), "field", Stroke(.blue, width: isDetail ? 2 : 1))
      ]
      if isDetail {
        lines.append(
          line(Array(sound.samples[range]), "sound", Stroke(.reference, width: 1.2, dash: 2)))
      }
      lines.append(line(difference, "difference", Stroke(.orange, width: 1.2)))
      return .plot(Plot(horizontal: Axis("seconds"), lines: lines))
    }
    let count = sound.frameCount
    let middle = count * 2 / 5
    let detail = middle..<min(count, middle + max(2, Int(0.05 * rate)))
    return Figure(
      rows: [[plot(0..<count, false)], [plot(detail, true)]], panelWidth: 860, panelHeight: 200)
  }
}
