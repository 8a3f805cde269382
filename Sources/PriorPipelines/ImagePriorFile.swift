import Files
import Foundation
import HyperNetworks
import ImagePriors
import SubspacePriors
import Training

/// The files of priors: the one place that knows which kinds there are.
public enum ImagePriorFile {
  /// What a prior is called where no name was given: written by training, and read before the bundled model.
  public static let defaultName = "prior.safetensors"

  /// The prior to use where none was named: ``defaultName`` in a folder, or else the bundled model.
  ///
  /// - Parameters:
  ///   - folder: where to look first; the current folder unless told.
  ///   - program: the program's path, near which the bundled model lies.
  /// - Throws: `BundledModelError` where there is neither.
  public static func defaultPath(in folder: String? = nil, program: String) throws -> String {
    let own = folder.map { $0 + "/" + defaultName } ?? defaultName
    return FileManager.default.fileExists(atPath: own)
      ? own : try BundledModel.path(program: program)
  }

  /// Reads a prior of either kind; every name, shape and number is checked.
  ///
  /// - Throws: `PriorError`, or `SafetensorsError` for a file that is not safetensors.
  public static func read(_ path: String) throws -> any ImagePrior {
    try prior(in: try PriorArchive.read(path), path: path)
  }

  /// Describes a file; it is read and checked as for use.
  ///
  /// - Throws: `PriorError`, or `SafetensorsError` for a file that is not safetensors.
  public static func description(of path: String) throws -> PriorDescription {
    let archive = try PriorArchive.read(path)
    return PriorDescription(of: try prior(in: archive, path: path), in: archive)
  }

  private static func prior(
    in archive: SafetensorsArchive, path: String
  ) throws -> any ImagePrior {
    SubspacePrior.isFileKind(archive.metadata["kind"])
      ? try SubspacePrior(archive: archive, path: path)
      : try HyperNetworkPrior(archive: archive, path: path)
  }
}
