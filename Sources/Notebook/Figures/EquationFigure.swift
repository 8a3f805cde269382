import DifferentiableCore
import Fitting
import Foundation
import Reporting
import Signals

/// The picture of a solved equation: field, known solution, error, and how the error fell.
public enum EquationFigure {
  /// Samples along each side of a plane.
  private static let side = 192

  /// The figure of a solution; planes with several outputs show the first.
  public static func figure(
    of problem: EquationCase, _ network: DoubleNetwork, history: [EquationProgress]
  ) -> Figure {
    let planes = problem.slices.map { Plane($0, problem, network) }
    let rows: [[Figure.Panel]]
    if planes.count == 1 {
      rows = [
        [planes[0].fieldPanel, planes[0].truthPanel(problem.truthName), planes[0].errorPanel]
      ]
    } else {
      rows = [planes.map(\.fieldPanel), planes.map(\.errorPanel)]
    }
    return Figure(
      rows: rows + [plots(history)], panelWidth: planes.count == 1 ? 300 : 240,
      panelHeight: planes.count == 1 ? 344 : 284)
  }

  /// The error over time and over steps on logarithmic axes.
  public static func plots(_ history: [EquationProgress]) -> [Figure.Panel] {
    let measured = history.filter { ($0.error ?? 0) > 0 }
    let errors = measured.compactMap(\.error)
    let line = { (x: [Double], y: [Double], ink: Ink) in
      Plot.Line(x: x, y: y, Stroke(ink, width: 1.6))
    }
    return [
      .plot(
        Plot(
          "Relative error over time", horizontal: Axis("seconds"),
          vertical: Axis(scale: .logarithmic),
          lines: [line(measured.map(\.seconds), errors, .blue)])),
      .plot(
        Plot(
          "Relative error over steps", horizontal: Axis("steps"),
          vertical: Axis(scale: .logarithmic),
          lines: [line(measured.map { Double($0.step) }, errors, .blue)])),
      .plot(
        Plot(
          "Sum of squared residuals over steps", horizontal: Axis("steps"),
          vertical: Axis(scale: .logarithmic),
          lines: [line(history.map { Double($0.step) }, history.map { 2 * $0.cost }, .orange)])),
    ]
  }

  /// The first output on a plane, beside the known solution.
  private struct Plane {
    let title: String
    /// In double precision, because an error may be smaller than the rounding of single precision.
    let field: [Double]
    let truth: [Double]
    let limit: Float

    init(_ slice: EquationCase.Slice, _ problem: EquationCase, _ network: DoubleNetwork) {
      let points = slice.points(EquationFigure.side)
      let outputs = network.shape.outputs
      let first = { (values: [Double]) in
        stride(from: 0, to: values.count, by: outputs).map { values[$0] }
      }
      title = slice.title
      field = first(network.values(at: points))
      truth = first(problem.solution(points))
      let known = truth.filter(\.isFinite).map(abs)
      limit = max(Float(known.max() ?? 1), .leastNormalMagnitude)
    }

    private func picture(_ numbers: [Double]) -> Image {
      ColorMap.diverging.picture(
        of: numbers.map { $0.isFinite ? Float($0) : 0 }, width: EquationFigure.side,
        height: EquationFigure.side, range: -limit...limit)
    }

    var fieldPanel: Figure.Panel {
      .picture(
        picture(field), title: title,
        note: String(format: "field, blue %.2g to red %.2g", -limit, limit))
    }

    func truthPanel(_ name: String) -> Figure.Panel {
      .picture(picture(truth), title: "Known solution", note: name)
    }

    var errorPanel: Figure.Panel {
      let errors = zip(field, truth).map { $1.isFinite ? Float(abs($0 - $1)) : 0 }
      let largest = max(errors.max() ?? 0, .leastNormalMagnitude)
      return .picture(
        ColorMap.sequential.picture(
          of: errors, width: EquationFigure.side, height: EquationFigure.side, range: 0...largest),
        title: "Error", note: String(format: "magnitude, 0 to %.1e", largest))
    }
  }
}
