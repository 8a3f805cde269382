import Files
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
  /// The pages that were left out because the stack has more than the limit; nil if all were examined.
  public var omitted: OmittedPages?

  /// What was left out of a stack of too many pages.
  public struct OmittedPages: Sendable, Equatable, Codable {
    /// The number of pages that were examined: the first ones.
    public var examined: Int
    /// The number of pages in the file.
    public var total: Int

    /// Omitted pages from the numbers of examined and of all pages.
    public init(examined: Int, total: Int) {
      self.examined = examined
      self.total = total
    }
  }

  /// Details from their parts.
  public init(samples: SampleStatistics, pages: [Int] = [1], omitted: OmittedPages? = nil) {
    self.samples = samples
    self.pages = pages
    self.omitted = omitted
  }

  /// Details of a file's samples, with what the file's pages are.
  init(samples: SampleStatistics, stack: PictureStack) {
    self.init(
      samples: samples, pages: stack.pages,
      omitted: stack.examined < stack.total
        ? OmittedPages(examined: stack.examined, total: stack.total) : nil)
  }
}

extension PictureRecord {
  /// The pages to train on, at least one.
  var pages: [Int] { details?.pages ?? [1] }

  /// Whether pages were left out that the present limit allows.
  var lacksAllowedPages: Bool {
    details?.omitted.map { $0.examined < ImageLimits.standard.maximumPages } ?? false
  }

  /// What the user should know about the picture's omitted pages, in one line; nil if there are none.
  var omissionWarning: String? {
    guard let omitted = details?.omitted else { return nil }
    let isMost = omitted.examined >= ImageLimits.mostPages
    let total =
      omitted.total > ImageLimits.mostPages
      ? "more than \(ImageLimits.mostPages)" : "\(omitted.total)"
    return
      "\(path): only the first \(omitted.examined) of its \(total) pages are used; split the file"
      + (isMost ? "" : ", \(FileLimit.frames.advice)")
  }
}
