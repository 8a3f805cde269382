import Files
import Foundation
import Signals
import Training

/// Reads the archives of priors and of interrupted training runs.
package enum PriorArchive {
  /// The largest model file that is read, in bytes.
  private static let largestFile = 2 << 30

  /// The archive in a regular file of reasonable size.
  package static func read(_ path: String) throws -> SafetensorsArchive {
    let data: Data
    do {
      data = try RegularFile.read(path, maximumBytes: largestFile)
    } catch let error as FileError {
      throw PriorError.notAPrior(path: path, problem: error.reason)
    }
    return try SafetensorsArchive(data: data, path: path)
  }

  /// The metadata of a prior's file: its kind and its configuration as JSON beside further text.
  package static func metadata(
    kind: String, configuration: some Encodable, _ provenance: [String: String]
  ) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = provenance
    metadata["kind"] = kind
    metadata["configuration"] = String(
      decoding: try encoder.encode(configuration), as: UTF8.self)
    return metadata
  }

  /// The configuration in the metadata of a file of a kind.
  ///
  /// - Throws: ``PriorError/notAPrior(path:problem:)``.
  package static func configuration<Configuration: Decodable>(
    ofKind kind: String, in archive: SafetensorsArchive, path: String
  ) throws -> Configuration {
    guard archive.metadata["kind"] == kind, let text = archive.metadata["configuration"] else {
      throw PriorError.notAPrior(path: path, problem: "its metadata does not say '\(kind)'")
    }
    guard
      let configuration = try? JSONDecoder().decode(Configuration.self, from: Data(text.utf8))
    else { throw PriorError.notAPrior(path: path, problem: "its configuration cannot be read") }
    return configuration
  }
}
