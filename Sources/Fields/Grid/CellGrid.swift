/// The division of a signal into cells: one axis per coordinate, with the cells in row-major order.
public struct CellGrid: Sendable, Equatable {
  /// The axes in the order of the coordinates: (row, column) of a picture, (time) of a sound.
  public let axes: [CellAxis]

  /// Creates a grid from its axes: at least one, all of the same kind.
  public init(_ axes: [CellAxis]) {
    precondition(!axes.isEmpty, "a grid needs an axis")
    precondition(
      axes.allSatisfy { ($0.quintic == nil) == (axes[0].quintic == nil) },
      "the axes of a grid have windows of one kind")
    self.axes = axes
  }

  /// Number of cells.
  public var count: Int { axes.reduce(1) { $0 * $1.cells } }

  /// The cells along each axis in words, such as `17x26`.
  public var dimensions: String { axes.map { "\($0.cells)" }.joined(separator: "x") }

  /// The index of a cell along each axis.
  public func indices(of cell: Int) -> [Int] {
    var rest = cell
    var indices = [Int](repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      indices[axis] = rest % axes[axis].cells
      rest /= axes[axis].cells
    }
    return indices
  }

  /// The samples to which a cell contributes, one range per axis.
  public func support(of cell: Int) -> [Range<Int>] {
    zip(axes, indices(of: cell)).map { $0.support(of: $1) }
  }

  /// The axes, if their windows are quintic; nil otherwise.
  var quinticAxes: [QuinticAxis]? {
    let axes = axes.compactMap(\.quintic)
    return axes.isEmpty ? nil : axes
  }

  /// The axes, if their windows are sine squared; nil otherwise.
  var sineSquaredAxes: [SineSquaredAxis]? {
    let axes = axes.compactMap(\.sineSquared)
    return axes.isEmpty ? nil : axes
  }
}
