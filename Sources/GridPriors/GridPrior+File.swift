import DifferentiableCore
import Files
import ImagePriors
import Training

extension GridPrior: StoredPrior {
  /// The value of `kind` in the metadata of a prior's file.
  package static let fileKind = "siren-hyper grid prior"

  private static let prefix = "network."

  /// The prior as a safetensors archive that describes itself.
  ///
  /// - Parameter provenance: further metadata, such as the training settings.
  public func archive(provenance: [String: String]) throws -> SafetensorsArchive {
    SafetensorsArchive(
      metadata: try PriorArchive.metadata(
        kind: Self.fileKind, configuration: configuration, provenance),
      arrays: parameters.layout.archiveArrays(parameters.values, prefix: Self.prefix) + [
        .init(
          name: "calibration", shape: [2, calibration.logarithms.count],
          values: calibration.logarithms + calibration.factors)
      ])
  }

  /// Reads a prior from an archive and checks every name, shape and number.
  ///
  /// - Throws: `PriorError.notAPrior`.
  public init(archive: SafetensorsArchive, path: String) throws {
    let file = CheckedArchive(archive: archive, path: path)
    let configuration: GridPriorConfiguration = try PriorArchive.configuration(
      ofKind: Self.fileKind, in: archive, path: path)
    if let problem = configuration.problem { throw file.error(problem) }
    // The file bounds the number of parameters before a network of that shape is allocated.
    let available = archive.arrays.reduce(0) { $0 + $1.values.count }
    guard configuration.parameterCount <= available else {
      throw file.error(
        "its configuration needs \(configuration.parameterCount) parameters, but the file has \(available)"
      )
    }
    let points = try file.array("calibration", rank: 2)
    let count = points.shape[1]
    guard points.shape[0] == 2,
      let calibration = DeviationCalibration(
        logarithms: Array(points.values[..<count]), factors: Array(points.values[count...]))
    else { throw file.error("its 'calibration' is not two ascending rows") }
    let parameters = try Parameters(
      layout: configuration.network.plan.layout, archive: archive, prefix: Self.prefix
    ) { file.error($0) }
    guard
      let prior = GridPrior(configuration, parameters: parameters, calibration: calibration)
    else { throw file.error("its arrays do not fit its configuration") }
    self = prior
  }
}
