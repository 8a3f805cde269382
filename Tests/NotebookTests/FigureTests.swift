import Fields
import Fitting
import Notebook
import Numerics
import Reporting
import Testing

/// Every figure can be drawn, with the panels that it should have.
@Suite struct FigureTests {
  private let settings = ActivationSettings(width: 32, hiddenLayers: 2, points: 300)

  private func plots(_ figure: Figure) -> Int {
    figure.rows.flatMap { $0 }.filter { panel in
      if case .plot = panel { true } else { false }
    }.count
  }

  @Test func activationsHaveSixPlotsPerLayer() throws {
    let figure = ActivationFigure.figure(of: ActivationStudy(settings))
    #expect(figure.rows.count == 3)
    #expect(plots(figure) == 18)
    #expect(try figure.drawing.svg().contains("layer 3"))
  }

  @Test func shiftsHaveFourPlotsPerLayer() throws {
    let study = ShiftStudy(settings)
    #expect(plots(ShiftFigure.figure(of: study)) == 12)
    #expect(plots(ShiftFigure.distances(of: study)) == 1)
    #expect(ShiftFigure.caption(shift: 1_000).contains("1000"))
  }

  @Test func spectraAndPeriodsHaveAPlotEach() throws {
    let studies = [ActivationStudy(settings), ActivationStudy(settings)]
    #expect(plots(SpectrumFigure.figure(of: studies)) == 2)
    let periods = PeriodFigure.figure(of: [PeriodStudy(ratio: 2), PeriodStudy(ratio: .pi)])
    #expect(plots(periods) == 2)
    #expect(try periods.drawing.svg().contains("ratio 3.141593"))
  }

  @Test func rangesAreAPictureOrALine() throws {
    var random = Xoshiro256(seed: 2)
    let plane = Siren(SirenArchitecture(hiddenWidth: 8, hiddenLayers: 1), random: &random)
    let study = RangeStudy(of: plane, range: 10, size: 64)
    let picture = RangeFigure.picture(of: study)
    #expect((picture.width, picture.height, picture.channels) == (64, 64, 3))
    #expect(plots(RangeFigure.figure(of: study)) == 0)
    let line = Siren(
      SirenArchitecture(coordinates: 1, hiddenWidth: 8, hiddenLayers: 1), random: &random)
    #expect(plots(RangeFigure.figure(of: RangeStudy(of: line, size: 64))) == 1)
  }
}
