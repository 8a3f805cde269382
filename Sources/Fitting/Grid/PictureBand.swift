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
  /// - Parameter field: holds the cells of this member.
  /// - Returns: the mean squared error, and the structural similarity; nil for a picture smaller than its window.
  package func quality(
    of field: SirenGrid, over group: WorkGroup
  ) -> (mse: Double, similarity: Double?) {
    let field = field.withBorders(over: group)
    let rows = own.lowerBound..<min(own.upperBound + Self.halo, held.upperBound)
    let coordinates = rows.map { CoordinateGrid.coordinate(ofIndex: Double($0), size: height) }
    let values = FieldRenderer.values(
      of: field, rows: coordinates, columns: CoordinateGrid.axis(size: image.width))
    let found = Image(
      width: image.width, height: rows.count, channels: image.channels,
      values: values.map { min(1, max(0, 0.5 * $0 + 0.5)) })
    let truth = part(rows)
    let inner = { (image: Image) in image.rows(0..<own.count) }
    let error = Quality.meanSquaredError(inner(found), inner(truth)) * Double(own.count)
    var similarity = [0.0, 0.0]
    if let mean = Quality.structuralSimilarity(found, truth) {
      let count = Double(rows.count - Self.halo)
      similarity = [mean * count, count]
    }
    let sums = group.gather(([error] + similarity).message).map { [Double](message: $0) ?? [] }
    let total = { (place: Int) in sums.reduce(0) { $0 + $1[place] } }
    return (total(0) / Double(height), total(2) > 0 ? total(1) / total(2) : nil)
  }

  private func part(_ rows: Range<Int>) -> Image {
    image.rows(rows.lowerBound - held.lowerBound..<rows.upperBound - held.lowerBound)
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
