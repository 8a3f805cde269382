import Files
import Foundation
import GRDB

/// Opens a catalog's database file, which is untrusted.
///
/// The database uses SQLite's rollback journal. With a write-ahead log even reading would need a
/// writable folder on a local disk.
enum CatalogFile {
  /// The number of seconds to wait for another program that writes.
  private static let patience = 10.0

  /// The result of opening a catalog for reading.
  enum Opened {
    /// A valid catalog, opened for reading only. It may lack what readers can do without.
    case readable(DatabaseQueue)
    /// An empty file, or the remains of an interrupted creation.
    case empty
    /// A catalog that needs a writing connection. It has an older version, or a program was killed
    /// while writing.
    case needsWriting
  }

  /// Opens an existing database and checks that it is a valid catalog.
  ///
  /// It changes nothing and takes no write lock.
  static func openForReading(_ path: String) throws -> Opened {
    try explaining(path) {
      do {
        var configuration = configuration
        configuration.readonly = true
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let state = try database.read { database in
          let state = try checkedState(of: database, path: path)
          try checkIntegrity(of: database, path: path)
          return state
        }
        return switch state {
        case .empty: .empty
        case .current, .readable: .readable(database)
        default: .needsWriting
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
        return .needsWriting
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_CANTOPEN && access(path, R_OK) == 0
      {
        // Earlier versions used a write-ahead log, which cannot be read in a read-only folder.
        return .needsWriting
      }
    }
  }

  /// Opens the database for writing, and creates or completes it.
  ///
  /// One exclusive transaction reaches from the check to the last table. Other programs wait for
  /// it. A database of another program is not changed.
  ///
  /// - Parameter root: the folder to record in a new catalog, and in place of a recorded folder
  ///   that no longer exists (because it was moved); nil is the folder that holds the catalog's own
  ///   folder.
  static func openForWriting(_ path: String, root: String?) throws -> DatabaseQueue {
    try explaining(path) {
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.writeWithoutTransaction { database in
        try database.inTransaction(.exclusive) {
          if try checkedState(of: database, path: path) != .current {
            try CatalogSchema.migrate(database)
          }
          try note(root: root, in: database)
          return .commit
        }
        // A write-ahead log that other programs use is kept.
        if try keepsLog(database) {
          _ = try? String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
        }
      }
      return database
    }
  }

  /// Whether the database uses a write-ahead log, as in earlier versions.
  static func keepsLog(_ database: DatabaseQueue, path: String) throws -> Bool {
    try explaining(path) { try database.inDatabase { try keepsLog($0) } }
  }

  private static func keepsLog(_ database: Database) throws -> Bool {
    try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(patience)
    configuration.label = "catalog"
    return configuration
  }

  private static func checkedState(
    of database: Database, path: String
  ) throws -> CatalogSchema.State {
    let state = try CatalogSchema.state(of: database)
    switch state {
    case .foreign: throw CatalogError.foreignDatabase(path: path)
    case .newer: throw CatalogError.newerSchema(path: path)
    case .empty, .older, .readable, .current: return state
    }
  }

  private static func checkIntegrity(of database: Database, path: String) throws {
    let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard verdict == "ok" else {
      let reason = verdict.split(whereSeparator: \.isNewline).joined(separator: " ")
      throw CatalogError.damaged(path: path, reason: reason)
    }
  }

  private static func note(root: String?, in database: Database) throws {
    switch try storedRoot(in: database) {
    case nil: break
    case .some(let stored) where root != nil && (stored.map(isGone) ?? true): break
    default: return
    }
    try database.execute(
      sql: "INSERT OR REPLACE INTO collection (id, root) VALUES (1, ?)", arguments: [root])
  }

  /// The folder that the catalog describes; none if it was not recorded, nil if it is the folder
  /// that holds the catalog's own folder.
  static func storedRoot(in database: Database) throws -> String?? {
    let row = try Row.fetchOne(database, sql: "SELECT root FROM collection WHERE id = 1")
    return try row.map { try $0.decode(String?.self, atIndex: 0) }
  }

  /// Whether a noted folder no longer exists.
  static func isGone(_ folder: String) -> Bool { !FileManager.default.fileExists(atPath: folder) }

  /// Runs work on the database, turning its errors into one-line messages.
  static func explaining<Value>(_ path: String, _ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as DatabaseError {
      throw message(for: error, path: path)
    } catch is RowDecodingError {
      throw CatalogError.damaged(path: path, reason: "a value has an unexpected type")
    }
  }

  /// A database error as a one-line message.
  private static func message(for error: DatabaseError, path: String) -> CatalogError {
    guard !path.isFolder else { return .unusable(path: path, reason: "it is a folder") }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB: return .notADatabase(path: path)
    case .SQLITE_CORRUPT: return .damaged(path: path, reason: error.message ?? "malformed")
    case .SQLITE_ERROR where reason.contains("no such"):
      return .damaged(path: path, reason: reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
    case .SQLITE_FULL: return .diskFull(path: path)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      return .inaccessible(path: path, reason: reason)
    default: return .unusable(path: path, reason: reason)
    }
  }
}
