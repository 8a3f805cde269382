import Files
import Training

/// Checked access to the arrays of an untrusted file.
package struct CheckedArchive {
  package let archive: SafetensorsArchive
  package let path: String

  package func error(_ problem: String) -> PriorError {
    PriorError.notAPrior(path: path, problem: problem)
  }

  /// An array with a given number of axes and finite values.
  package func array(_ name: String, rank: Int) throws -> SafetensorsArchive.Array {
    guard let array = archive[name] else { throw error("it lacks '\(name)'") }
    guard array.shape.count == rank else {
      throw error("'\(name)' has shape \(array.shape), expected \(rank) axes")
    }
    guard array.values.areFinite else {
      throw error("'\(name)' has values that are not finite")
    }
    return array
  }

  package func values(_ name: String, rank: Int) throws -> (shape: [Int], values: [Double]) {
    let array = try self.array(name, rank: rank)
    return (array.shape, array.values.map { Double($0) })
  }

  /// An array with a given shape and finite values.
  private func array(_ name: String, shape: [Int]) throws -> SafetensorsArchive.Array {
    let array = try self.array(name, rank: shape.count)
    guard array.shape == shape else {
      throw error("'\(name)' has shape \(array.shape), expected \(shape)")
    }
    return array
  }

  package func values(_ name: String, shape: [Int]) throws -> [Double] {
    try array(name, shape: shape).values.map { Double($0) }
  }

  /// The parts of an array along its first axis.
  package func blocks(_ name: String, shape: [Int]) throws -> [[Float]] {
    let array = try self.array(name, shape: shape)
    let size = shape.dropFirst().reduce(1, *)
    return (0..<shape[0]).map { Array(array.values[$0 * size..<($0 + 1) * size]) }
  }

  /// A value from its parts.
  package init(archive: SafetensorsArchive, path: String) {
    self.archive = archive
    self.path = path
  }
}
