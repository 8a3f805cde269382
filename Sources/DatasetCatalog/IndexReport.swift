/// How far indexing has come.
public struct IndexProgress: Sendable, Equatable {
  /// Files looked at.
  public var completed: Int
  /// Files to look at; those known to be unchanged are not among them.
  public var total: Int
}

/// What indexing found.
public struct IndexReport: Sendable, Equatable {
  /// Pictures that were not in the catalog before.
  public var added = 0
  /// Pictures whose size or modification time differed, which were read again.
  public var changed = 0
  /// Pictures that are as they were, which were not read.
  public var unchanged = 0
  /// Pictures that were missing and are back.
  public var returned = 0
  /// Pictures that were there the last time and are not now.
  public var vanished = 0
  /// Pictures in the folder that can be used, those found earlier included.
  public var usable = 0
  /// Pictures in the folder that cannot be used, those found earlier included.
  public var broken = 0
  /// Pictures in the folder that are left out because they were removed from the catalog.
  public var excluded = 0
  /// Files that are no pictures and are not named like one.
  public var ignored = 0
  /// Hidden files and folders, whose names begin with a dot; they are not looked at.
  public var hidden = 0
  /// Symbolic links, which are not followed.
  public var links = 0
  /// Folders that could not be listed, each with the reason.
  public var problems: [String] = []
  /// Whether it was interrupted; what was read up to then is recorded.
  public var isCancelled = false

  /// A report of nothing.
  public init() {}
}
