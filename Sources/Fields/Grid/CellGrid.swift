/// How a signal is divided into cells: one axis per coordinate, the cells in row-major order.
public struct CellGrid: Sendable, Equatable {
  /// In the coordinates' order: (row, column) of a picture, (time) of a sound.
  public let axes: [CellAxis]

  /// A grid of its axes, at least one, all of one kind.
  public init(_ axes: [CellAxis]) {
    precondition(!axes.isEmpty, "a grid needs an axis")
    precondition(
      axes.allSatisfy { ($0.quintic == nil) == (axes[0].quintic == nil) },
      "the axes of a grid have windows of one kind")
    self.axes = axes
  }

  /// Number of cells.
  public var count: Int { axes.reduce(1) { $0 * $1.cells } }

  /// A cell's place along each axis.
  public func indices(of cell: Int) -> [Int] {
    var rest = cell
    var indices = [Int](repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      indices[axis] = rest % axes[axis].cells
      rest /= axes[axis].cells
    }
    return indices
  }

  /// The samples on which a cell counts, a range along each axis.
  public func support(of cell: Int) -> [Range<Int>] {
    zip(axes, indices(of: cell)).map { $0.support(of: $1) }
  }

  /// The axes where their windows are quintic.
  var quinticAxes: [QuinticAxis]? {
    let axes = axes.compactMap(\.quintic)
    return axes.isEmpty ? nil : axes
  }

  /// The axes where their windows are sine squared.
  var sineSquaredAxes: [SineSquaredAxis]? {
    let axes = axes.compactMap(\.sineSquared)
    return axes.isEmpty ? nil : axes
  }
}
