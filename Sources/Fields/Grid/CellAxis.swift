import Foundation

/// One axis of a grid of cells: where cells begin, how they overlap, and what they weigh.
///
/// Places are in samples: 0 is the centre of the first one. The axis is divided into cells of equal length from the
/// outer edge of its first sample to that of its last. Within `overlap` of an inner border both neighbours count,
/// with weights that sum to 1 and change as `6 t^5 - 15 t^4 + 10 t^3`, so they have two continuous derivatives.
/// Beyond the ends the outermost cells go on.
public struct CellAxis: Sendable, Equatable {
  /// Number of samples, at least 1.
  public let samples: Int
  /// Number of cells, at least 1.
  public let cells: Int
  /// Samples on each side of a border in which both cells count; above 0, at most half of a cell.
  public let overlap: Double

  /// An axis; the overlap is brought down to half of a cell.
  public init(samples: Int, cells: Int, overlap: Double) {
    precondition(
      samples >= 1 && cells >= 1 && overlap > 0,
      "\(samples) samples in \(cells) cells with an overlap of \(overlap)")
    self.samples = samples
    self.cells = cells
    self.overlap = min(overlap, Double(samples) / Double(2 * cells))
  }

  /// Length of a cell, in samples.
  public var length: Double { Double(samples) / Double(cells) }

  /// Samples per unit of the coordinate that spans -1...1 from the first sample's centre to the last one's.
  public var samplesPerUnit: Double { Double(max(1, samples - 1)) / 2 }

  /// The place of a coordinate, in samples.
  public func place(of coordinate: Double) -> Double {
    (coordinate + 1) * Double(samples - 1) / 2
  }

  /// The middle of a cell, in samples.
  public func middle(of cell: Int) -> Double { (Double(cell) + 0.5) * length - 0.5 }

  /// Where a place lies in a cell, -1...1 from border to border.
  public func local(_ place: Double, in cell: Int) -> Double {
    2 * (place - middle(of: cell)) / length
  }

  /// The samples on which a cell counts.
  public func support(of cell: Int) -> Range<Int> {
    let low = cell == 0 ? 0 : Int((Double(cell) * length - 0.5 - overlap).rounded(.down)) + 1
    let high =
      cell == cells - 1
      ? samples : Int((Double(cell + 1) * length - 0.5 + overlap).rounded(.up))
    return max(0, low)..<min(samples, max(high, low + 1))
  }

  /// A cell that counts at a place: its weight there and the weight's first and second derivative, per sample.
  struct Member {
    var cell: Int
    var weight: Double
    var slope: Double
    var curvature: Double
  }

  /// The one or two cells that count at a place.
  func members(at place: Double) -> (Member, Member?) {
    let position = (place + 0.5) / length
    let cell = min(cells - 1, max(0, position.isFinite ? Int(position.rounded(.down)) : 0))
    let start = Double(cell) * length - 0.5
    if cell > 0, place - start < overlap {
      return Self.pair(cell - 1, (place - start + overlap) / (2 * overlap), 2 * overlap)
    }
    if cell + 1 < cells, start + length - place < overlap {
      return Self.pair(cell, (place - start - length + overlap) / (2 * overlap), 2 * overlap)
    }
    return (Member(cell: cell, weight: 1, slope: 0, curvature: 0), nil)
  }

  /// A cell and the next one, whose weight has risen by a fraction of the way over a width in samples.
  private static func pair(_ cell: Int, _ fraction: Double, _ width: Double) -> (Member, Member?) {
    let t = min(1, max(0, fraction))
    let rest = 1 - t
    let weight = t * t * t * (t * (6 * t - 15) + 10)
    let slope = 30 * t * t * rest * rest / width
    let curvature = 60 * t * rest * (1 - 2 * t) / (width * width)
    return (
      Member(cell: cell, weight: 1 - weight, slope: -slope, curvature: -curvature),
      Member(cell: cell + 1, weight: weight, slope: slope, curvature: curvature)
    )
  }
}
