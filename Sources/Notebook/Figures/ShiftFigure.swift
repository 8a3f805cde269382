import DifferentiableCore
import Fitting
import Foundation
import Reporting
import Signals

/// Pictures of a network's distributions before and after a shift of its inputs.
public enum ShiftFigure {
  /// One row per layer: the distributions at both places, superimposed.
  public static func figure(of study: ShiftStudy) -> Figure {
    let rows = zip(study.original.layers, study.shifted.layers).map { a, b in
      [
        panel(a.preactivation.histogram, b.preactivation.histogram, .blue),
        panel(a.activation.histogram, b.activation.histogram, .orange, reach: 1),
        panel(a.preactivationGradient.histogram, b.preactivationGradient.histogram, .blue),
        panel(a.activationGradient.histogram, b.activationGradient.histogram, .orange),
      ]
    }
    return Figure(
      rows: rows,
      columnTitles: ["before the sine", "after the sine", "gradient before", "gradient after"],
      rowTitles: rows.indices.map { "layer \($0 + 1)" }, panelWidth: 228, panelHeight: 92,
      isCompact: true)
  }

  /// The distance of the distributions of each layer, in one plot.
  public static func distances(of study: ShiftStudy) -> Figure {
    let layers = study.distances.indices.map { Double($0 + 1) }
    let line = { (name: String, ink: Ink, value: (ShiftStudy.Distance) -> Double) in
      Plot.Line(
        x: layers, y: study.distances.map { max(1e-6, value($0)) }, name: name,
        Stroke(ink, width: 1.8))
    }
    return Figure(
      Plot(
        horizontal: Axis("layer"),
        vertical: Axis("distance", scale: .logarithmic, range: 1e-4...1),
        lines: [
          line("pre-activations", .blue) { $0.preactivation },
          line("activations", .orange) { $0.activation },
          line("gradients before the sine", .green) { $0.preactivationGradient },
          line("gradients after it", .purple) { $0.activationGradient },
        ]), width: 760, height: 260)
  }

  /// The caption of the figure.
  public static func caption(shift: Float) -> String {
    "Filled: inputs in \u{2212}1...1. Line: the same network, inputs moved by "
      + String(format: "%g", shift)
      + ". Only the first layer's pre-activations, which are proportional to the input, move with it."
  }

  private static func panel(
    _ original: Histogram, _ shifted: Histogram, _ ink: Ink, reach: Double? = nil
  ) -> Figure.Panel {
    let reach = reach ?? max(4 * max(original.deviation, 1e-30), 1e-30)
    let range = -reach...reach
    let outline = Plot.density(shifted, .reference, over: range, bins: 96)
    // The outline of the moved distribution: its steps' upper edges as one line.
    let x = outline.heights.indices.flatMap { [outline.edges[$0], outline.edges[$0 + 1]] }
    let y = outline.heights.flatMap { [$0, $0] }
    return .plot(
      Plot(
        horizontal: Axis(range: range), vertical: reach == 1 ? Axis(range: 0...2) : Axis(),
        steps: [Plot.density(original, ink, over: range, bins: 96)],
        lines: [Plot.Line(x: x, y: y, Stroke(.reference, width: 0.9))]))
  }
}
