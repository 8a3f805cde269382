import Foundation
import GRDB

/// What a collection remembers beside its pictures.
///
/// The table is made by the first setting, so that catalogs without one stay as they are, also for
/// those who can only read them.
struct CatalogSettings: Equatable {
  /// Whether symbolic links are followed.
  var followsLinks = false
  /// How the collection is split; nil by the hash of each content.
  var splitRule: SplitRule?
  /// The splits of groups that are not those of their names' hashes.
  var groupSplits: [String: Split] = [:]

  private enum Name: String {
    case followsLinks = "follow links"
    case splitRule = "split rule"
    case groupSplits = "splits of groups"
  }

  /// What a collection without settings has.
  init() {}

  /// Reads the settings; those of an untrusted file are checked.
  init(in database: Database, path: String) throws {
    guard try database.tableExists("settings") else { return }
    for row in try Row.fetchAll(database, sql: "SELECT name, value FROM settings") {
      let text = try row.decode(String.self, atIndex: 1)
      let invalid = CatalogError.invalidValue(
        column: "setting", value: String(text.prefix(60)), catalog: path)
      func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
          return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
          throw invalid
        }
      }
      switch Name(rawValue: try row.decode(String.self, atIndex: 0)) {
      case .followsLinks: followsLinks = try decoded(Bool.self)
      case .splitRule: splitRule = try decoded(SplitRule.self)
      case .groupSplits:
        let names = try decoded([String: String].self)
        groupSplits = try names.mapValues {
          guard let split = Split(rawValue: $0) else { throw invalid }
          return split
        }
      case nil: break
      }
    }
  }

  /// Writes the settings; a setting that says nothing is left out, and those of other names stay.
  func write(to database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS settings (
          name TEXT PRIMARY KEY NOT NULL,
          -- JSON.
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """)
    func put(_ name: Name, _ value: (some Encodable)?) throws {
      guard let value else {
        try database.execute(
          sql: "DELETE FROM settings WHERE name = ?", arguments: [name.rawValue])
        return
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      try database.execute(
        sql: "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
        arguments: [
          name.rawValue, String(decoding: try encoder.encode(value), as: UTF8.self),
        ])
    }
    try put(.followsLinks, followsLinks ? true : nil)
    try put(.splitRule, splitRule)
    try put(.groupSplits, groupSplits.isEmpty ? nil : groupSplits.mapValues(\.rawValue))
  }
}
