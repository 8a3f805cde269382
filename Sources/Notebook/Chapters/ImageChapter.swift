import DifferentiableCore
import Fields
import Fitting
import Foundation
import Reporting
import Signals

/// "Fitting an image": a picture, and the derivatives of the field that was fitted to it.
enum ImageChapter {
  /// The chapter, and the fitted field for the chapter about its range.
  static func run(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> (chapter: Chapter, field: Siren) {
    let start = uptime()
    let picture = settings.picture
    let architecture = SirenArchitecture.standard(
      for: FittedSignal(picture), hiddenWidth: settings.effort.width)
    var curve: [(seconds: Double, decibels: Double)] = []
    var fit = FieldFit(SampleObjective(picture), architecture, .standard, seed: settings.seed)
    let budget = settings.effort.pictureSeconds
    let run = try fit.run(
      FitLimits(seconds: budget),
      each: { event, _ in
        curve.append((event.seconds, event.update.decibels))
        progress(event.fraction, String(format: "PSNR %.1f dB", event.update.decibels))
      })
    let pictures = FieldPictures(of: fit.field, width: picture.width, height: picture.height)
    let quality = ImageQuality(of: pictures.value, comparedWith: picture)
    let measures = [
      Chapter.Measure(
        "image_psnr", "Picture, PSNR", quality.psnr, unit: "dB",
        reference: "36.4 dB (notebook's recipe on its photograph, 500 steps)"),
      Chapter.Measure(
        "image_seconds", "Picture, time", run.seconds, unit: "s",
        reference: "410 s (notebook's recipe in PyTorch, two cores)"),
    ]
    var difference = picture
    for index in difference.values.indices {
      difference.values[index] = 0.5 + 10 * (pictures.value.values[index] - picture.values[index])
    }
    let note = String(format: "PSNR %.1f dB", quality.psnr)
    let section = Page.Section(
      title: "Fitting a picture",
      lead:
        "A network of sine layers maps each pixel's position to its brightness. It is fitted to the "
        + "pixels alone. Its gradient and its Laplacian were never shown to it, and they are right too.",
      settings: [
        .init("Picture", "\(settings.pictureName), \(picture.width)\u{d7}\(picture.height)"),
        .init(
          "Network",
          "2 \u{2192} \(architecture.sineLayersText) \u{2192} \(picture.channels)"),
        .init("Recipe", "batches of 4,096 pixels, cosine"),
        .init("Updates", "\(fit.step) in \(secondsText(run.seconds))"),
        .init("PSNR", String(format: "%.2f dB", quality.psnr)),
        .init("SSIM", quality.ssim.map { String(format: "%.4f", $0) } ?? "picture too small"),
      ],
      blocks: [
        .gallery(
          [
            .init(picture, title: "The picture"),
            .init(pictures.value, title: "The field", note: note),
            .init(difference, title: "The difference", note: "ten times, grey is 0"),
            .init(pictures.gradientLength, title: "Length of its gradient"),
            .init(pictures.gradientDirection, title: "Direction of its gradient", note: "as hue"),
            .init(pictures.laplacian, title: "Its Laplacian", note: "blue below 0, red above"),
          ],
          caption:
            "The derivatives are those of the network, computed exactly at every pixel. They are not "
            + "differences between pixels."),
        try LiveField.block(
          fit.field, FittedSignal(picture), title: settings.pictureName, truth: picture,
          caption: "The network itself, drawn by your browser: enlarge it, choose a derivative."),
        .figure(
          figure(curve).drawing,
          caption:
            "Quality over time, from the losses of the batches. The dotted line is the quality of the notebook's "
            + "recipe on its photograph after 500 steps, which take PyTorch 410 s on two "
            + "cores."),
      ])
    return (
      Chapter(section: section, measures: measures, seconds: uptime() - start), fit.field
    )
  }

  private static func figure(_ curve: [(seconds: Double, decibels: Double)]) -> Figure {
    let end = curve.last?.seconds ?? 1
    return Figure(
      Plot(
        horizontal: Axis("seconds", range: 0...max(end, 1e-3)), vertical: Axis("PSNR, dB"),
        lines: [
          Plot.Line(
            x: [0, end], y: [36.4, 36.4], name: "notebook's recipe, 500 steps",
            Stroke(.reference, width: 1.2, dash: 3)),
          Plot.Line(
            x: curve.map(\.seconds), y: curve.map(\.decibels), name: "this fit",
            Stroke(.blue, width: 2)),
        ]), width: 860, height: 270)
  }
}
