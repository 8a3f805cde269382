import DifferentiableCore
import Files
import Foundation
import Signals
import Training

extension PriorModel {
  /// The value of `kind` in the metadata of a prior's file.
  static let fileKind = "siren-hyper prior"

  /// The largest model file that is read, in bytes.
  private static let largestFile = 2 << 30

  /// The prior as a safetensors archive that describes itself.
  ///
  /// - Parameter provenance: further metadata, for example how it was trained.
  public func archive(provenance: [String: String] = [:]) throws -> SafetensorsArchive {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = provenance
    metadata["kind"] = Self.fileKind
    metadata["configuration"] = String(
      decoding: try encoder.encode(configuration), as: UTF8.self)
    return SafetensorsArchive(metadata: metadata, arrays: parameters.archiveArrays())
  }

  /// Writes the prior whole or not at all.
  public func write(
    to path: String, provenance: [String: String] = [:], overwrite: Bool
  ) throws {
    try AtomicFile.write(
      try archive(provenance: provenance).encoded(), to: path, overwrite: overwrite)
  }

  /// Reads a prior; every name, shape and number is checked.
  ///
  /// - Throws: ``PriorError``, or `SafetensorsError` for a file that is not safetensors.
  public static func read(_ path: String) throws -> PriorModel {
    try PriorModel(archive: try readArchive(path), path: path)
  }

  /// The archive in a regular file of reasonable size.
  static func readArchive(_ path: String) throws -> SafetensorsArchive {
    let data: Data
    do {
      data = try RegularFile.read(path, maximumBytes: largestFile)
    } catch let error as FileError {
      throw PriorError.notAPrior(path: path, problem: error.reason)
    }
    return try SafetensorsArchive(data: data, path: path)
  }

  init(archive: SafetensorsArchive, path: String) throws {
    let fail = { (problem: String) in PriorError.notAPrior(path: path, problem: problem) }
    guard archive.metadata["kind"] == Self.fileKind, let text = archive.metadata["configuration"]
    else { throw fail("its metadata does not say '\(Self.fileKind)'") }
    guard
      let configuration = try? JSONDecoder().decode(
        PriorConfiguration.self, from: Data(text.utf8))
    else { throw fail("its configuration cannot be read") }
    if let problem = configuration.problem { throw fail(problem) }
    // The size is bounded by the file before a network of that shape is made.
    let available = archive.arrays.reduce(0) { $0 + $1.values.count }
    let needed = configuration.parameterCount
    guard needed <= available else {
      throw fail("its configuration needs \(needed) numbers, the file holds \(available)")
    }
    self.init(
      configuration,
      parameters: try Parameters(
        layout: Self.layout(of: configuration), archive: archive, prefix: "", fail))
  }
}

extension ParameterLayout {
  /// As many values as the layout has, as arrays of a file.
  func archiveArrays(
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
  func archiveArrays() -> [SafetensorsArchive.Array] { layout.archiveArrays(values) }

  /// Parameters of a known layout from a file that may hold anything.
  init(
    layout: ParameterLayout, archive: SafetensorsArchive, prefix: String,
    _ fail: (String) -> PriorError
  ) throws {
    var values: [Float] = []
    values.reserveCapacity(layout.count)
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
