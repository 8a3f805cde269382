import DifferentiableCore
import Files
import Foundation
import ImagePriors
import Training

extension GridPrior {
  /// The value of `kind` in the metadata of a prior's file.
  package static let fileKind = "siren-hyper grid prior"

  private static let prefix = "network."

  /// The prior as a safetensors archive that describes itself.
  ///
  /// - Parameter provenance: further metadata, such as the training settings.
  public func archive(provenance: [String: String] = [:]) throws -> SafetensorsArchive {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = provenance
    metadata["kind"] = Self.fileKind
    metadata["configuration"] = String(
      decoding: try encoder.encode(configuration), as: UTF8.self)
    let points = calibration.logarithms.count
    return SafetensorsArchive(
      metadata: metadata,
      arrays: parameters.layout.archiveArrays(parameters.values, prefix: Self.prefix) + [
        .init(
          name: "calibration", shape: [2, points],
          values: calibration.logarithms + calibration.factors)
      ])
  }

  /// Writes the prior whole or not at all.
  public func write(
    to path: String, provenance: [String: String] = [:], overwrite: Bool
  ) throws {
    try AtomicFile.write(
      try archive(provenance: provenance).encoded(), to: path, overwrite: overwrite)
  }

  /// Reads a prior and checks every name, shape and number.
  ///
  /// - Throws: `PriorError`, or `SafetensorsError` for a file that is not in the safetensors format.
  public static func read(_ path: String) throws -> GridPrior {
    try GridPrior(archive: try PriorArchive.read(path), path: path)
  }

  package init(archive: SafetensorsArchive, path: String) throws {
    let file = CheckedArchive(archive: archive, path: path)
    guard archive.metadata["kind"] == Self.fileKind,
      let text = archive.metadata["configuration"]
    else { throw file.error("its metadata does not say '\(Self.fileKind)'") }
    guard
      let configuration = try? JSONDecoder().decode(
        GridPriorConfiguration.self, from: Data(text.utf8))
    else { throw file.error("its configuration cannot be read") }
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
