import Fields
import Foundation
import Numerics
import Signals

/// The rows of a picture that a member of a group holds to fit its cells, and to compare the field with them.
public struct PictureBand: Sendable {
  /// The held rows.
  public let image: Image
  /// Which rows of the picture are held.
  package let held: Range<Int>
  /// The rows that are counted as this member's own; the members' own rows cover the picture without overlap.
  package let own: Range<Int>
  /// Number of rows of the picture.
  public let height: Int

  /// Rows below its own that a member needs, since the windows of the structural similarity have 7 rows.
  private static let halo = 6
  /// Pixels of a strip whose quality is measured at a time.
  private static let stripPixels = 1 << 20

  package init(_ image: Image, held: Range<Int>, own: Range<Int>, height: Int) {
    precondition(image.height == held.count, "\(held) are not \(image.height) rows")
    self.image = image
    self.held = held
    self.own = own
    self.height = height
  }

  /// The rows that a member of a group holds and owns; nil if the picture is too small to be divided.
  package static func rows(
    of grid: CellGrid, over group: WorkGroup
  ) -> (held: Range<Int>, own: Range<Int>)? {
    let axis = grid.axes[0]
    // The rows below a member's own must not need more than one row of cells of the next one.
    guard !group.isAlone, axis.length >= Double(2 * halo), axis.cells >= group.count else {
      return nil
    }
    let cells = group.share(of: axis.cells)
    let border = { (cell: Int) in
      cell == axis.cells ? axis.samples : Int((Double(cell) * axis.length).rounded())
    }
    let own = border(cells.lowerBound)..<border(cells.upperBound)
    let (first, last) = (axis.support(of: cells.lowerBound), axis.support(of: cells.upperBound - 1))
    let low = min(own.lowerBound, first.lowerBound)
    let high = max(min(own.upperBound + halo, axis.samples), last.upperBound)
    return (low..<high, own)
  }

  /// The quality of a field over the whole picture: the members measure their own rows.
  ///
  /// It is measured strip by strip, so it takes little memory.
  ///
  /// - Parameter field: holds the cells of this member.
  /// - Returns: the mean squared error, and the structural similarity; nil for a picture smaller than its window.
  package func quality(
    of field: SirenGrid, over group: WorkGroup
  ) -> (mse: Double, similarity: Double?) {
    let parts = StripParts(field, over: group)
    // Sums of the errors and the similarities of rows, and the number of rows with similarities.
    var sums = [0.0, 0.0, 0.0]
    let length = max(1, Self.stripPixels / image.width)
    for start in stride(from: own.lowerBound, to: own.upperBound, by: length) {
      let strip = start..<min(own.upperBound, start + length)
      let rows = start..<min(strip.upperBound + Self.halo, held.upperBound)
      let found = picture(of: parts[rows], rows)
      let truth = image.rows(rows.lowerBound - held.lowerBound..<rows.upperBound - held.lowerBound)
      let inner = { (image: Image) in image.rows(0..<strip.count) }
      sums[0] += Quality.meanSquaredError(inner(found), inner(truth)) * Double(strip.count)
      if let mean = Quality.structuralSimilarity(found, truth) {
        let count = Double(rows.count - Self.halo)
        sums[1] += mean * count
        sums[2] += count
      }
    }
    let all = group.gather(sums.message).map { [Double](message: $0) ?? sums }
    let total = { (place: Int) in all.reduce(0) { $0 + $1[place] } }
    return (total(0) / Double(height), total(2) > 0 ? total(1) / total(2) : nil)
  }

  /// Some rows of a field as a picture.
  private func picture(of field: SirenGrid, _ rows: Range<Int>) -> Image {
    let coordinates = rows.map { CoordinateGrid.coordinate(ofIndex: Double($0), size: height) }
    let values = FieldRenderer.values(
      of: field, rows: coordinates, columns: CoordinateGrid.axis(size: image.width))
    return Image(
      width: image.width, height: rows.count, channels: image.channels,
      values: values.map { min(1, max(0, 0.5 * $0 + 0.5)) })
  }

  /// The parts of a field that strips of a picture need.
  private struct StripParts {
    /// The whole field, or the held cells with their neighbours.
    private let field: SirenGrid
    private let neighbours: GridNeighbours?

    init(_ field: SirenGrid, over group: WorkGroup) {
      neighbours = group.isAlone ? nil : field.neighbours(over: group)
      self.field = neighbours == nil ? field.whole(over: group) : field
    }

    subscript(rows: Range<Int>) -> SirenGrid {
      neighbours.map { field.part(covering: rows, $0) } ?? field
    }
  }
}

extension PictureBand: GridSignal {
  /// The numbers of rows and columns of the picture.
  public var extents: [Int] { [height, image.width] }
  /// Number of channels of the picture.
  public var channels: Int { image.channels }
  /// The rows that this member counts.
  public var ownRows: Range<Int>? { own }

  /// The values of a block of held rows, -1...1.
  public func values(in ranges: [Range<Int>]) -> [Float] {
    PictureSignal(image).values(in: [
      ranges[0].lowerBound - held.lowerBound..<ranges[0].upperBound - held.lowerBound, ranges[1],
    ])
  }

  /// The peak signal-to-noise ratio of values 0...1.
  public func decibels(ofLoss loss: Double) -> Double {
    Quality.peakSignalToNoise(meanSquaredError: loss / 4)
  }
}

extension Image {
  /// Some rows of the picture.
  fileprivate func rows(_ rows: Range<Int>) -> Image {
    let length = width * channels
    return Image(
      width: width, height: rows.count, channels: channels,
      values: Array(values[rows.lowerBound * length..<rows.upperBound * length]))
  }
}
