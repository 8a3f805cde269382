import GRDB

/// The tables of a catalog, as named, ordered migrations.
///
/// A released migration is never edited: a change of the schema appends one. Their names lie in
/// the table that GRDB's migrator uses. GRDB creates that table in a separate transaction, which leaves
/// an incomplete catalog if the program is killed after it. Here one transaction creates everything.
enum CatalogSchema {
  /// Marks an SQLite file as a catalog ("SHyc" in its header's application identifier).
  static let applicationIdentifier = 0x5348_7963

  /// One change of the schema.
  private struct Migration: Sendable {
    let name: String
    /// Whether a catalog without it can be read, so that a folder which cannot be written stays
    /// readable.
    var isOptionalForReading = false
    let sql: String
  }

  /// The content of a database file.
  enum State {
    /// Nothing, or the remains of an interrupted creation: no table except an empty one of
    /// migrations.
    case empty
    /// A catalog that lacks migrations.
    case older
    /// A catalog that lacks migrations without which it can be read.
    case readable
    /// A complete catalog.
    case current
    /// A catalog with unknown migrations.
    case newer
    /// Something else.
    case foreign
  }

  static func state(of database: Database) throws -> State {
    let identifier = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try String.fetchSet(
      database,
      sql: "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    guard identifier == applicationIdentifier else {
      let isEmpty =
        try tables.isEmpty
        || (tables == ["grdb_migrations"] && applied(in: database).isEmpty)
      return identifier == 0 && isEmpty ? .empty : .foreign
    }
    let applied = try tables.contains("grdb_migrations") ? applied(in: database) : []
    if !applied.isSubset(of: migrations.map(\.name)) { return .newer }
    let lacking = migrations.filter { !applied.contains($0.name) }
    if lacking.isEmpty { return .current }
    return lacking.allSatisfy(\.isOptionalForReading) ? .readable : .older
  }

  /// Applies the migrations that a catalog lacks; the caller has begun a transaction.
  static func migrate(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)
        """)
    let applied = try applied(in: database)
    for migration in migrations where !applied.contains(migration.name) {
      try database.execute(sql: migration.sql)
      try database.execute(
        sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [migration.name])
    }
    try database.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
  }

  private static func applied(in database: Database) throws -> Set<String> {
    try String.fetchSet(database, sql: "SELECT identifier FROM grdb_migrations")
  }

  private static let migrations = [
    Migration(
      name: "1 pictures, splits, runs",
      sql: """
        CREATE TABLE collection (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          -- NULL: the folder that holds the folder of this file.
          root TEXT
        ) STRICT;
        CREATE TABLE pictures (
          path TEXT PRIMARY KEY NOT NULL,
          width INTEGER NOT NULL CHECK (width >= 0),
          height INTEGER NOT NULL CHECK (height >= 0),
          channels INTEGER NOT NULL CHECK (channels >= 0),
          bytes INTEGER NOT NULL CHECK (bytes >= 0),
          modified INTEGER NOT NULL,
          content_hash TEXT NOT NULL,
          state TEXT NOT NULL,
          reason TEXT NOT NULL,
          split TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pictures_by_split ON pictures (state, split);
        CREATE INDEX pictures_by_content ON pictures (content_hash);
        -- Splits given by hand, by content, so that identical copies go together.
        CREATE TABLE assigned_splits (
          content_hash TEXT PRIMARY KEY NOT NULL,
          split TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE runs (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          started TEXT NOT NULL,
          command TEXT NOT NULL,
          arguments TEXT NOT NULL,
          model_path TEXT,
          finished TEXT,
          result TEXT
        ) STRICT;
        """),
    Migration(
      name: "2 samples, range",
      sql: """
        -- JSON about the samples; empty where they were not decoded.
        ALTER TABLE pictures ADD COLUMN details TEXT NOT NULL DEFAULT '';
        CREATE TABLE settings (
          name TEXT PRIMARY KEY NOT NULL,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """),
    Migration(
      name: "3 settings, endings and validations of runs", isOptionalForReading: true,
      sql: """
        -- JSON: names and values.
        ALTER TABLE runs ADD COLUMN settings TEXT;
        -- Why it ended without a result.
        ALTER TABLE runs ADD COLUMN failure TEXT;
        -- The interrupted run that it continues.
        ALTER TABLE runs ADD COLUMN continues INTEGER;
        CREATE TABLE validations (
          run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
          step INTEGER NOT NULL CHECK (step >= 0),
          seconds REAL NOT NULL CHECK (seconds >= 0),
          loss REAL,
          learning_rate REAL,
          measure TEXT NOT NULL,
          value REAL NOT NULL,
          -- JSON: the value for each number or share of observed pixels.
          parts TEXT NOT NULL,
          PRIMARY KEY (run, step)
        ) STRICT, WITHOUT ROWID;
        """),
  ]
}
