/// The progress of indexing.
public struct IndexProgress: Sendable, Equatable {
  /// Examined files.
  public var completed: Int
  /// Files to examine, without those that are unchanged.
  public var total: Int
}

/// The counts of an indexing run.
public struct IndexReport: Sendable, Equatable {
  /// Pictures that were not in the catalog before.
  public var added = 0
  /// Pictures whose size or modification time differed, which were read again.
  public var changed = 0
  /// Unchanged pictures, which were not read.
  public var unchanged = 0
  /// Pictures that were missing and have returned.
  public var returned = 0
  /// Pictures whose files have disappeared since the last run.
  public var vanished = 0
  /// All usable pictures in the folder, including those found earlier.
  public var usable = 0
  /// All unusable pictures in the folder, including those found earlier.
  public var broken = 0
  /// Pictures in the folder that are excluded because the user removed them from the catalog.
  public var excluded = 0
  /// Files that are neither pictures nor named like one.
  public var ignored = 0
  /// Files in the folder by the extensions of their names, such as `.tif`.
  public var extensions: [String: Int] = [:]
  /// Splits that had no usable picture and were given one.
  public var filledSplits: [Split] = []
  /// Hidden files and folders, whose names begin with a dot; they are skipped.
  public var hidden = 0
  /// Symbolic links that are not followed.
  public var links = 0
  /// Pictures that were there but could not be read, which the next run tries again.
  public var unread = 0
  /// The first of these in the order of their paths, with the reason.
  public var firstUnread: String?
  /// Folders that could not be listed, and stacks with more pages than the limit, each with the reason.
  public var problems: [String] = []
  /// Whether the run was interrupted.
  ///
  /// The findings up to then are recorded.
  public var isCancelled = false

  /// An empty report.
  public init() {}
}
