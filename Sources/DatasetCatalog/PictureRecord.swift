/// Whether a picture of a catalog can be used, and if not, why.
public enum PictureState: String, Sendable, CaseIterable {
  /// It was decoded completely.
  case usable
  /// It could not be read or decoded; the record's `reason` says why.
  case broken
  /// It was in the folder once and is not there now; it comes back when the file does.
  case missing
  /// It was removed from the catalog by hand; indexing leaves it out until it is restored.
  case excluded
}

/// What a catalog knows about one file.
public struct PictureRecord: Sendable, Equatable {
  /// Path relative to the collection's folder, components separated by `/`.
  public var path: String
  /// Columns, after the file's own orientation was applied; 0 if unknown.
  public var width: Int
  /// Rows, after the file's own orientation was applied; 0 if unknown.
  public var height: Int
  /// Channels as decoded, 1 to 4; 0 if unknown.
  public var channels: Int
  /// Size of the file in bytes.
  public var bytes: Int
  /// Modification time in nanoseconds since 1970 (UTC).
  public var modified: Int
  /// SHA-256 of the file's bytes as 64 lower-case hexadecimal digits; empty if it was not read.
  public var contentHash: String
  /// Whether it can be used.
  public var state: PictureState
  /// Why it cannot be used, in one line; empty for a usable picture.
  public var reason: String
  /// The part of the collection it belongs to; nil if its content was never read.
  public var split: Split?

  /// A record from its fields.
  public init(
    path: String, width: Int, height: Int, channels: Int, bytes: Int, modified: Int,
    contentHash: String, state: PictureState, reason: String, split: Split?
  ) {
    self.path = path
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
    self.modified = modified
    self.contentHash = contentHash
    self.state = state
    self.reason = reason
    self.split = split
  }
}
