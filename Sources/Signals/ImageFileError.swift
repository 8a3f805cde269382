/// Why a picture file could not be read or written: one line that names the file.
public struct ImageFileError: Error, CustomStringConvertible, Equatable {
  /// The kinds of failure, for programs that count or record them.
  public enum Kind: String, Sendable, Codable {
    /// There is no such file.
    case missing
    /// The path is a folder, a device or a pipe.
    case notAFile
    /// The content is neither a PNG nor a JPEG, whatever the name says.
    case notAPicture
    /// The file ends before the picture does.
    case truncated
    /// More pixels or bytes than the limits allow.
    case tooLarge
    /// A width or height of 0.
    case emptySize
    /// The content contradicts its format or its own checksums.
    case corrupt
    /// A valid picture of a kind that isn't decoded or encoded here.
    case unsupported
    /// The system refused to read the file, or memory ran out.
    case unreadable
    /// The file to be written exists and may not be replaced.
    case exists
    /// The system refused to write the file.
    case unwritable
  }

  /// The kind of failure.
  public let kind: Kind
  /// The file, as it was given.
  public let path: String
  /// What is wrong, expected against actual, without the path: text worth storing in a catalog.
  public let reason: String
  /// What to try next.
  public let advice: String

  /// An error from its parts; control characters in them are made visible in `description`.
  public init(kind: Kind, path: String, reason: String, advice: String) {
    self.kind = kind
    self.path = path
    self.reason = reason.onOneLine
    self.advice = advice.onOneLine
  }

  /// One line: the path, what is wrong, and what to try next.
  public var description: String {
    "\(path.isEmpty ? "picture" : path.onOneLine): \(reason); \(advice)"
  }
}

extension String {
  /// The text with control characters escaped, so that a hostile file name or a library's message
  /// can neither break a line nor command a terminal.
  var onOneLine: String {
    guard unicodeScalars.contains(where: Self.isControl) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if Self.isControl(scalar) {
        text += scalar.escaped(asASCII: true)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format: true
    default: false
    }
  }
}
