import Fitting
import Foundation
import Reporting

/// Pictures of sums of two sines.
public enum PeriodFigure {
  /// One plot per ratio: both sines, faint, and their sum.
  public static func figure(of studies: [PeriodStudy]) -> Figure {
    Figure(
      rows: studies.map { study in
        let line = { (values: [Double], name: String, stroke: Stroke) in
          Plot.Line(x: study.coordinates, y: values, name: name, stroke)
        }
        let ratio = String(format: "%.7g", study.ratio)
        return [
          .plot(
            Plot(
              "ratio \(ratio)", horizontal: Axis("x"), vertical: Axis(range: -2.2...2.2),
              lines: [
                line(study.first, "sin x", Stroke(.green, width: 1, opacity: 0.7)),
                line(study.second, "sin \(ratio) x", Stroke(.orange, width: 1, opacity: 0.7)),
                line(study.sum, "sum", Stroke(.blue, width: 2)),
              ]))
        ]
      }, panelWidth: 900, panelHeight: 190)
  }

  /// The caption of the figure.
  public static let caption =
    "Sums of two sines. A ratio of whole numbers repeats; an irrational one never does, although it "
    + "may look as if. A ratio rounded to single precision is one of whole numbers again, with a "
    + "period far beyond any range in use."
}
