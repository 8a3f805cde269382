import DifferentiableCore
import Files
import Numerics

extension ParameterLayout {
  /// Flat values in this layout as arrays of a file.
  package func archiveArrays(
    _ values: [Float], prefix: String = "", isHalf: Bool = false
  ) -> [SafetensorsArchive.Array] {
    entries.map { entry in
      .init(
        name: prefix + entry.name, shape: entry.shape, values: Array(values[entry.range]),
        isHalf: isHalf)
    }
  }
}

extension Parameters {
  /// The parameters as arrays of a file.
  package func archiveArrays() -> [SafetensorsArchive.Array] { layout.archiveArrays(values) }

  /// Reads parameters of a known layout from an untrusted file.
  package init(
    layout: ParameterLayout, archive: SafetensorsArchive, prefix: String,
    _ fail: (String) -> any Error
  ) throws {
    // What the file holds bounds the memory, not the shape that it claims.
    let available = archive.arrays.reduce(0) { $0 + $1.values.count }
    var values: [Float] = []
    values.reserveCapacity(min(layout.count, available))
    for entry in layout.entries {
      guard let array = archive[prefix + entry.name] else {
        throw fail("it lacks '\(prefix + entry.name)'")
      }
      guard array.shape == entry.shape else {
        throw fail("'\(array.name)' has shape \(array.shape), expected \(entry.shape)")
      }
      guard array.values.areFinite else {
        throw fail("'\(array.name)' has values that are not finite")
      }
      values += array.values
    }
    self.init(layout: layout, values: values)
  }
}
