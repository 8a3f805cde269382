import DifferentiableCore
import Files
import Foundation
import ImagePriors
import Signals
import Training

extension HyperNetworkPrior {
  /// The value of `kind` in the metadata of a prior's file.
  static let fileKind = "siren-hyper prior"

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
  /// - Throws: `PriorError`, or `SafetensorsError` for a file that is not safetensors.
  public static func read(_ path: String) throws -> HyperNetworkPrior {
    try HyperNetworkPrior(archive: try PriorArchive.read(path), path: path)
  }

  package init(archive: SafetensorsArchive, path: String) throws {
    let fail = { (problem: String) in PriorError.notAPrior(path: path, problem: problem) }
    guard archive.metadata["kind"] == Self.fileKind, let text = archive.metadata["configuration"]
    else { throw fail("its metadata does not say '\(Self.fileKind)'") }
    guard
      let configuration = try? JSONDecoder().decode(
        HyperNetworkConfiguration.self, from: Data(text.utf8))
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
