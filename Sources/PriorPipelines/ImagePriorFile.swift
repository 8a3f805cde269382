import Files
import HyperNetworks
import ImagePriors
import SubspacePriors
import Training

/// The files of priors: the one place that knows which kinds there are.
public enum ImagePriorFile {
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
    archive.metadata["kind"] == SubspacePrior.fileKind
      ? try SubspacePrior(archive: archive, path: path)
      : try HyperNetworkPrior(archive: archive, path: path)
  }
}
