/// How a signal is divided into cells: one axis per coordinate, the cells in row-major order.
public struct CellGrid: Sendable, Equatable {
  /// In the coordinates' order: (row, column) of a picture, (time) of a sound.
  public let axes: [CellAxis]

  /// A grid of its axes, at least one.
  public init(_ axes: [CellAxis]) {
    precondition(!axes.isEmpty, "a grid needs an axis")
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
}

extension CellGrid: Codable {
  private enum CodingKeys: String, CodingKey {
    case samples, cells, overlap, window
  }

  private static let window = "quintic"
  private static let mostCells = 1 << 24

  /// Decodes; sizes out of range and windows that are not known are refused.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let samples = try container.decode([Int].self, forKey: .samples)
    let cells = try container.decode([Int].self, forKey: .cells)
    let overlap = try container.decode([Double].self, forKey: .overlap)
    let fail = { (problem: String) in
      DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: problem))
    }
    guard try container.decode(String.self, forKey: .window) == Self.window else {
      throw fail("another window than \(Self.window)")
    }
    let problem = fail("\(samples) samples in \(cells) cells with overlaps \(overlap)")
    guard (1...4).contains(samples.count), cells.count == samples.count,
      overlap.count == samples.count
    else { throw problem }
    var count = 1
    for axis in samples.indices {
      guard (1...1 << 40).contains(samples[axis]), (1...samples[axis]).contains(cells[axis]),
        cells[axis] <= Self.mostCells / count, overlap[axis] > 0,
        overlap[axis] <= Double(samples[axis]) / Double(2 * cells[axis])
      else { throw problem }
      count *= cells[axis]
    }
    self.init(
      samples.indices.map {
        CellAxis(samples: samples[$0], cells: cells[$0], overlap: overlap[$0])
      })
  }

  /// Encodes the axes' numbers side by side, and the name of the window.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(axes.map(\.samples), forKey: .samples)
    try container.encode(axes.map(\.cells), forKey: .cells)
    try container.encode(axes.map(\.overlap), forKey: .overlap)
    try container.encode(Self.window, forKey: .window)
  }
}
