/// An error in reading or writing a file; the description is one line with the path.
public struct FileError: Error, CustomStringConvertible, Equatable {
  /// The kinds of failure, for programs that count or record them.
  public enum Kind: String, Sendable, Codable {
    /// The file does not exist.
    case missing
    /// The path names a folder, a device or a pipe.
    case notAFile
    /// The content has none of the expected formats.
    case unknownFormat
    /// The file ends before its content does.
    case truncated
    /// More bytes, pixels or samples than the limits allow.
    case tooLarge
    /// A picture without a pixel, or a sound without a frame.
    case empty
    /// The content contradicts its format or its own checksums.
    case corrupt
    /// Valid content of a kind that isn't decoded or encoded here.
    case unsupported
    /// The system refused to read the file, or memory ran out.
    case unreadable
    /// The file to be written exists and may not be replaced.
    case exists
    /// The folder that should hold the file doesn't exist.
    case folderMissing
    /// The system refused to write the file.
    case unwritable
  }

  /// The kind of failure.
  public let kind: Kind
  /// The file, as it was given; empty for content that came from no file.
  public let path: String
  /// The problem, with the expected and the actual value but without the path.
  public let reason: String
  /// Advice on what to try next.
  public let advice: String

  /// An error from its parts; control characters in them are made visible.
  public init(kind: Kind, path: String, reason: String, advice: String) {
    self.kind = kind
    self.path = path
    self.reason = reason.onOneLine
    self.advice = advice.onOneLine
  }

  /// A file that is larger than a limit.
  package static func tooManyBytes(
    path: String, byteCount: Int, limit: Int, advice: String
  ) -> FileError {
    FileError(
      kind: .tooLarge, path: path,
      reason: "the file has \(byteCount) bytes, over the limit of \(limit)", advice: advice)
  }

  /// One line: the path, what is wrong, and what to try next.
  public var description: String {
    "\(path.isEmpty ? "file" : path.onOneLine): \(reason); \(advice)"
  }
}
