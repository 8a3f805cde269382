import DifferentiableCore
import Files
import Foundation
import ImagePriors
import Signals
import Training

extension HyperNetworkPrior {
  /// The value of `kind` in the metadata of a prior's file.
  static let fileKind = "siren-hyper prior"

  /// The prior as a safetensors archive with its configuration.
  ///
  /// - Parameter provenance: further metadata, such as the training settings.
  public func archive(provenance: [String: String] = [:]) throws -> SafetensorsArchive {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = provenance
    metadata["kind"] = Self.fileKind
    metadata["configuration"] = String(
      decoding: try encoder.encode(configuration), as: UTF8.self)
    return SafetensorsArchive(metadata: metadata, arrays: parameters.archiveArrays())
  }

  /// Writes the prior atomically.
  public func write(
    to path: String, provenance: [String: String] = [:], overwrite: Bool
  ) throws {
    try AtomicFile.write(
      try archive(provenance: provenance).encoded(), to: path, overwrite: overwrite)
  }

  /// Reads a prior and checks every name, shape and number.
  ///
  /// - Throws: `PriorError`, or `SafetensorsError` for a file that is not in the safetensors format.
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
    // The file bounds the number of parameters before a network of that shape is allocated.
    let available = archive.arrays.reduce(0) { $0 + $1.values.count }
    let needed = configuration.parameterCount
    guard needed <= available else {
      throw fail("its configuration needs \(needed) parameters, but the file has \(available)")
    }
    self.init(
      configuration,
      parameters: try Parameters(
        layout: Self.layout(of: configuration), archive: archive, prefix: "", fail))
  }
}
