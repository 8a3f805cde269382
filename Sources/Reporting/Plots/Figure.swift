import Signals

/// Panels side by side and below each other.
public struct Figure: Sendable, Equatable {
  /// One part of a figure.
  public enum Panel: Sendable, Equatable {
    /// A plot.
    case plot(Plot)
    /// A picture, with a title above and a line below.
    case picture(Image, title: String, note: String)
    /// Nothing.
    case empty
  }

  /// The panels, row by row.
  public var rows: [[Panel]]
  /// A title for each column; empty for none.
  public var columnTitles: [String]
  /// A name for each row, at its left; empty for none.
  public var rowTitles: [String]
  /// The width of a panel.
  public var panelWidth: Double
  /// The height of a panel.
  public var panelHeight: Double
  /// Whether the panels are many and small, with few ticks and no grid.
  public var isCompact: Bool

  /// A figure.
  public init(
    rows: [[Panel]], columnTitles: [String] = [], rowTitles: [String] = [],
    panelWidth: Double = 360, panelHeight: Double = 240, isCompact: Bool = false
  ) {
    self.rows = rows
    self.columnTitles = columnTitles
    self.rowTitles = rowTitles
    self.panelWidth = panelWidth
    self.panelHeight = panelHeight
    self.isCompact = isCompact
  }

  /// One plot.
  public init(_ plot: Plot, width: Double = 720, height: Double = 300) {
    self.init(rows: [[.plot(plot)]], panelWidth: width, panelHeight: height)
  }

  /// Pictures side by side, each with a title above and a note below.
  public init(pictures: [(image: Image, title: String, note: String)], columns: Int, side: Double) {
    let tallest = pictures.map { Double($0.image.height) / Double($0.image.width) }.max() ?? 1
    let panels = pictures.map { Panel.picture($0.image, title: $0.title, note: $0.note) }
    self.init(
      rows: stride(from: 0, to: panels.count, by: max(1, columns)).map {
        Array(panels[$0..<min(panels.count, $0 + max(1, columns))])
      }, panelWidth: side, panelHeight: side * min(2, tallest) + 44)
  }

  /// The figure as a drawing.
  public var drawing: Drawing {
    let columns = max(1, rows.map(\.count).max() ?? 0)
    let gap = isCompact ? 8.0 : 18.0
    let border = 8.0
    let left = border + (rowTitles.isEmpty ? 0 : 30)
    let top = border + (columnTitles.isEmpty ? 0 : 20)
    var drawing = Drawing(
      width: left + Double(columns) * (panelWidth + gap) - gap + border,
      height: top + Double(max(1, rows.count)) * (panelHeight + gap) - gap + border)
    for (column, title) in columnTitles.prefix(columns).enumerated() {
      drawing.addText(
        title,
        at: Point(left + Double(column) * (panelWidth + gap) + panelWidth / 2 + 8, border + 12),
        TextStyle(.text, size: 11.5, isBold: true, anchor: .middle))
    }
    for (row, panels) in rows.enumerated() {
      let y = top + Double(row) * (panelHeight + gap)
      if row < rowTitles.count {
        drawing.addText(
          rowTitles[row], at: Point(border + 12, y + panelHeight / 2),
          TextStyle(.quiet, size: 10.5, anchor: .middle, isUpright: true))
      }
      for (column, panel) in panels.enumerated() {
        let place = Rectangle(
          x: left + Double(column) * (panelWidth + gap), y: y, width: panelWidth,
          height: panelHeight)
        draw(panel, on: &drawing, in: place)
      }
    }
    return drawing
  }

  private func draw(_ panel: Panel, on drawing: inout Drawing, in place: Rectangle) {
    switch panel {
    case .empty: break
    case .plot(let plot): plot.draw(on: &drawing, in: place, isCompact: isCompact)
    case .picture(let image, let title, let note):
      let space = Rectangle(
        x: place.x, y: place.y + 20, width: place.width, height: place.height - 44)
      let scale = min(space.width / Double(image.width), space.height / Double(image.height))
      let (width, height) = (Double(image.width) * scale, Double(image.height) * scale)
      drawing.addText(
        title, at: Point(place.x, place.y + 12), TextStyle(.text, size: 12, isBold: true))
      let frame = Rectangle(
        x: space.x + (space.width - width) / 2, y: space.y, width: width, height: height)
      drawing.add(.picture(image, in: frame))
      drawing.addText(
        note, at: Point(place.x, frame.y + height + 15), TextStyle(.quiet, size: 10.5))
    }
  }
}
