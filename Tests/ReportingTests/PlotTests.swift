import Reporting
import Signals
import Testing

@Suite struct PlotTests {
  private func texts(_ drawing: Drawing) -> [String] {
    drawing.marks.compactMap { mark in
      guard case .text(let text, _, _) = mark else { return nil }
      return text
    }
  }

  /// The points of all paths inside the plot's frame.
  private func points(_ drawing: Drawing) -> [Point] {
    drawing.marks.flatMap { mark -> [Point] in
      guard case .clipped(let inner, _) = mark else { return [] }
      return inner.flatMap { mark -> [Point] in
        guard case .path(let lines, _, _) = mark else { return [] }
        return lines.flatMap { $0 }
      }
    }
  }

  @Test func axesHaveRoundTicksAndTheirLabels() {
    let plot = Plot(
      "Loss", horizontal: Axis("step", range: 0...1_000),
      vertical: Axis("error", scale: .logarithmic, range: 1e-6...1),
      lines: [Plot.Line(x: [0, 1_000], y: [1, 1e-6], name: "ours", Stroke(.blue))])
    let texts = texts(Figure(plot).drawing)
    for expected in [
      "Loss", "step", "error", "ours", "0", "200", "1000", "1", "10\u{207b}\u{2076}",
    ] {
      #expect(texts.contains(expected), "\(expected) in \(texts)")
    }
  }

  @Test func labelsAreAsExactAsTheirTicks() {
    for (low, high) in [(0.000428, 0.000442), (120_500, 123_500), (-2.5e-7, 2.5e-7)] {
      let plot = Plot(
        vertical: Axis(range: low...high),
        lines: [Plot.Line(x: [0.25, 0.75], y: [low, high], Stroke(.blue))])
      let all = texts(Figure(plot).drawing).compactMap(Double.init)
      // The horizontal axis has numbers from 0.25 to 0.75.
      let ticks = all.filter { (low...high).contains($0) && !(0.25...0.75).contains($0) }.sorted()
      let steps = zip(ticks.dropFirst(), ticks).map { $0 - $1 }
      #expect(ticks.count > 2, "\(all)")
      #expect(steps.allSatisfy { abs($0 / steps[0] - 1) < 1e-6 }, "\(all)")
    }
    let ends = Plot(
      vertical: Axis(scale: .logarithmic, range: 1.22...1.24),
      lines: [Plot.Line(x: [0, 1], y: [1.22, 1.24], Stroke(.blue))])
    let labels = texts(Figure(ends).drawing)
    #expect(labels.contains("1.22") && labels.contains("1.24"), "\(labels)")
  }

  @Test func aStraightLineRunsFromCornerToCorner() {
    let plot = Plot(
      horizontal: Axis(range: 0...1), vertical: Axis(range: 0...1),
      lines: [Plot.Line(x: [0, 0.5, 1], y: [0, 0.5, 1], Stroke(.blue))])
    let points = points(Figure(plot).drawing)
    #expect(points.count == 3)
    #expect(points[0].x < points[2].x && points[0].y > points[2].y)
    #expect(abs(points[1].x - (points[0].x + points[2].x) / 2) < 1e-9)
    #expect(abs(points[1].y - (points[0].y + points[2].y) / 2) < 1e-9)
  }

  @Test func aLogarithmicAxisShowsEqualRatiosAtEqualLengths() {
    let plot = Plot(
      horizontal: Axis(scale: .logarithmic), vertical: Axis(range: 0...1),
      lines: [Plot.Line(x: [1, 10, 100], y: [0, 0, 0], Stroke(.blue))])
    let points = points(Figure(plot).drawing)
    #expect(points.count == 3)
    #expect(abs((points[1].x - points[0].x) - (points[2].x - points[1].x)) < 1e-9)
  }

  @Test func numbersThatCannotBeShownBreakTheLine() {
    let plot = Plot(
      vertical: Axis(scale: .logarithmic),
      lines: [
        Plot.Line(x: [0, 1, 2, 3, 4], y: [1, 2, .nan, 3, 4], Stroke(.blue)),
        Plot.Line(x: [0, 1], y: [-1, 0], Stroke(.blue)),
        Plot.Line(x: [], y: [], Stroke(.blue)),
      ])
    #expect(points(Figure(plot).drawing).count == 4)
  }

  @Test func longLinesAreThinnedAndKeepTheirExtremes() {
    var y = [Double](repeating: 0, count: 200_000)
    y[123_456] = 1
    let plot = Plot(
      vertical: Axis(range: 0...1),
      lines: [Plot.Line(x: y.indices.map(Double.init), y: y, Stroke(.blue))])
    let points = points(Figure(plot).drawing)
    #expect(points.count < 4_000)
    let highest = points.map(\.y).min() ?? 0
    #expect(points.filter { $0.y == highest }.count == 1)
  }

  @Test func densitiesKeepTheirAreaWhenBinsAreJoined() {
    let histogram = Histogram((0..<10_000).map { Float($0 % 100) / 50 - 1 })
    for bins in [7, 50, 512] {
      let steps = Plot.density(histogram, .blue, bins: bins)
      #expect(steps.heights.count <= bins)
      let area = steps.heights.indices.reduce(0.0) {
        $0 + steps.heights[$1] * (steps.edges[$1 + 1] - steps.edges[$1])
      }
      #expect(abs(area - 1) < 1e-9, "\(bins) bins")
    }
    #expect(Plot.density(Histogram(), .blue).heights == [0])
  }

  @Test func colourMapsSpanTheirEnds() {
    #expect(ColorMap.grey.colour(at: -1) == (0, 0, 0))
    #expect(ColorMap.grey.colour(at: 2) == (1, 1, 1))
    #expect(ColorMap.grey.colour(at: .nan) == (0, 0, 0))
    let picture = ColorMap.diverging.picture(of: [-3, 0, 3, 0], width: 2, height: 2)
    // Zero is the pale middle; both sides are darker, one blue and one red.
    #expect(picture[0, 1, 0] > 0.9 && picture[0, 1, 2] > 0.9)
    #expect(picture[0, 0, 2] > picture[0, 0, 0] && picture[1, 0, 0] > picture[1, 0, 2])
    let flat = ColorMap.sequential.picture(of: [5, 5], width: 2, height: 1)
    #expect(flat.values.allSatisfy { $0.isFinite })
    let wheel = ColorMap.directions(of: [0, 0, 0, 1], width: 2, height: 1)
    #expect(wheel[0, 0, 0] == 0 && wheel[0, 1, 0] > 0.9)
  }

  @Test func panelsLieSideBySideAndBelow() {
    let picture = Image.pattern(width: 4, height: 2, channels: 1)
    let figure = Figure(
      pictures: [(picture, "a", "b"), (picture, "c", "d"), (picture, "e", "f")], columns: 2,
      side: 100)
    let drawing = figure.drawing
    let places = drawing.marks.compactMap { mark -> Rectangle? in
      guard case .picture(_, let place) = mark else { return nil }
      return place
    }
    #expect(places.count == 3)
    #expect(places[0].width == 100 && places[0].height == 50)
    #expect(places[1].x > places[0].x + 100 && places[1].y == places[0].y)
    #expect(places[2].x == places[0].x && places[2].y > places[0].y + 50)
    for place in places {
      #expect(place.x + place.width <= drawing.width && place.y + place.height <= drawing.height)
    }
    #expect(texts(drawing) == ["a", "b", "c", "d", "e", "f"])
  }
}
