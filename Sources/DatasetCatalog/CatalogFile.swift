import Foundation
import GRDB

/// Opening a catalog's database file, which nobody vouches for.
enum CatalogFile {
  /// Opens or creates the database, checks that it is a sound catalog, and brings its schema up
  /// to date.
  ///
  /// A database of another program is left as it was found.
  static func open(_ path: String) throws -> DatabaseQueue {
    try explaining(path) {
      var configuration = Configuration()
      configuration.foreignKeysEnabled = true
      configuration.busyMode = .timeout(10)
      configuration.label = "catalog"
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.inDatabase { try check($0, path: path) }
      // Only now, because it changes the file: readers go on while one process writes.
      try database.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
      try CatalogSchema.migrator.migrate(database)
      return database
    }
  }

  private static func check(_ database: Database, path: String) throws {
    let identifier = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
    guard identifier == CatalogSchema.applicationIdentifier || (identifier == 0 && tables == 0)
    else { throw CatalogError.foreignDatabase(path: path) }
    let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard verdict == "ok" else {
      let reason = verdict.split(whereSeparator: \.isNewline).joined(separator: " ")
      throw CatalogError.damaged(path: path, reason: reason)
    }
    guard try !CatalogSchema.migrator.hasBeenSuperseded(database) else {
      throw CatalogError.newerSchema(path: path)
    }
  }

  /// The folder that the catalog describes, noting it in a new catalog; nil if it is the folder
  /// that holds the catalog's own folder.
  ///
  /// - Parameter given: the folder to note; a folder that is gone (because it was moved) is
  ///   replaced by it.
  static func storedRoot(
    in database: DatabaseQueue, path: String, given: String?
  ) throws -> String? {
    try explaining(path) {
      try database.write { database in
        let row = try Row.fetchOne(database, sql: "SELECT root FROM collection WHERE id = 1")
        let stored = try row?.decode(String?.self, atIndex: 0)
        let isGone = stored.map { !FileManager.default.fileExists(atPath: $0) } ?? true
        guard row == nil || (given != nil && isGone) else { return stored }
        try database.execute(
          sql: "INSERT OR REPLACE INTO collection (id, root) VALUES (1, ?)", arguments: [given])
        return given
      }
    }
  }

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

  /// A database error as a message for people.
  private static func message(for error: DatabaseError, path: String) -> CatalogError {
    switch error.resultCode {
    case .SQLITE_NOTADB: .notADatabase(path: path)
    case .SQLITE_CORRUPT: .damaged(path: path, reason: error.message ?? "malformed")
    case .SQLITE_ERROR where (error.message ?? "").contains("no such"):
      .damaged(path: path, reason: error.message ?? "a table is missing")
    default: .inaccessible(path: path, reason: error.message ?? "\(error.resultCode)")
    }
  }
}
