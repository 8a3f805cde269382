import GRDB

/// The tables of a catalog, as named, ordered migrations.
///
/// A released migration is never edited: a change of the schema appends one.
enum CatalogSchema {
  /// Marks an SQLite file as a catalog ("SHyc" in its header's application identifier).
  static let applicationIdentifier = 0x5348_7963

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 pictures, splits, runs") { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
      try database.execute(
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
          """)
    }
    return migrator
  }
}
