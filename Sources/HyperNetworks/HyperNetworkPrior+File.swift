import DifferentiableCore
import Files
import ImagePriors
import Training

extension HyperNetworkPrior: StoredPrior {
  /// The value of `kind` in the metadata of a prior's file.
  static let fileKind = "siren-hyper prior"

  /// The prior as a safetensors archive with its configuration.
  ///
  /// - Parameter provenance: further metadata, such as the training settings.
  public func archive(provenance: [String: String]) throws -> SafetensorsArchive {
    SafetensorsArchive(
      metadata: try PriorArchive.metadata(
        kind: Self.fileKind, configuration: configuration, provenance),
      arrays: parameters.archiveArrays())
  }

  /// Reads a prior from an archive and checks every name, shape and number.
  ///
  /// - Throws: `PriorError.notAPrior`.
  public init(archive: SafetensorsArchive, path: String) throws {
    let fail = { (problem: String) in PriorError.notAPrior(path: path, problem: problem) }
    let configuration: HyperNetworkConfiguration = try PriorArchive.configuration(
      ofKind: Self.fileKind, in: archive, path: path)
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
