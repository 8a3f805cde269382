import DifferentiableCore
import Fitting
import Foundation
import Reporting
import Signals

/// "Initialization scheme & distribution of activations", and their invariance to a shift.
enum ActivationChapter {
  private static let shift: Float = 1_000

  /// Both chapters.
  static func run(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) -> [Chapter] {
    let start = uptime()
    let study = ActivationStudy(settings.effort.activations) {
      progress(0.7 * Double($0) / Double($1), "")
    }
    let middle = uptime()
    let shifted = ShiftStudy(settings.effort.shifted, shift: shift) {
      progress(0.7 + 0.3 * Double($0) / Double($1), "")
    }
    return [
      activations(study, seconds: middle - start), invariance(shifted, seconds: uptime() - middle),
    ]
  }

  private static func network(_ settings: ActivationSettings) -> [Page.Fact] {
    [
      .init("Network", "1 \u{2192} \(settings.hiddenLayers + 1) sine layers of \(settings.width)"),
      .init("Inputs", "\(settings.points) from \u{2212}1 to 1"),
      .init("Omega", String(format: "%g", settings.omegaHidden)),
    ]
  }

  private static func activations(_ study: ActivationStudy, seconds: Double) -> Chapter {
    let last = study.layers.count - 1
    let deep = study.layers[last]
    let normal = deep.preactivation.histogram.distance(to: .normal(deviation: 1))
    let arcsine = deep.activation.histogram.distance(to: .arcsine)
    let rows = study.layers.enumerated().map { index, layer in
      [
        "layer \(index + 1)", String(format: "%.3f", layer.preactivation.histogram.deviation),
        study.settings.expectedDeviation(ofLayer: index).map { String(format: "%.3f", $0) }
          ?? "\u{2013}",
        String(format: "%.3f", layer.activation.histogram.deviation),
        String(format: "%.3f", layer.activation.histogram.distance(to: .arcsine)),
        shortExponent(String(format: "%.1e", layer.preactivationGradient.histogram.deviation)),
      ]
    }
    return Chapter(
      section: Page.Section(
        title: "Inside a new network",
        lead:
          "The initialization lets a network have any depth. In every layer the numbers before the sine "
          + "are normally distributed, and those after it follow the arcsine distribution. Neither they "
          + "nor their gradients grow or fade.",
        settings: network(study.settings) + [.init("Time", secondsText(seconds))],
        blocks: [
          .figure(ActivationFigure.figure(of: study).drawing, caption: ActivationFigure.caption),
          .table(
            .init(
              columns: [
                "", "deviation before", "expected", "deviation after", "distance to arcsine",
                "gradient",
              ], rows: rows,
              caption:
                "Standard deviations before and after the sine. The expected values follow from "
                + "theory with the biases and the sine of a normal number. The paper rounds them to 1, and to "
                + "0.707 after the sine. The distance is the largest difference of the cumulative "
                + "distributions.")),
        ]),
      measures: [
        .init(
          "activations_deviation", "Pre-activations of the last layer, deviation",
          deep.preactivation.histogram.deviation, unit: "",
          reference: study.settings.expectedDeviation(ofLayer: last)
            .map { String(format: "1 (paper), %.3f (with biases)", $0) } ?? "1 (paper)"),
        .init(
          "activations_normal_distance", "Their distance to the standard normal", normal, unit: "",
          reference: "0 (paper)"),
        .init(
          "activations_arcsine_distance", "Activations, distance to arcsine", arcsine, unit: "",
          reference: "0 (paper)"),
      ], seconds: seconds)
  }

  private static func invariance(_ study: ShiftStudy, seconds: Double) -> Chapter {
    let later = study.distances.dropFirst()
    let largest = later.map { max($0.preactivation, $0.activation) }.max() ?? 0
    return Chapter(
      section: Page.Section(
        title: "Moving the inputs far away",
        lead:
          "The same kind of network, first as it is and then with all inputs moved by 1,000. After the first layer "
          + "all numbers have the same distributions as before, and so do the gradients.",
        settings: network(study.original.settings) + [
          .init("Moved by", String(format: "%g", shift)), .init("Time", secondsText(seconds)),
        ],
        blocks: [
          .figure(
            ShiftFigure.figure(of: study).drawing, caption: ShiftFigure.caption(shift: shift)),
          .figure(
            ShiftFigure.distances(of: study).drawing,
            caption:
              "The distance of the distributions, 0 for equal and 1 for disjoint ones. Only the first "
              + "layer's pre-activations move, because they are proportional to the input."),
        ]),
      measures: [
        .init(
          "shift_distance", "Largest distance after the first layer", largest, unit: "",
          reference: "\u{201c}didn't change at all\u{201d} (notebook)")
      ], seconds: seconds)
  }
}
