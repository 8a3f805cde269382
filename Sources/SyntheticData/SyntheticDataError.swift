/// An error in writing synthetic data; the description is one line.
public enum SyntheticDataError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file or something else is at the path of the folder.
  case notAFolder(path: String)
  /// The folder does not exist and cannot be created.
  case folderUnmakeable(path: String)

  /// The message.
  public var description: String {
    switch self {
    case .notAFolder(let path):
      "\(path): this is not a folder; pass the folder of the pictures"
    case .folderUnmakeable(let path):
      "\(path): the folder cannot be created; check the permissions above it, or pass another folder"
    }
  }
}
