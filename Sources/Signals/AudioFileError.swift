/// Why a sound file could not be read or written: one line that names the file.
public struct AudioFileError: Error, CustomStringConvertible, Equatable {
  /// The kinds of failure.
  public enum Kind: String, Sendable, Codable {
    /// There is no such file, it is no file, or the system refused.
    case unreadable
    /// The content is neither WAV, FLAC nor Ogg, whatever the name says.
    case notASound
    /// The file ends before the sound does.
    case truncated
    /// More samples or bytes than the limits allow.
    case tooLarge
    /// Not one frame.
    case empty
    /// The content contradicts its format, or a sample is not a finite number.
    case corrupt
    /// The system refused to write the file, or it exists and may not be replaced.
    case unwritable
  }

  /// The kind of failure.
  public let kind: Kind
  /// The file, as it was given.
  public let path: String
  /// What is wrong, expected against actual, without the path.
  public let reason: String
  /// What to try next.
  public let advice: String

  /// An error from its parts; control characters in them are made visible.
  public init(kind: Kind, path: String, reason: String, advice: String) {
    self.kind = kind
    self.path = path
    self.reason = reason.onOneLine
    self.advice = advice.onOneLine
  }

  /// One line: the path, what is wrong, and what to try next.
  public var description: String {
    "\(path.isEmpty ? "sound" : path.onOneLine): \(reason); \(advice)"
  }
}
