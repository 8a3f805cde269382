import DifferentiableCore
import Fields
import Foundation
import Signals
import Training

/// Why a file holds no usable field; one line for the user.
public struct FieldFileError: Error, CustomStringConvertible, Equatable {
  /// The file.
  public let path: String
  /// What is wrong, with expected and actual.
  public let problem: String

  /// The message.
  public var description: String {
    "'\(path)' holds no field: \(problem). Pass a model written by 'siren fit'."
  }
}

/// SIRENs as safetensors files with the well-known notebook's names; a file describes itself.
public enum FieldFile {
  private static let kind = "siren field"
  private static let largestFile = 1 << 30

  /// Writes a network whole or not at all.
  ///
  /// - Parameters:
  ///   - provenance: further metadata, such as what was fitted and how.
  ///   - overwrite: whether a file of that name may be replaced.
  public static func write(
    _ field: Siren, to path: String, provenance: [String: String] = [:], overwrite: Bool
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var metadata = provenance
    metadata["kind"] = kind
    metadata["architecture"] = String(
      decoding: try encoder.encode(field.architecture), as: UTF8.self)
    metadata["value_range"] = "-1...1"
    let archive = SafetensorsArchive(
      metadata: metadata,
      arrays: field.parameters.layout.entries.map { entry in
        .init(
          name: entry.name, shape: entry.shape,
          values: Array(field.parameters.values[entry.range]))
      })
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: overwrite)
  }

  /// Reads a network and the file's metadata; every name, shape and number is checked.
  ///
  /// - Throws: ``FieldFileError`` or `SafetensorsError`.
  public static func read(_ path: String) throws -> (field: Siren, metadata: [String: String]) {
    let fail = { (problem: String) in FieldFileError(path: path, problem: problem) }
    let data: Data
    do {
      data = try RegularFile.read(path, maximumBytes: largestFile)
    } catch let error as ImageFileError {
      throw fail(error.reason)
    }
    let size = data.count
    let archive = try SafetensorsArchive(data: data, path: path)
    guard archive.metadata["kind"] == kind, let text = archive.metadata["architecture"],
      let architecture = try? JSONDecoder().decode(SirenArchitecture.self, from: Data(text.utf8))
    else { throw fail("its metadata does not describe one") }
    let sizes = [architecture.coordinates, architecture.hiddenWidth, architecture.outputs]
    guard sizes.allSatisfy({ (1...65_536).contains($0) }),
      (0...256).contains(architecture.hiddenLayers),
      architecture.omegaFirst.isFinite, architecture.omegaHidden.isFinite,
      architecture.hiddenWidth <= size
    else { throw fail("its architecture has a size out of range") }
    var values: [Float] = []
    let layout = Siren.layout(of: architecture)
    guard layout.count <= size / 4 else {
      throw fail("its architecture needs \(layout.count) numbers, the file has \(size) bytes")
    }
    for entry in layout.entries {
      guard let array = archive[entry.name] else { throw fail("it lacks '\(entry.name)'") }
      guard array.shape == entry.shape else {
        throw fail("'\(entry.name)' has shape \(array.shape), expected \(entry.shape)")
      }
      guard array.values.allSatisfy({ $0.isFinite }) else {
        throw fail("'\(entry.name)' has values that are not finite")
      }
      values += array.values
    }
    guard
      let field = Siren(architecture, parameters: Parameters(layout: layout, values: values))
    else { throw fail("its parameters do not fit its architecture") }
    return (field, archive.metadata)
  }
}
