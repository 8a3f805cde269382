import DifferentiableCore
import Fitting
import Foundation
import Reporting
import Signals

/// Pictures of the distributions and spectra inside a freshly initialized network.
public enum ActivationFigure {
  private static let columns = [
    "before the sine", "after the sine", "spectra", "gradient before", "gradient after",
    "gradient spectra",
  ]

  /// One row per layer: the distributions with their theoretical densities, the spectra, and the
  /// same of the gradients (arXiv 2006.09661, supplement 1, figure 2).
  public static func figure(of study: ActivationStudy) -> Figure {
    // Before and after always refer to the sine.
    Figure(
      rows: study.layers.map(row), columnTitles: columns,
      rowTitles: study.layers.indices.map { "layer \($0 + 1)" }, panelWidth: 158, panelHeight: 92,
      isCompact: true)
  }

  /// The caption of the figure.
  public static let caption =
    "One row per layer. The filled areas are the distributions over all units and inputs. The dotted lines "
    + "are the standard normal and the arcsine density that the paper derives. The spectra (blue before "
    + "and orange after the sine) are of the sum over units, from 0 to 100 cycles over the input."

  private static func row(_ layer: LayerActivations) -> [Figure.Panel] {
    [
      .plot(distribution(layer.preactivation, .blue, theory: .normal(deviation: 1))),
      .plot(distribution(layer.activation, .orange, theory: .arcsine)),
      .plot(spectrum(layer.preactivation, layer.activation)),
      .plot(distribution(layer.preactivationGradient, .blue, theory: nil)),
      .plot(distribution(layer.activationGradient, .orange, theory: nil)),
      .plot(spectrum(layer.preactivationGradient, layer.activationGradient)),
    ]
  }

  private static func distribution(
    _ statistics: ActivationStatistics, _ ink: Ink, theory: Distribution?
  ) -> Plot {
    let histogram = statistics.histogram
    // Four deviations contain more than 99.99% of a normal distribution.
    let reach = theory == .arcsine ? 1 : max(4 * histogram.deviation, 1e-30)
    let range = -reach...reach
    var lines: [Plot.Line] = []
    // The first layer's pre-activations span tens, and the normal density does not apply to them.
    if let theory, theory == .arcsine || reach < 8 {
      let x = (0...240).map { -reach + 2 * reach * Double($0) / 240 }
      lines = [
        Plot.Line(
          x: x, y: x.map { min(theory.density(at: $0), 3) }, Stroke(.reference, width: 1.1, dash: 2)
        )
      ]
    }
    return Plot(
      horizontal: Axis(range: range),
      vertical: theory == .arcsine ? Axis(range: 0...2) : Axis(),
      steps: [Plot.density(histogram, ink, over: range, bins: 96)], lines: lines)
  }

  private static func spectrum(_ before: ActivationStatistics, _ after: ActivationStatistics)
    -> Plot
  {
    let line = { (statistics: ActivationStatistics, ink: Ink) in
      Plot.Line(
        x: statistics.spectrum.indices.map(Double.init), y: statistics.spectrum,
        Stroke(ink, width: 1))
    }
    return Plot(
      horizontal: Axis(range: 0...Double(max(1, before.spectrum.count - 1))),
      lines: [line(before, .blue), line(after, .orange)])
  }
}
