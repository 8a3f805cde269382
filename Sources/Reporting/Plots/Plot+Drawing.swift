import Foundation

extension Plot {
  /// The sizes of the parts around the frame.
  private enum Space {
    static let letter = 10.0
    static let title = 12.0
    static let tick = 4.0
  }

  /// Draws the plot into a rectangle of a drawing.
  ///
  /// - Parameter isCompact: whether the plot is one of many small ones, with few ticks, no grid and
  ///   no legend.
  func draw(on drawing: inout Drawing, in place: Rectangle, isCompact: Bool) {
    let letter = isCompact ? 8.5 : Space.letter
    let x = horizontal.fitted(to: horizontalNumbers, margin: 0)
    let y = fittedVertical
    let legend = isCompact ? [] : legendEntries
    let yTicks = y.ticks(isCompact ? 2 : max(2, Int(place.height / 46)))
    let yLabels = y.labels(of: yTicks)
    // Small plots below each other share their left edge, so labels get the same space in all.
    let labelWidth = isCompact ? 5 : (yLabels.map(\.count).max() ?? 0)
    let left =
      Double(labelWidth) * letter * 0.6 + Space.tick + 4
      + (vertical.label.isEmpty ? 0 : letter + 8)
    let top = (title.isEmpty ? 4 : Space.title + 8) + (legend.isEmpty ? 0 : letter + 10)
    let bottom = letter + Space.tick + 4 + (horizontal.label.isEmpty ? 0 : letter + 6)
    let frame = Rectangle(
      x: place.x + left, y: place.y + top, width: max(1, place.width - left - 8),
      height: max(1, place.height - top - bottom))
    let area = PlotArea(frame: frame, x: x, y: y)

    drawAxes(on: &drawing, area, yTicks, yLabels, isCompact: isCompact, letter: letter)
    drawData(on: &drawing, area, isCompact: isCompact)
    if !title.isEmpty {
      drawing.addText(
        title, at: Point(frame.x, place.y + Space.title),
        TextStyle(.text, size: isCompact ? 10 : Space.title, isBold: true))
    }
    drawLegend(
      legend, on: &drawing, at: Point(frame.x, place.y + top - 8), letter: letter,
      width: frame.width)
  }

  /// Adds space above and below the data, except below 0 if there is no data below.
  private var fittedVertical: FittedAxis {
    let numbers = verticalNumbers
    let fitted = vertical.fitted(to: numbers, margin: 0.06)
    guard vertical.range == nil, vertical.scale == .linear, fitted.low < 0,
      !numbers.contains(where: { $0 < 0 })
    else { return fitted }
    return FittedAxis(scale: .linear, low: 0, high: fitted.high)
  }

  private var horizontalNumbers: [Double] { steps.flatMap(\.edges) + lines.flatMap(\.x) }

  private var verticalNumbers: [Double] {
    // An area stands on 0, which a logarithmic axis does not have.
    let floor: [Double] = vertical.scale == .linear && !steps.isEmpty ? [0] : []
    let areas = floor + steps.flatMap(\.heights)
    return areas + lines.flatMap(\.y)
  }

  private var legendEntries: [(name: String, stroke: Stroke)] {
    steps.compactMap { step in step.name.map { ($0, Stroke(step.ink, width: 5, opacity: 0.6)) } }
      + lines.compactMap { line in line.name.map { ($0, line.stroke) } }
  }

  private func drawAxes(
    on drawing: inout Drawing, _ area: PlotArea, _ yTicks: [Double], _ yLabels: [String],
    isCompact: Bool, letter: Double
  ) {
    let frame = area.frame
    let (right, bottom) = (frame.x + frame.width, frame.y + frame.height)
    for (tick, label) in zip(yTicks, yLabels) {
      let height = area.height(of: tick)
      if !isCompact {
        drawing.addLine(
          from: Point(frame.x, height), to: Point(right, height), Stroke(.faint, width: 0.8))
      }
      drawing.addText(
        label, at: Point(frame.x - Space.tick - 2, height + letter * 0.35),
        TextStyle(.quiet, size: letter, anchor: .end))
    }
    let xTicks = area.x.ticks(isCompact ? 2 : max(2, Int(frame.width / 75)))
    for (tick, label) in zip(xTicks, area.x.labels(of: xTicks)) {
      let across = area.across(of: tick)
      drawing.addLine(
        from: Point(across, bottom), to: Point(across, bottom + Space.tick),
        Stroke(.quiet, width: 0.8))
      drawing.addText(
        label, at: Point(across, bottom + Space.tick + letter + 1),
        TextStyle(.quiet, size: letter, anchor: .middle))
    }
    drawing.addLine(
      from: Point(frame.x, bottom), to: Point(right, bottom), Stroke(.quiet, width: 0.8))
    if !horizontal.label.isEmpty {
      drawing.addText(
        horizontal.label,
        at: Point(frame.x + frame.width / 2, bottom + Space.tick + 2 * letter + 8),
        TextStyle(.quiet, size: letter, anchor: .middle))
    }
    if !vertical.label.isEmpty {
      let labelWidth = Double(yLabels.map(\.count).max() ?? 0) * letter * 0.6
      drawing.addText(
        vertical.label,
        at: Point(frame.x - labelWidth - Space.tick - 8, frame.y + frame.height / 2),
        TextStyle(.quiet, size: letter, anchor: .middle, isUpright: true))
    }
  }

  private func drawData(on drawing: inout Drawing, _ area: PlotArea, isCompact: Bool) {
    var marks: [Mark] = []
    for step in steps {
      let outline = area.outline(of: step)
      marks.append(.path([outline], fill: Fill(step.ink, opacity: 0.55), stroke: nil))
    }
    for line in lines {
      let paths = area.paths(of: line)
      if !paths.isEmpty { marks.append(.path(paths, fill: nil, stroke: line.stroke)) }
    }
    drawing.add(.clipped(marks, to: area.frame))
  }

  private func drawLegend(
    _ entries: [(name: String, stroke: Stroke)], on drawing: inout Drawing, at point: Point,
    letter: Double, width: Double
  ) {
    var across = point.x
    for entry in entries {
      let length = 22 + Double(entry.name.count) * letter * 0.58 + 16
      guard across + length - 16 <= point.x + width + 8 else { break }
      drawing.addLine(
        from: Point(across, point.y - letter * 0.35),
        to: Point(across + 16, point.y - letter * 0.35),
        entry.stroke)
      drawing.addText(
        entry.name, at: Point(across + 22, point.y), TextStyle(.quiet, size: letter))
      across += length
    }
  }
}

/// The frame of a plot, which maps numbers to positions.
private struct PlotArea {
  let frame: Rectangle
  let x: FittedAxis
  let y: FittedAxis

  func across(of number: Double) -> Double { frame.x + x.fraction(of: number) * frame.width }

  func height(of number: Double) -> Double {
    // The frame cuts off points far outside. The limit keeps the drawing's numbers small.
    let fraction = min(4, max(-3, y.fraction(of: number)))
    return frame.y + (1 - fraction) * frame.height
  }

  func outline(of step: Plot.Steps) -> [Point] {
    let floor = frame.y + frame.height
    var points = [Point(across(of: step.edges[0]), floor)]
    for (index, value) in step.heights.enumerated() {
      let level = value > 0 || y.scale == .linear ? height(of: value) : floor
      points.append(Point(across(of: step.edges[index]), level))
      points.append(Point(across(of: step.edges[index + 1]), level))
    }
    points.append(Point(across(of: step.edges[step.heights.count]), floor))
    points.append(points[0])
    return points
  }

  func paths(of line: Plot.Line) -> [[Point]] {
    var paths: [[Point]] = []
    var current: [Point] = []
    for (a, b) in zip(line.x, line.y) {
      let isShown =
        a.isFinite && b.isFinite && (x.scale == .linear || a > 0) && (y.scale == .linear || b > 0)
      if isShown {
        current.append(Point(across(of: a), height(of: b)))
      } else if !current.isEmpty {
        paths.append(thinned(current))
        current = []
      }
    }
    if !current.isEmpty { paths.append(thinned(current)) }
    return paths.filter { $0.count > 1 }
  }

  /// The lowest and highest point of each pixel column, if there are many more points than columns.
  private func thinned(_ points: [Point]) -> [Point] {
    let columns = Int(frame.width * 2)
    guard points.count > 4 * columns else { return points }
    var kept: [Point] = []
    let each = Double(points.count) / Double(columns)
    for column in 0..<columns {
      let part = Int(Double(column) * each)..<min(points.count, Int(Double(column + 1) * each))
      let lowest = part.min { points[$0].y < points[$1].y }
      let highest = part.max { points[$0].y < points[$1].y }
      if let lowest, let highest {
        kept += [min(lowest, highest), max(lowest, highest)].map { points[$0] }
      }
    }
    return kept
  }
}
