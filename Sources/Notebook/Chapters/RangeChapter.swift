import Fields
import Fitting
import Foundation
import Reporting
import Signals

/// "Siren periodicity & out-of-range behavior".
enum RangeChapter {
  /// - Parameter field: the field that was fitted to the picture.
  static func run(
    _ settings: ReproductionSettings, field: Siren, progress: ChapterProgress
  ) -> Chapter {
    let start = uptime()
    let periods = [PeriodStudy(ratio: 2), PeriodStudy(ratio: .pi)]
    let repetitions = periods.map { $0.closestRepetition(within: 1_000) }
    let wide = RangeStudy(of: field, size: settings.effort.rangeSize)
    progress(0.7, "")
    let near = RangeStudy(of: field, range: 3, size: settings.effort.rangeSize / 2)
    let likeness = wide.closestLikeness
    let seconds = uptime() - start
    let nearPicture = RangeFigure.outlined(near)
    return Chapter(
      section: Page.Section(
        title: "Outside the range",
        lead:
          "A sum of two sines is periodic if and only if the ratio of their frequencies is rational. A "
          + "network has hundreds of frequencies, so its values beyond the picture resemble the picture "
          + "without repeating it.",
        settings: [
          .init("Range", "\u{2212}50 to 50"),
          .init("Samples", "\(wide.size)\u{d7}\(wide.size)"),
          .init(
            "Largest correlation",
            likeness.map { String(format: "correlation %.2f", $0.correlation) }
              ?? "none within the range"),
          .init("Time", secondsText(seconds)),
        ],
        blocks: [
          .figure(PeriodFigure.figure(of: periods).drawing, caption: PeriodFigure.caption),
          .table(
            .init(
              columns: ["ratio", "closest repetition", "difference", "period in single precision"],
              rows: zip(periods, repetitions).map { study, repetition in
                [
                  String(format: "%.7g", study.ratio),
                  "\(repetition.turns) turn\(repetition.turns == 1 ? "" : "s")",
                  repetition.mismatch == 0
                    ? "0" : shortExponent(String(format: "%.1e", repetition.mismatch)),
                  String(format: "%.0f turns", study.periodInSinglePrecision),
                ]
              },
              caption:
                "Turns of the first sine, of the first thousand, after which the sum is most like "
                + "itself.")),
          .gallery(
            [
              .init(nearPicture, title: "\u{2212}3 to 3", note: "the frame is the fitted range"),
              .init(
                RangeFigure.outlined(wide), title: "\u{2212}50 to 50",
                note: "as in the notebook"),
            ], caption: RangeFigure.caption),
        ]),
      measures: [
        .init(
          "range_likeness", "Largest correlation over \u{b1}50",
          likeness?.correlation ?? 0, unit: "", reference: "\u{201c}not repeated\u{201d} (notebook)"
        )
      ], seconds: seconds)
  }
}
