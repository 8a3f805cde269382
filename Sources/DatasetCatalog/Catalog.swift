import Foundation
import GRDB

/// A collection of pictures: a folder, and the database of what is known about its files.
///
/// ```swift
/// let catalog = try Catalog.open(directory: "faces", createIfMissing: true)
/// let report = try catalog.index()
/// let training = try catalog.pictures(split: .train, state: .usable)
/// ```
///
/// The catalog lives in `.siren/catalog.sqlite` inside the folder unless another file is named;
/// then the file remembers the folder. Pictures themselves are never changed, moved or deleted.
/// A catalog may be used from several threads.
public final class Catalog: Sendable {
  /// The folder of the pictures: an absolute path without symbolic links.
  public let directory: String
  /// The database file.
  public let path: String

  let database: DatabaseQueue
  let reader: FolderReader

  private init(directory: String, path: String, database: DatabaseQueue) {
    self.directory = directory
    self.path = path
    self.database = database
    self.reader = FolderReader(root: directory)
  }

  /// Where a folder's catalog lives unless told otherwise: `DIR/.siren/catalog.sqlite`.
  public static func defaultPath(directory: String) -> String {
    directory + "/.siren/catalog.sqlite"
  }

  /// Opens the catalog of a folder, and checks its integrity.
  ///
  /// - Parameters:
  ///   - directory: the folder of the pictures; nil takes the one stored in `catalogPath`.
  ///   - catalogPath: the database file; nil is `defaultPath(directory:)`.
  ///   - createIfMissing: creates the catalog if there is none, provided that the folder holds
  ///     at least one PNG or JPEG file; pictures are recorded by `index`.
  /// - Throws: `CatalogError` for a missing folder, a folder without pictures, a file that is no
  ///   catalog, is damaged, belongs to another folder, or was written by a newer version.
  public static func open(
    directory: String?, catalogPath: String? = nil, createIfMissing: Bool = false
  ) throws -> Catalog {
    let given = try directory.map(existingFolder)
    guard let path = catalogPath ?? given.map(defaultPath) else {
      throw CatalogError.folderMissing(path: "(none given)")
    }
    let exists = FileManager.default.fileExists(atPath: path)
    if !exists {
      guard createIfMissing, let given else {
        throw CatalogError.catalogMissing(path: path, directory: directory ?? "DIR")
      }
      try requirePictures(in: given)
      try createFolder(of: path, isDefault: catalogPath == nil)
    }
    let database = try CatalogFile.open(path)
    let stored = try CatalogFile.storedRoot(
      in: database, path: path, given: catalogPath == nil ? nil : given)
    let root = given ?? stored
    guard let root else { throw CatalogError.folderMissing(path: "(none given)") }
    if catalogPath != nil, let stored, stored != root {
      throw CatalogError.otherFolder(catalog: path, stored: stored, given: root)
    }
    return Catalog(directory: try existingFolder(root), path: path, database: database)
  }

  /// The absolute path, without links, of a folder that must exist.
  private static func existingFolder(_ path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard !path.isEmpty, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CatalogError.folderMissing(path: path)
    }
    guard isFolder.boolValue else { throw CatalogError.notAFolder(path: path) }
    guard let resolved = realpath(path, nil) else {
      throw CatalogError.folderUnreadable(path: path, reason: FileProblem(code: errno).description)
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func requirePictures(in root: String) throws {
    let scan = try FolderScan.of(root: root)
    let examiner = PictureExaminer(reader: FolderReader(root: root))
    guard scan.entries.contains(where: examiner.isCandidate) else {
      throw CatalogError.noPictures(
        path: root, files: scan.entries.count + scan.hidden + scan.links)
    }
  }

  private static func createFolder(of path: String, isDefault: Bool) throws {
    let folder = (path as NSString).deletingLastPathComponent
    guard isDefault else {
      guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
        throw CatalogError.inaccessible(path: path, reason: "the folder \(folder) does not exist")
      }
      return
    }
    if mkdir(folder, 0o777) != 0 && errno != EEXIST {
      throw CatalogError.inaccessible(path: path, reason: FileProblem(code: errno).description)
    }
  }

  /// Runs reads, turning database errors into one-line messages.
  func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
    try CatalogFile.explaining(path) { try database.read(work) }
  }

  /// Runs writes in one transaction, turning database errors into one-line messages.
  func write<Value>(_ work: (Database) throws -> Value) throws -> Value {
    try CatalogFile.explaining(path) { try database.write(work) }
  }
}
