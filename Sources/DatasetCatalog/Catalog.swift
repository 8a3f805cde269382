import Foundation
import GRDB
import Numerics

/// A collection of pictures: a folder and a database about its files.
///
/// ```swift
/// let catalog = try Catalog.open(directory: "faces", createIfMissing: true)
/// let report = try catalog.index()
/// let training = try catalog.pictures(split: .train, state: .usable)
/// ```
///
/// The default catalog is `.siren/catalog.sqlite` inside the folder. A catalog elsewhere stores the path
/// of the folder. Pictures themselves are never changed, moved or deleted. A catalog may be used from
/// several threads.
public final class Catalog: Sendable {
  /// The folder of the pictures: an absolute path without symbolic links.
  public let directory: String
  /// The database file.
  public let path: String

  let reader: FolderReader
  /// Pixels that indexing decoded for the next pixel cache.
  let decodedPixels = Guarded(DecodedPixels())

  /// A connection for reading, which blocks no other program and needs no permission to write.
  private let database: DatabaseQueue
  /// A connection for writing, which is opened by the first change.
  private let writer = Guarded<DatabaseQueue?>(nil)
  /// The folder to note in the catalog; nil if the catalog lies inside it.
  private let rootToNote: String?

  private init(
    directory: String, path: String, database: DatabaseQueue, rootToNote: String?,
    followsLinks: Bool
  ) {
    self.directory = directory
    self.path = path
    self.database = database
    self.rootToNote = rootToNote
    reader = FolderReader(root: directory, followsLinks: followsLinks)
  }

  /// The default path of a folder's catalog: `DIR/.siren/catalog.sqlite`.
  public static func defaultPath(directory: String) -> String {
    directory + "/.siren/catalog.sqlite"
  }

  /// Opens the catalog of a folder and checks its integrity.
  ///
  /// An existing catalog is opened for reading, so that its folder may be read-only and another program
  /// may be writing. The first change opens it for writing. If several programs create it at the same
  /// time, one does and the others wait.
  ///
  /// - Parameters:
  ///   - directory: the folder of the pictures; nil takes the one stored in `catalogPath`.
  ///   - catalogPath: the database file; nil is `defaultPath(directory:)`.
  ///   - createIfMissing: creates the catalog if there is none, provided that the folder holds
  ///     at least one picture file; pictures are recorded by `index`.
  ///   - followsLinks: whether symbolic links in the folder are followed, which the catalog remembers;
  ///     nil does what it remembers.
  /// - Throws: `CatalogError` for a missing folder, a folder without pictures, a file that is no
  ///   catalog, is damaged, belongs to another folder, or was written by a newer version.
  public static func open(
    directory: String?, catalogPath: String? = nil, createIfMissing: Bool = false,
    followsLinks: Bool? = nil
  ) throws -> Catalog {
    let given = try directory.map(existingFolder)
    guard let path = catalogPath ?? given.map(defaultPath) else {
      throw CatalogError.folderMissing(path: "(none given)")
    }
    let toNote = catalogPath == nil ? nil : given
    let database = try open(
      path, create: createIfMissing ? given : nil, followsLinks: followsLinks ?? false,
      isDefault: catalogPath == nil, rootToNote: toNote,
      missing: .catalogMissing(path: path, directory: directory ?? "DIR"))
    let stored = try CatalogFile.explaining(path) {
      try database.read { try CatalogFile.storedRoot(in: $0) ?? nil }
    }
    guard let root = given ?? stored else {
      throw CatalogError.folderMissing(path: "(none given)")
    }
    if catalogPath != nil, let stored, stored != root, !CatalogFile.isGone(stored) {
      throw CatalogError.otherFolder(catalog: path, stored: stored, given: root)
    }
    let remembered = try CatalogFile.explaining(path) {
      try database.read { try CatalogSettings(in: $0, path: path).followsLinks }
    }
    let catalog = Catalog(
      directory: try existingFolder(root), path: path, database: database, rootToNote: toNote,
      followsLinks: followsLinks ?? remembered)
    if let followsLinks, followsLinks != remembered {
      try catalog.write { database in
        var settings = try CatalogSettings(in: database, path: path)
        settings.followsLinks = followsLinks
        try settings.write(to: database)
      }
    }
    return catalog
  }

  /// The database, for reading.
  ///
  /// - Parameters:
  ///   - create: the folder of pictures to create a catalog for if there is none; nil throws
  ///     `missing`.
  ///   - isDefault: the catalog's own folder may be made.
  private static func open(
    _ path: String, create root: String?, followsLinks: Bool, isDefault: Bool, rootToNote: String?,
    missing: CatalogError
  ) throws -> DatabaseQueue {
    if FileManager.default.fileExists(atPath: path) {
      switch try CatalogFile.openForReading(path) {
      case .readable(let database):
        guard root != nil, try CatalogFile.keepsLog(database, path: path) else { return database }
        // Of an earlier version; a log that cannot be given up now stays.
        try? database.close()
        _ = try? CatalogFile.openForWriting(path, root: rootToNote)
        guard case .readable(let database) = try CatalogFile.openForReading(path) else { break }
        return database
      case .needsWriting: break
      case .empty:
        guard root != nil else { throw missing }
      }
    } else {
      guard let root else { throw missing }
      try requirePictures(in: root, followsLinks: followsLinks)
      try createFolder(of: path, isDefault: isDefault)
    }
    let writer = try CatalogFile.openForWriting(path, root: rootToNote)
    guard case .readable(let database) = try CatalogFile.openForReading(path) else { return writer }
    return database
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

  private static func requirePictures(in root: String, followsLinks: Bool) throws {
    let scan = try FolderScan.of(root: root, followsLinks: followsLinks)
    let examiner = PictureExaminer(reader: FolderReader(root: root, followsLinks: followsLinks))
    guard scan.entries.contains(where: examiner.isCandidate) else {
      if let problem = scan.unlisted.first {
        throw CatalogError.folderUnreadable(
          path: "\(root)/\(problem.folder)", reason: problem.reason)
      }
      throw CatalogError.noPictures(
        path: root, files: scan.entries.count + scan.hidden + scan.links, kinds: scan.extensions)
    }
  }

  private static func createFolder(of path: String, isDefault: Bool) throws {
    let folder = FilePath.split(path).folder
    guard isDefault else {
      guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
        throw CatalogError.catalogFolderMissing(path: path, folder: folder)
      }
      return
    }
    guard mkdir(folder, 0o777) != 0 else { return }
    switch errno {
    case EEXIST: break
    case EACCES, EPERM, EROFS:
      throw CatalogError.inaccessible(path: path, reason: FileProblem(code: errno).description)
    case ENOSPC, EDQUOT: throw CatalogError.diskFull(path: path)
    case let code:
      throw CatalogError.unusable(path: path, reason: FileProblem(code: code).description)
    }
  }

  /// Runs reads, turning database errors into one-line messages.
  func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
    try CatalogFile.explaining(path) { try database.read(work) }
  }

  /// Runs reads and writes in one transaction, which sees what no other program changes
  /// meanwhile; turns database errors into one-line messages.
  func write<Value>(_ work: (Database) throws -> Value) throws -> Value {
    let database = try writer.withLock { writer in
      let database = try writer ?? CatalogFile.openForWriting(path, root: rootToNote)
      writer = database
      return database
    }
    return try CatalogFile.explaining(path) { try database.write(work) }
  }
}
