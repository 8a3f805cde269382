import Fields
import Fitting
import Foundation
import Reporting
import Signals
import SyntheticData

/// "Fitting a video" (section 4.1 of the paper): a clip, and the grid of fields that was fitted to it.
enum VideoChapter {
  static func run(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> Chapter {
    let start = uptime()
    let (side, count) = settings.effort.clip
    let clip = DrawnClip(frames: TestClip.draw(size: side, frames: count))
    let shape = GridShape.standard(
      for: .video(width: side, height: side, channels: 1, frames: count, rate: 25))
    var fit = try GridFit(clip, shape, seed: settings.seed)
    let run = try fit.run(
      FitLimits(seconds: settings.effort.clipSeconds),
      each: { event, _ in
        progress(event.fraction, String(format: "PSNR %.1f dB", event.update.decibels))
      })
    var error = 0.0
    var shown: [Page.Picture] = []
    let chosen = [0, count / 2, count - 1]
    for (index, frame) in clip.frames.enumerated() {
      let time = FieldRenderer.time(ofFrame: Double(index), of: count)
      let found = FieldRenderer.image(
        of: FieldSlice(fit.field, at: time), width: side, height: side)
      error += Quality.meanSquaredError(found, frame) / Double(count)
      if chosen.contains(index) {
        shown.append(.init(frame, title: "Frame \(index)"))
        shown.append(.init(found, title: "The field there"))
      }
    }
    let psnr = Quality.peakSignalToNoise(meanSquaredError: error)
    return Chapter(
      section: Page.Section(
        title: "Fitting a clip",
        lead:
          "Three coordinates, two of the pixel and one of the time. The field has values between the frames, "
          + "too, so it can be played at any speed. A grid of small networks shares the work.",
        settings: [
          .init("Clip", "drawn, \(count) frames of \(side)\u{d7}\(side)"),
          .init("Network", "a grid of \(shape.cells.map(String.init).joined(separator: "\u{d7}"))"),
          .init("Parameters", "\(shape.parameterCount)"),
          .init("Updates", "\(fit.step) of each network in \(secondsText(run.seconds))"),
          .init("PSNR", String(format: "%.2f dB", psnr)),
        ],
        blocks: [
          .gallery(shown, caption: "Frames of the clip, each beside the field at its time.")
        ]),
      measures: [
        .init(
          "clip_psnr", "Clip, PSNR", psnr, unit: "dB",
          reference: "29.9 dB (paper, figure 3, another clip)"),
        .init("clip_seconds", "Clip, time", run.seconds, unit: "s", reference: ""),
      ], seconds: uptime() - start)
  }
}

/// The frames of a clip in memory.
private struct DrawnClip: GridSignal {
  let frames: [Image]

  var extents: [Int] { [frames.count, frames[0].height, frames[0].width] }
  var channels: Int { frames[0].channels }

  func values(in ranges: [Range<Int>]) -> [Float] {
    ranges[0].flatMap { frame in
      ranges[1].flatMap { row in
        ranges[2].flatMap { column in
          (0..<channels).map { 2 * frames[frame][row, column, $0] - 1 }
        }
      }
    }
  }

  func decibels(ofLoss loss: Double) -> Double {
    Quality.peakSignalToNoise(meanSquaredError: loss / 4)
  }
}
