import Files
import Foundation
import GridPriors
import HyperNetworks
import ImagePriors
import Numerics
import Signals
import SubspacePriors
import Training

/// Reads the files of priors of every kind.
public enum ImagePriorFile {
  /// The default name of a model file, which training writes and which precedes the bundled models.
  public static let defaultName = "prior.safetensors"

  /// The path of the default model: ``defaultName`` in a folder if it exists, else the bundled model of faces.
  ///
  /// - Parameters:
  ///   - folder: the folder to search first; nil for the current folder.
  ///   - program: the path of the program, from which the bundled model is found.
  /// - Throws: `BundledModelError` if there is neither.
  public static func defaultPath(in folder: String? = nil, program: String) throws -> String {
    let own = folder.map { $0 + "/" + defaultName } ?? defaultName
    return FileManager.default.fileExists(atPath: own)
      ? own : try BundledModel.faces.path(program: program)
  }

  /// Reads a prior of any kind and checks every name, shape and number.
  ///
  /// - Throws: `PriorError`, or `SafetensorsError` for a file that is not in the safetensors format.
  public static func read(_ path: String) throws -> any ImagePrior {
    try WorkGroup.current.requireSameFile(path)
    return try prior(in: try PriorArchive.read(path), path: path)
  }

  /// Reads a prior and the ranges of the samples of its training pictures.
  ///
  /// - Returns: the prior, and the scale; nil where the pictures were plain.
  /// - Throws: as ``read(_:)``.
  public static func readWithScale(
    _ path: String
  ) throws -> (prior: any ImagePrior, scale: PictureScale?) {
    try WorkGroup.current.requireSameFile(path)
    let archive = try PriorArchive.read(path)
    let scale = archive.metadata[scaleName].flatMap { PictureScale(json: $0) }
    return (try prior(in: archive, path: path), scale)
  }

  /// The name of the ranges in a model's metadata.
  static let scaleName = "picture_scale"

  /// Reads, checks and describes a file.
  ///
  /// - Throws: `PriorError`, or `SafetensorsError` for a file that is not in the safetensors format.
  public static func description(of path: String) throws -> PriorDescription {
    let archive = try PriorArchive.read(path)
    return PriorDescription(of: try prior(in: archive, path: path), in: archive)
  }

  private static func prior(
    in archive: SafetensorsArchive, path: String
  ) throws -> any ImagePrior {
    let kind = archive.metadata["kind"]
    if SubspacePrior.isFileKind(kind) { return try SubspacePrior(archive: archive, path: path) }
    if kind == GridPrior.fileKind { return try GridPrior(archive: archive, path: path) }
    return try HyperNetworkPrior(archive: archive, path: path)
  }
}
