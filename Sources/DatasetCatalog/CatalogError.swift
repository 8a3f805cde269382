/// Why a collection, its catalog or its pixel cache cannot be used.
///
/// Every description is one line: what, where, and what to try next.
public enum CatalogError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The folder does not exist.
  case folderMissing(path: String)
  /// A file, or something else, stands where a folder was expected.
  case notAFolder(path: String)
  /// The folder cannot be listed.
  case folderUnreadable(path: String, reason: String)
  /// The folder does not exist and cannot be made.
  case folderUnmakeable(path: String)
  /// The folder holds no PNG and no JPEG file; `files` is the number of other files seen.
  case noPictures(path: String, files: Int)
  /// There is no catalog yet.
  case catalogMissing(path: String, directory: String)
  /// The file is not an SQLite database.
  case notADatabase(path: String)
  /// The file is an SQLite database of another program.
  case foreignDatabase(path: String)
  /// The catalog was written by a newer version of this program.
  case newerSchema(path: String)
  /// The database is damaged.
  case damaged(path: String, reason: String)
  /// The catalog describes another folder than the one given.
  case otherFolder(catalog: String, stored: String, given: String)
  /// The system does not permit to create, read or write the catalog.
  case inaccessible(path: String, reason: String)
  /// The folder that should hold the catalog does not exist.
  case catalogFolderMissing(path: String, folder: String)
  /// Another program has been writing in the catalog for too long.
  case busy(path: String)
  /// There is no space left for the catalog.
  case diskFull(path: String)
  /// The catalog cannot be created, read or written, for another reason.
  case unusable(path: String, reason: String)
  /// A path in the catalog leads, or may lead, out of the folder.
  case unsafePath(path: String, catalog: String)
  /// The catalog has no such picture.
  case unknownPicture(path: String, catalog: String)
  /// A picture can not be read from disk.
  case unreadablePicture(path: String, reason: String)
  /// A picture is no longer what it was when it was indexed.
  case pictureChanged(path: String)
  /// The picture's content was never read, so it belongs to no split.
  case noContent(path: String)
  /// A value in the catalog is not one that this program writes.
  case invalidValue(column: String, value: String, catalog: String)
  /// A run that the catalog does not know.
  case unknownRun(id: Int64, catalog: String)
  /// A text that should have been JSON.
  case invalidJSON(text: String)
  /// A pixel cache was asked for with a size or a number of channels that it cannot have.
  case invalidCacheShape(size: Int, channels: Int)
  /// A pixel cache that was opened can no longer be read.
  case cacheUnreadable(path: String, reason: String)
  /// No usable picture in the split.
  case emptySplit(split: Split, directory: String)
  /// No usable picture in the split is large enough for a window.
  case noWindow(split: Split, size: Int, directory: String)
  /// The work was interrupted.
  case cancelled

  /// One line: where, what, and what to try next.
  public var description: String {
    switch self {
    case .folderMissing(let path):
      "\(path): no such folder; give an existing folder of PNG or JPEG pictures"
    case .notAFolder(let path):
      "\(path): is not a folder; give the folder that holds the pictures"
    case .folderUnreadable(let path, let reason):
      "\(path): cannot be listed (\(reason)); "
        + (FileProblem.isAboutPermissions(reason)
          ? "check its permissions" : "check the disk, and try again")
    case .folderUnmakeable(let path):
      "\(path): the folder cannot be made; check the permissions above it, or name another"
    case .noPictures(let path, let files):
      files == 0
        ? "\(path): the folder is empty; put PNG or JPEG pictures into it, "
          + "or make some with 'siren-hyper dataset synthesize'"
        : "\(path): no PNG or JPEG picture among \(files) files (hidden ones and links are left "
          + "out); give the folder that holds the pictures"
    case .catalogMissing(let path, let directory):
      "\(path): there is no catalog yet; run 'siren-hyper dataset index \(directory)' first"
    case .notADatabase(let path):
      "\(path): is not a catalog (not an SQLite database); move it away and index again, "
        + "or name another file with --catalog"
    case .foreignDatabase(let path):
      "\(path): is a database of another program, not a catalog; name another file with --catalog"
    case .newerSchema(let path):
      "\(path): was written by a newer version of siren-hyper; update siren-hyper, "
        + "or name another file with --catalog"
    case .damaged(let path, let reason):
      "\(path): the catalog is damaged (\(reason)); move it away and index the folder again"
    case .otherFolder(let catalog, let stored, let given):
      "\(catalog): describes the folder \(stored), not \(given); name another file with --catalog"
    case .inaccessible(let path, let reason):
      "\(path): the catalog cannot be used (\(reason)); check the folder's permissions, "
        + "or name a file elsewhere with --catalog"
    case .catalogFolderMissing(let path, let folder):
      "\(path): the catalog cannot be created (the folder \(folder) does not exist); "
        + "create the folder, or name a file elsewhere with --catalog"
    case .busy(let path):
      "\(path): another program is writing in the catalog; try again when it has finished"
    case .diskFull(let path):
      "\(path): the catalog cannot be written (no space is left); free some, "
        + "or name a file elsewhere with --catalog"
    case .unusable(let path, let reason):
      "\(path): the catalog cannot be used (\(reason)); name another file with --catalog"
    case .unsafePath(let path, let catalog):
      "\(catalog): refuses the path '\(path)', which leads out of the folder; "
        + "the catalog was tampered with: move it away and index the folder again"
    case .unknownPicture(let path, let catalog):
      "\(path): no such picture in \(catalog); 'siren-hyper dataset list' shows the paths"
    case .unreadablePicture(let path, let reason):
      "\(path): cannot be read (\(reason)); run 'siren-hyper dataset index' again"
    case .pictureChanged(let path):
      "\(path): changed since it was indexed; run 'siren-hyper dataset index' again"
    case .noContent(let path):
      "\(path): belongs to no split, for its content could not be read; make it readable and "
        + "index again"
    case .invalidValue(let column, let value, let catalog):
      "\(catalog): '\(value)' is no valid \(column); move the catalog away and index again"
    case .unknownRun(let id, let catalog):
      "\(catalog): has no run \(id); 'siren-hyper runs' lists them"
    case .invalidJSON(let text):
      "expected a JSON text, got '\(text.prefix(60))'"
    case .invalidCacheShape(let size, let channels):
      "pixel cache of \(size)x\(size) with \(channels) channels: expected a size of 1 to 4096 "
        + "and 1 or 3 channels"
    case .cacheUnreadable(let path, let reason):
      "\(path): the pixel cache cannot be read (\(reason)); run the command again to make it anew"
    case .emptySplit(let split, let directory):
      "\(directory): no usable picture in the \(split.rawValue) split; add pictures and index "
        + "again, or assign some with 'siren-hyper dataset split --set'"
    case .noWindow(let split, let size, let directory):
      "\(directory): no picture in the \(split.rawValue) split has room for windows of "
        + "\(size)x\(size); pass a smaller --size, or assign larger pictures with "
        + "'siren-hyper dataset split --set'"
    case .cancelled:
      "interrupted; run the command again to go on"
    }
  }
}
