import Foundation

/// Cells of equal length from the outer edge of the first sample to that of the last one.
///
/// Within `overlap` of an inner border both neighbours contribute, with weights that sum to 1 and change as `6 t^5 -
/// 15 t^4 + 10 t^3`. The type holds only numbers, so loops over points copy it without reference counting.
struct QuinticAxis: Sendable, Equatable {
  let samples: Int
  let cells: Int
  /// Samples on each side of a border in which both cells contribute, at most half a cell.
  let overlap: Double

  /// Creates an axis; the overlap is limited to half a cell.
  init(samples: Int, cells: Int, overlap: Double) {
    precondition(
      samples >= 1 && cells >= 1 && overlap > 0,
      "\(samples) samples in \(cells) cells with an overlap of \(overlap)")
    self.samples = samples
    self.cells = cells
    self.overlap = min(overlap, Double(samples) / Double(2 * cells))
  }

  /// Length of a cell, in samples.
  var length: Double { Double(samples) / Double(cells) }

  /// The middle of a cell, in samples.
  func middle(of cell: Int) -> Double { (Double(cell) + 0.5) * length - 0.5 }

  /// The samples to which a cell contributes.
  func support(of cell: Int) -> Range<Int> {
    let low = cell == 0 ? 0 : Int((Double(cell) * length - 0.5 - overlap).rounded(.down)) + 1
    let high =
      cell == cells - 1
      ? samples : Int((Double(cell + 1) * length - 0.5 + overlap).rounded(.up))
    return max(0, low)..<min(samples, max(high, low + 1))
  }

  /// The one or two cells that contribute at a position.
  func members(at place: Double) -> (CellAxis.Member, CellAxis.Member?) {
    let position = (place + 0.5) / length
    // Limited before the conversion, since a position far outside is beyond every integer.
    let nearest = min(Double(cells - 1), max(0, position.rounded(.down)))
    let cell = position.isFinite ? Int(nearest) : 0
    let start = Double(cell) * length - 0.5
    if cell > 0, place - start < overlap {
      return Self.pair(cell - 1, (place - start + overlap) / (2 * overlap), 2 * overlap)
    }
    if cell + 1 < cells, start + length - place < overlap {
      return Self.pair(cell, (place - start - length + overlap) / (2 * overlap), 2 * overlap)
    }
    return (CellAxis.Member(cell: cell, weight: 1, slope: 0, curvature: 0), nil)
  }

  /// A cell and the next one, whose weight has risen by a fraction of the way over a width in samples.
  private static func pair(_ cell: Int, _ fraction: Double, _ width: Double) -> (
    CellAxis.Member, CellAxis.Member?
  ) {
    let t = min(1, max(0, fraction))
    let rest = 1 - t
    let weight = t * t * t * (t * (6 * t - 15) + 10)
    let slope = 30 * t * t * rest * rest / width
    let curvature = 60 * t * rest * (1 - 2 * t) / (width * width)
    return (
      CellAxis.Member(cell: cell, weight: 1 - weight, slope: -slope, curvature: -curvature),
      CellAxis.Member(cell: cell + 1, weight: weight, slope: slope, curvature: curvature)
    )
  }
}
