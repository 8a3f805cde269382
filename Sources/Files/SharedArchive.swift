import Foundation
import Numerics

/// Writes a safetensors file of whose arrays each member of a group holds a part.
///
/// The first member writes the file as the others send it their parts, piece by piece, so that no member holds more than
/// its own rows and a few megabytes. The bytes are those of `SafetensorsArchive.encoded()`.
package enum SharedArchive {
  /// An array of single precision, whose rows the members hold in their order.
  package struct Array {
    let name: String
    let rowShape: [Int]
    let ownRows: Int
    let values: (Range<Int>) -> [Float]

    /// Values of a piece, which is the memory that writing takes.
    private static let pieceLength = 1 << 20

    /// The rows of a member, cut into pieces.
    func pieces(ofRows count: Int) -> [Range<Int>] {
      let length = max(1, Self.pieceLength / max(1, rowShape.reduce(1, *)))
      return stride(from: 0, to: count, by: length).map { $0..<min(count, $0 + length) }
    }

    /// An array of which this member holds some rows.
    ///
    /// - Parameters:
    ///   - rowShape: the extents behind the first one; empty for an array of numbers.
    ///   - ownRows: the rows of this member.
    ///   - values: returns the values of some of these rows, row-major.
    package init(
      name: String, rowShape: [Int], ownRows: Int, values: @escaping (Range<Int>) -> [Float]
    ) {
      self.name = name
      self.rowShape = rowShape
      self.ownRows = ownRows
      self.values = values
    }

    /// An array that every member holds whole.
    package init(name: String, rowShape: [Int], ofFirst values: [Float]) {
      let isFirst = WorkGroup.current.isFirst
      let row = rowShape.reduce(1, *)
      self.init(
        name: name, rowShape: rowShape, ownRows: isFirst ? values.count / max(1, row) : 0
      ) { Swift.Array(values[$0.lowerBound * row..<$0.upperBound * row]) }
    }
  }

  /// Writes the file whole or not at all; the members of a group call it together.
  ///
  /// - Parameters:
  ///   - arrays: with different names, in the order of the file.
  /// - Throws: ``FileError`` or ``SafetensorsError``; on the other members `WorkGroupError` if the file cannot be begun.
  package static func write(
    _ metadata: [String: String], _ arrays: [Array], to path: String, overwrite: Bool
  ) throws {
    let group = WorkGroup.current
    let rows = group.gather(arrays.map(\.ownRows).message).map { [Int](message: $0) ?? [] }
    var file: AtomicFileWriter?
    try group.onFirst {
      let beginning = try SafetensorsArchive.beginning(
        metadata,
        arrays.indices.map { index in
          let total = rows.reduce(0) { $0 + $1[index] }
          return (arrays[index].name, [total] + arrays[index].rowShape, false)
        })
      file = try AtomicFileWriter(path, overwrite: overwrite)
      try file?.append([UInt8](beginning))
    }
    // A full disk must not keep the others waiting with what they have to send.
    var failure: (any Error)?
    for (index, array) in arrays.enumerated() {
      guard let file else {
        for piece in array.pieces(ofRows: array.ownRows) {
          group.send(array.values(piece).message, to: 0, as: .collective)
        }
        continue
      }
      for rank in 0..<group.count {
        for piece in array.pieces(ofRows: rows[rank][index]) {
          let part =
            rank == 0
            ? array.values(piece)
            : [Float](message: group.receive(from: rank, as: .collective)) ?? []
          if failure == nil {
            do { try part.withUnsafeBytes { try file.append($0) } } catch { failure = error }
          }
        }
      }
    }
    if let failure { throw failure }
    try file?.finish()
  }
}
