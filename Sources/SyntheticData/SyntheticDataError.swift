/// Why drawn data cannot be written; one line for the user.
public enum SyntheticDataError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file, or something else, stands where a folder was expected.
  case notAFolder(path: String)
  /// The folder does not exist and cannot be made.
  case folderUnmakeable(path: String)

  /// The message.
  public var description: String {
    switch self {
    case .notAFolder(let path):
      "\(path): is not a folder; give the folder that holds the pictures"
    case .folderUnmakeable(let path):
      "\(path): the folder cannot be made; check the permissions above it, or name another"
    }
  }
}
