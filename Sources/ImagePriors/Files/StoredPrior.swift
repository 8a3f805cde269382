import Files

/// A prior with a file of its own: one safetensors archive that describes itself.
public protocol StoredPrior: ImagePrior {
  /// The prior as an archive.
  ///
  /// - Parameter provenance: further metadata, such as the training settings.
  func archive(provenance: [String: String]) throws -> SafetensorsArchive

  /// Reads a prior from an archive and checks every name, shape and number.
  ///
  /// - Parameters:
  ///   - archive: the archive.
  ///   - path: the archive's file, for messages.
  /// - Throws: ``PriorError/notAPrior(path:problem:)``.
  init(archive: SafetensorsArchive, path: String) throws
}

extension StoredPrior {
  /// The prior as an archive without further metadata.
  public func archive() throws -> SafetensorsArchive { try archive(provenance: [:]) }

  /// Writes the prior whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - provenance: further metadata, such as the training settings.
  ///   - overwrite: whether an existing file may be replaced.
  /// - Throws: `FileError`.
  public func write(
    to path: String, provenance: [String: String] = [:], overwrite: Bool
  ) throws {
    try AtomicFile.write(
      try archive(provenance: provenance).encoded(), to: path, overwrite: overwrite)
  }

  /// Reads a prior and checks every name, shape and number.
  ///
  /// - Throws: ``PriorError``, or `SafetensorsError` for a file that is not in the safetensors format.
  public static func read(_ path: String) throws -> Self {
    try Self(archive: try PriorArchive.read(path), path: path)
  }
}
