extension CellGrid: Codable {
  private enum CodingKeys: String, CodingKey {
    case samples, cells, overlap, starts, size, window
  }

  /// The windows' names in files.
  private enum Window: String, Codable {
    case quintic
    case sineSquared = "sine squared"
  }

  private static let mostCells = 1 << 24
  /// The most axes of a grid with windows of sine squared: up to four cells per axis overlap, so 16 with two axes.
  private static let mostSineSquaredAxes = 2

  /// Decodes a grid; rejects sizes out of range and unknown windows.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let axes =
      switch try container.decode(Window.self, forKey: .window) {
      case .quintic: try Self.quinticAxes(container)
      case .sineSquared: try Self.sineSquaredAxes(container)
      }
    self.init(axes)
  }

  private typealias Container = KeyedDecodingContainer<CodingKeys>

  private static func failure(_ container: Container, _ problem: String) -> DecodingError {
    DecodingError.dataCorrupted(.init(codingPath: container.codingPath, debugDescription: problem))
  }

  private static func quinticAxes(_ container: Container) throws -> [CellAxis] {
    let samples = try container.decode([Int].self, forKey: .samples)
    let cells = try container.decode([Int].self, forKey: .cells)
    let overlap = try container.decode([Double].self, forKey: .overlap)
    let problem = failure(
      container, "\(samples) samples in \(cells) cells with overlaps \(overlap)")
    guard (1...4).contains(samples.count), cells.count == samples.count,
      overlap.count == samples.count
    else { throw problem }
    var count = 1
    for axis in samples.indices {
      guard (1...1 << 40).contains(samples[axis]), (1...samples[axis]).contains(cells[axis]),
        cells[axis] <= mostCells / count, overlap[axis] > 0,
        overlap[axis] <= Double(samples[axis]) / Double(2 * cells[axis])
      else { throw problem }
      count *= cells[axis]
    }
    return samples.indices.map {
      CellAxis(samples: samples[$0], cells: cells[$0], overlap: overlap[$0])
    }
  }

  private static func sineSquaredAxes(_ container: Container) throws -> [CellAxis] {
    let samples = try container.decode([Int].self, forKey: .samples)
    let size = try container.decode([Int].self, forKey: .size)
    let starts = try container.decode([[Int]].self, forKey: .starts)
    guard (1...mostSineSquaredAxes).contains(samples.count), size.count == samples.count,
      starts.count == samples.count
    else {
      throw failure(
        container,
        "\(samples.count) numbers of samples, \(size.count) sizes, and starts along "
          + "\(starts.count) axes; expected one or two of each")
    }
    var count = 1
    return try samples.indices.map { axis in
      guard starts[axis].count <= mostCells / count,
        let found = CellAxis(samples: samples[axis], starts: starts[axis], size: size[axis])
      else {
        throw failure(
          container,
          "windows of \(size[axis]) at \(starts[axis].count) places do not cover "
            + "\(samples[axis]) samples")
      }
      count *= found.cells
      return found
    }
  }

  /// Encodes the numbers of the axes in parallel arrays, and the name of the window.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(axes.map(\.samples), forKey: .samples)
    if let sines = sineSquaredAxes {
      try container.encode(sines.map(\.starts), forKey: .starts)
      try container.encode(sines.map(\.size), forKey: .size)
      try container.encode(Window.sineSquared, forKey: .window)
    } else {
      try container.encode(axes.map(\.cells), forKey: .cells)
      try container.encode(axes.map(\.overlap), forKey: .overlap)
      try container.encode(Window.quintic, forKey: .window)
    }
  }
}
