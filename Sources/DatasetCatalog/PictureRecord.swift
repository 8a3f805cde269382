import Signals

/// The state of a picture in a catalog.
public enum PictureState: String, Sendable, CaseIterable {
  /// It was decoded completely.
  case usable
  /// It could not be read or decoded; the record's `reason` says why.
  case broken
  /// Its file is no longer in the folder; it returns when the file does.
  case missing
  /// The user removed it from the catalog; indexing excludes it until it is restored.
  case excluded
}

/// A catalog's entry of one file.
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
  /// The reason that it cannot be used, in one line; empty for a usable picture.
  public var reason: String
  /// The part of the collection it belongs to; nil if its content was never read.
  public var split: Split?
  /// What its samples are; nil if they were never decoded.
  public var details: PictureDetails?

  /// A record from its fields.
  public init(
    path: String, width: Int, height: Int, channels: Int, bytes: Int, modified: Int,
    contentHash: String, state: PictureState, reason: String, split: Split?,
    details: PictureDetails? = nil
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
    self.details = details
  }
}

/// What a catalog knows about a picture's samples.
public struct PictureDetails: Sendable, Equatable, Codable {
  /// Type and range of the samples, over all pages.
  public var samples: SampleStatistics
  /// The pages of a stack that are pictures like the first, counted from 1; 1 alone for other files.
  public var pages: [Int]

  /// Details from their parts.
  public init(samples: SampleStatistics, pages: [Int] = [1]) {
    self.samples = samples
    self.pages = pages
  }
}

extension PictureRecord {
  /// The pages to train on, at least one.
  var pages: [Int] { details?.pages ?? [1] }
}
