import Signals

/// A plot of lines and filled steps in a frame with two axes.
public struct Plot: Sendable, Equatable {
  /// Points joined by straight lines.
  public struct Line: Sendable, Equatable {
    /// Horizontal numbers.
    public var x: [Double]
    /// The vertical numbers, as many.
    ///
    /// A number that is not finite, or not above 0 on a logarithmic axis, breaks the line.
    public var y: [Double]
    /// The name in the legend; nil omits it from the legend.
    public var name: String?
    /// Its look.
    public var stroke: Stroke

    /// A line.
    public init(x: [Double], y: [Double], name: String? = nil, _ stroke: Stroke) {
      precondition(x.count == y.count, "a line of \(x.count) by \(y.count) numbers")
      self.x = x
      self.y = y
      self.name = name
      self.stroke = stroke
    }
  }

  /// An area between 0 and a height in each of some bins.
  public struct Steps: Sendable, Equatable {
    /// The bins' borders, one more than there are heights.
    public var edges: [Double]
    /// The heights.
    public var heights: [Double]
    /// The name in the legend; nil omits it from the legend.
    public var name: String?
    /// Its colour.
    public var ink: Ink

    /// An area.
    public init(edges: [Double], heights: [Double], name: String? = nil, _ ink: Ink) {
      precondition(
        edges.count == heights.count + 1, "\(heights.count) bins with \(edges.count) edges")
      self.edges = edges
      self.heights = heights
      self.name = name
      self.ink = ink
    }
  }

  /// Written above; empty for none.
  public var title: String
  /// The horizontal axis.
  public var horizontal: Axis
  /// The vertical axis.
  public var vertical: Axis
  /// The areas, behind the lines.
  public var steps: [Steps]
  /// The lines, the last on top.
  public var lines: [Line]

  /// A plot.
  public init(
    _ title: String = "", horizontal: Axis = Axis(), vertical: Axis = Axis(), steps: [Steps] = [],
    lines: [Line] = []
  ) {
    self.title = title
    self.horizontal = horizontal
    self.vertical = vertical
    self.steps = steps
    self.lines = lines
  }

  /// The densities of a histogram as an area, in at most `bins` bins over the range of its numbers.
  public static func density(
    _ histogram: Histogram, name: String? = nil, _ ink: Ink, over range: ClosedRange<Double>? = nil,
    bins: Int = 128
  ) -> Steps {
    let (edges, densities) = (histogram.edges, histogram.densities)
    guard let range = range ?? histogram.support else {
      return Steps(edges: [0, 1], heights: [0], name: name, ink)
    }
    let shown = densities.indices.filter {
      edges[$0 + 1] > range.lowerBound && edges[$0] < range.upperBound
    }
    guard let first = shown.first, let last = shown.last else {
      return Steps(edges: [0, 1], heights: [0], name: name, ink)
    }
    let joined = max(1, (last - first + bins) / bins)
    var (borders, heights) = ([edges[first]], [Double]())
    for start in stride(from: first, through: last, by: joined) {
      let end = min(start + joined, last + 1)
      heights.append(densities[start..<end].reduce(0, +) / Double(end - start))
      borders.append(edges[end])
    }
    return Steps(edges: borders, heights: heights, name: name, ink)
  }
}
