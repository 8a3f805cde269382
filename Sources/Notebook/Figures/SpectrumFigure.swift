import Fitting
import Foundation
import Reporting
import Signals

/// Pictures of the frequencies in a freshly initialized network.
public enum SpectrumFigure {
  /// One plot per study and one line per layer: the spectrum of the activations.
  public static func figure(of studies: [ActivationStudy]) -> Figure {
    let columns = min(3, max(1, studies.count))
    let panels = studies.map { study in
      Figure.Panel.plot(
        Plot(
          String(format: "omega %g", study.settings.omegaFirst),
          horizontal: Axis("cycles over the input"),
          vertical: Axis("magnitude", scale: .logarithmic), lines: lines(of: study)))
    }
    return Figure(
      rows: stride(from: 0, to: panels.count, by: columns).map {
        Array(panels[$0..<min(panels.count, $0 + columns)])
      }, panelWidth: columns == 1 ? 720 : 330, panelHeight: 260)
  }

  /// The caption of the figure.
  public static let caption =
    "The spectrum of the sum of all units of a layer, at initialization. The first layer's omega "
    + "sets which frequencies a SIREN starts with; deeper layers spread them, they do not raise them "
    + "without bound."

  private static func lines(of study: ActivationStudy) -> [Plot.Line] {
    // The first layers differ most, and more lines than colours could not be distinguished.
    study.layers.prefix(Ink.series.count).enumerated().map { index, layer in
      let magnitudes = layer.activation.spectrum
      return Plot.Line(
        x: magnitudes.indices.dropFirst().map(Double.init), y: Array(magnitudes.dropFirst()),
        name: index == 0 ? "layer 1" : "\(index + 1)", Stroke(Ink.series[index], width: 1.3))
    }
  }
}
