import Files

/// Keeps the files of one command apart, so that it does not write over what it reads or has written.
public enum DistinctFiles {
  /// Throws if a file is written twice, or is both read and written.
  ///
  /// Paths are compared without their links, and a file need not exist. Call it before the work, whatever `--force`
  /// says: that allows a command to replace an old file, not one of its own.
  ///
  /// - Parameters:
  ///   - written: the files to write, each with its name in messages, such as "the output" or "--sheet"; a path of
  ///     nil is passed over.
  ///   - read: the files to read, likewise. A file may be read more than once.
  /// - Throws: ``CommandFailure/usage(_:)`` for the first two names of one file.
  public static func check(
    _ written: [(option: String, path: String?)], read: [(option: String, path: String?)] = []
  ) throws {
    var names = [String: String]()
    for (option, path) in read {
      if let path { names[AtomicFile.place(of: path)] = option }
    }
    for (option, path) in written {
      guard let path else { continue }
      let place = AtomicFile.place(of: path)
      if let other = names[place] {
        throw CommandFailure.usage(
          "\(option) and \(other) are the same file, '\(path)'; name another one")
      }
      names[place] = option
    }
  }
}
