import Reporting
import Testing

@Suite struct ValidationCurvesTests {
  private func curve(
    _ name: String, _ quantity: String, _ seconds: [Double], _ values: [Double]
  ) -> ValidationCurve {
    ValidationCurve(name: name, quantity: quantity, seconds: seconds, values: values)
  }

  private func plots(_ figure: Figure) -> [Plot] {
    figure.rows.flatMap { $0 }.compactMap { if case .plot(let plot) = $0 { plot } else { nil } }
  }

  @Test func eachQuantityHasAPlotAndAllShareTheTime() {
    let figure = Figure(
      validations: [
        curve("run 1", "error", [60, 600], [0.5, 0.25]),
        curve("run 2", "gain", [120, 240], [1, 2]),
        curve("run 3", "error", [30, 60], [0.75, 0.5]),
      ], title: "validation")
    let plots = plots(figure)
    #expect(plots.map(\.vertical.label) == ["error", "gain"])
    #expect(plots.map(\.title) == ["validation", ""])
    #expect(plots.map { $0.lines.map(\.name) } == [["run 1", "run 3"], ["run 2"]])
    // Ten minutes.
    #expect(plots.allSatisfy { $0.horizontal.range == 0...10 })
    #expect(plots[1].horizontal.label == "time of training (min)")
    #expect(plots[0].lines[0].x == [1, 10] && plots[0].lines[0].y == [0.5, 0.25])
    #expect(plots[0].lines[0].stroke.ink != plots[0].lines[1].stroke.ink)
  }

  @Test func theUnitOfTimeSuitsTheLongest() {
    for (longest, unit) in [(179.0, "s"), (180, "min"), (7_199, "min"), (7_200, "h")] {
      let plot = plots(Figure(validations: [curve("a", "b", [1, longest], [1, 2])]))[0]
      #expect(plot.horizontal.label == "time of training (\(unit))")
    }
  }

  @Test func aSingleValueIsSeen() {
    let line = plots(Figure(validations: [curve("a", "b", [4], [0.5])]))[0].lines[0]
    #expect(line.x == [0, 4] && line.y == [0.5, 0.5])
  }

  @Test func manyCurvesDiffer() throws {
    let curves = (0..<12).map { curve("run \($0)", "error", [1, 2], [1, Double($0)]) }
    let strokes = plots(Figure(validations: curves))[0].lines.map(\.stroke)
    #expect(Set(strokes.prefix(10).map { "\($0.ink) \($0.dash ?? 0)" }).count == 10)
    #expect(try !Figure(validations: curves).drawing.svg().isEmpty)
  }

  @Test func anErrorHasALogarithmicAxisAndAMeanIsBold() {
    var mean = curve("mean", "error", [1, 2], [0.1, 0.01])
    mean.isLogarithmic = true
    mean.isMean = true
    var part = mean
    part.isMean = false
    let plot = plots(Figure(validations: [part, mean]))[0]
    #expect(plot.vertical.scale == .logarithmic)
    #expect(plot.lines[1].stroke.width > plot.lines[0].stroke.width)
    #expect(plot.lines[1].stroke.ink == .reference)
    (part.values, mean.values) = ([0.1, 0.05], [0.2, 0.1])
    #expect(plots(Figure(validations: [part, mean]))[0].vertical.scale == .linear)
    part.values = [0.1, 0.01]
    part.isLogarithmic = false
    #expect(plots(Figure(validations: [part, mean]))[0].vertical.scale == .linear)
  }
}
