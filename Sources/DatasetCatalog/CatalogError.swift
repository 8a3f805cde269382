import Files
import Signals

/// An error in the use of a collection, its catalog or its pixel cache.
///
/// Every description is one line: the path, the problem, and what to try next.
public enum CatalogError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The folder does not exist.
  case folderMissing(path: String)
  /// A file or something else is at the path of a folder.
  case notAFolder(path: String)
  /// The folder cannot be listed.
  case folderUnreadable(path: String, reason: String)
  /// The folder does not exist and cannot be created.
  case folderUnmakeable(path: String)
  /// The folder holds no PNG and no JPEG file; `files` is the number of other files seen, and `kinds`
  /// are their numbers by extension.
  case noPictures(path: String, files: Int, kinds: [String: Int] = [:])
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
  /// The system denies permission to create, read or write the catalog.
  case inaccessible(path: String, reason: String)
  /// The folder that should hold the catalog does not exist.
  case catalogFolderMissing(path: String, folder: String)
  /// Another program has been writing to the catalog for too long.
  case busy(path: String)
  /// There is no space left for the catalog.
  case diskFull(path: String)
  /// The catalog cannot be created, read or written, for another reason.
  case unusable(path: String, reason: String)
  /// A path in the catalog leads or may lead out of the folder.
  case unsafePath(path: String, catalog: String)
  /// The picture is not in the catalog.
  case unknownPicture(path: String, catalog: String)
  /// A picture cannot be read from disk.
  case unreadablePicture(path: String, reason: String)
  /// A picture has changed since it was indexed.
  case pictureChanged(path: String)
  /// A pattern is not a regular expression, or its search failed.
  case invalidPattern(pattern: String, reason: String)
  /// There are fewer groups than splits.
  case tooFewGroups(pattern: String, groups: Int, needed: Int)
  /// The picture's content was never read, so it belongs to no split.
  case noContent(path: String)
  /// A value in the catalog is not one that this program writes.
  case invalidValue(column: String, value: String, catalog: String)
  /// The run is not in the catalog.
  case unknownRun(id: Int64, catalog: String)
  /// A text is not JSON.
  case invalidJSON(text: String)
  /// The requested size or number of channels of a pixel cache is out of range.
  case invalidCacheShape(size: Int, channels: Int)
  /// A pixel cache that was opened can no longer be read.
  case cacheUnreadable(path: String, reason: String)
  /// No usable picture in the split.
  case emptySplit(split: Split, directory: String)
  /// No usable picture in the split is large enough for a window.
  case noWindow(split: Split, size: Int, directory: String)
  /// The work was interrupted.
  case cancelled

  /// The message: one line, whatever the names of files and the database say.
  public var description: String { text.onOneLine }

  private var text: String {
    switch self {
    case .folderMissing(let path):
      "\(path): the folder does not exist; pass an existing folder of pictures"
    case .notAFolder(let path):
      "\(path): this is not a folder; pass the folder of the pictures"
    case .folderUnreadable(let path, let reason):
      "\(path): cannot be listed (\(reason)); "
        + (FileProblem.isAboutPermissions(reason)
          ? "check its permissions" : "check the disk, and try again")
    case .folderUnmakeable(let path):
      "\(path): the folder cannot be created; check the permissions above it, or pass another folder"
    case .noPictures(let path, let files, let kinds):
      files == 0
        ? "\(path): the folder is empty; put pictures into it (\(ImageFormat.names)), "
          + "or draw some with 'siren-hyper dataset synthesize'"
        : "\(path): there is no picture (\(ImageFormat.names)) among \(files) files"
          + (kinds.isEmpty ? "" : " (\(Self.list(kinds)))")
          + "; convert the pictures, or pass their folder (hidden files are skipped, and links without "
          + "--follow-links)"
    case .catalogMissing(let path, let directory):
      "\(path): there is no catalog yet; run 'siren-hyper dataset index \(directory)' first"
    case .notADatabase(let path):
      "\(path): this is not a catalog (not an SQLite database); move it away and index again, "
        + "or name another file with --catalog"
    case .foreignDatabase(let path):
      "\(path): this is a database of another program; name another file with --catalog"
    case .newerSchema(let path):
      "\(path): a newer version of siren-hyper wrote this catalog; update siren-hyper, "
        + "or name another file with --catalog"
    case .damaged(let path, let reason):
      "\(path): the catalog is damaged (\(reason)); move it away and index the folder again"
    case .otherFolder(let catalog, let stored, let given):
      "\(catalog): this catalog describes the folder \(stored), not \(given); name another file with "
        + "--catalog"
    case .inaccessible(let path, let reason):
      "\(path): the catalog cannot be used (\(reason)); check the folder's permissions, "
        + "or name a file elsewhere with --catalog"
    case .catalogFolderMissing(let path, let folder):
      "\(path): the catalog cannot be created (the folder \(folder) does not exist); "
        + "create the folder, or name a file elsewhere with --catalog"
    case .busy(let path):
      "\(path): another program is writing to the catalog; try again when it has finished"
    case .diskFull(let path):
      "\(path): the catalog cannot be written (no space is left); free some space, "
        + "or name a file elsewhere with --catalog"
    case .unusable(let path, let reason):
      "\(path): the catalog cannot be used (\(reason)); name another file with --catalog"
    case .unsafePath(let path, let catalog):
      "\(catalog): the path '\(path)' leads out of the folder, so the catalog was tampered with; "
        + "move it away and index the folder again"
    case .unknownPicture(let path, let catalog):
      "\(path): this picture is not in \(catalog); 'siren-hyper dataset list' prints the paths"
    case .unreadablePicture(let path, let reason):
      "\(path): cannot be read (\(reason)); run 'siren-hyper dataset index' again"
    case .pictureChanged(let path):
      "\(path): the picture changed since it was indexed; run 'siren-hyper dataset index' again"
    case .invalidPattern(let pattern, let reason):
      "'\(pattern)' is not a regular expression that can be used "
        + "(\(reason.split(whereSeparator: \.isNewline).joined(separator: " "))); pass one such as "
        + "--group-by '^[^/_]+'"
    case .tooFewGroups(let pattern, let groups, let needed):
      "'\(pattern)' makes \(groups) groups of usable pictures, and \(needed) splits need one each; "
        + "pass another --group-by, or a --ratio with zeros"
    case .noContent(let path):
      "\(path): the picture has no split because its content could not be read; make it readable "
        + "and index again"
    case .invalidValue(let column, let value, let catalog):
      "\(catalog): '\(value)' is not a valid \(column); move the catalog away and index again"
    case .unknownRun(let id, let catalog):
      "\(catalog): there is no run \(id); 'siren-hyper runs list' lists the runs"
    case .invalidJSON(let text):
      "expected a JSON text, got '\(text.prefix(60))'"
    case .invalidCacheShape(let size, let channels):
      "pixel cache of \(size)x\(size) with \(channels) channels: expected a size of 1 to 4096 "
        + "and 1 or 3 channels"
    case .cacheUnreadable(let path, let reason):
      "\(path): the pixel cache cannot be read (\(reason)); run the command again to rebuild it"
    case .emptySplit(let split, let directory):
      "\(directory): there is no usable picture in the \(split.rawValue) split; add pictures and index "
        + "again, or assign some with 'siren-hyper dataset split --set'"
    case .noWindow(let split, let size, let directory):
      "\(directory): no picture in the \(split.rawValue) split is large enough for windows of "
        + "\(size)x\(size); pass a smaller --size, or assign larger pictures with "
        + "'siren-hyper dataset split --set'"
    case .cancelled:
      "interrupted; run the same command again to continue"
    }
  }

  /// Numbers of files by extension, the most frequent first.
  private static func list(_ kinds: [String: Int]) -> String {
    let sorted = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let names = sorted.prefix(5).map {
      "\($0.value) \($0.key.isEmpty ? "without extension" : $0.key)"
    }
    return names.joined(separator: ", ") + (sorted.count > 5 ? ", ..." : "")
  }
}
