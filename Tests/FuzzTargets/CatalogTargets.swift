import DatasetCatalog
import Foundation
import GRDB
import Signals
import TestSupport

extension FuzzTarget {
  static let catalogs: [FuzzTarget] = [
    // Rows that a program like this one never writes: each line of the text is `table,column,value`.
    FuzzTarget(
      "catalog-rows",
      seeds: {
        [
          "pictures,path,../outside.png\npictures,width,9\n", "pictures,details,{}\n",
          "pictures,details,"
            + #"{"samples":{"type":"uint8","smallest":0,"largest":255},"pages":[1,2]}"# + "\n",
          "pictures,state,broken\npictures,reason,a\npictures,split,train\n",
          "settings,split rule,"
            + #"{"ratio":{"train":80,"validation":10,"test":10},"groupPattern":"(.)"}"# + "\n",
          "settings,follow links,true\nsettings,splits of groups,{\"a\":\"test\"}\n",
          "runs,arguments,[\"train\"]\nruns,started,2026-01-01T00:00:00.000Z\n",
          "collection,root,/nowhere\nassigned_splits,split,test\n",
        ].map { Array($0.utf8) }
      }
    ) { bytes in
      let folder = try collection.get()
      let path = folder.path + "/rows-\(ProcessInfo.processInfo.processIdentifier).sqlite"
      try (try template.get()).write(to: URL(fileURLWithPath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      let database = try DatabaseQueue(path: path)
      try database.write { database in
        for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(32) {
          let parts = line.split(
            separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false)
          guard parts.count == 3 else { continue }
          try? set(
            String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self),
            String(decoding: parts[2], as: UTF8.self), in: database)
        }
      }
      try database.close()
      try use(path)
    },
    // Any bytes as a database.
    FuzzTarget("catalog-file", seeds: { [[UInt8](try template.get())] }) { bytes in
      let folder = try collection.get()
      let path = folder.path + "/file-\(ProcessInfo.processInfo.processIdentifier).sqlite"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      defer {
        for end in ["", "-journal", "-wal", "-shm"] {
          try? FileManager.default.removeItem(atPath: path + end)
        }
      }
      try use(path)
    },
  ]

  /// A folder with two pictures.
  private static let collection = Result { () throws -> TemporaryFolder in
    let folder = try TemporaryFolder()
    try folder.makeFolder("pictures")
    for seed in 0..<2 {
      let image = Image(width: 4, height: 4, channels: 1, values: (0..<16).map { _ in Float(seed) })
      try folder.write(ImageFile.encodePNG(image), to: "pictures/\(seed).png")
    }
    return folder
  }

  /// The database of a catalog of these pictures.
  private static let template = Result { () throws -> Data in
    let folder = try collection.get()
    let path = folder.path + "/template.sqlite"
    let catalog = try Catalog.open(
      directory: folder.path + "/pictures", catalogPath: path, createIfMissing: true)
    try catalog.index()
    let run = try catalog.startRun(command: "train", arguments: ["a"])
    try catalog.finishRun(run, result: "{}")
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// Sets a value in the first row of a table; of a setting, the value of its name.
  private static func set(
    _ table: String, _ column: String, _ value: String, in database: Database
  ) throws {
    // A number where the text is one, as a writer in another language stores it.
    let value: any DatabaseValueConvertible = Int64(value) ?? value as any DatabaseValueConvertible
    if table == "settings" {
      try database.execute(
        sql: "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT)")
      try database.execute(
        sql: "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
        arguments: [column, value])
      return
    }
    guard ["pictures", "runs", "collection", "assigned_splits"].contains(table),
      column.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (97...122).contains($0) })
    else { return }
    if table == "collection" {
      try database.execute(sql: "INSERT OR IGNORE INTO collection (id, root) VALUES (1, NULL)")
    }
    let key = ["pictures": "path", "assigned_splits": "content_hash"][table] ?? "id"
    try database.execute(
      sql: "UPDATE \(table) SET \(column) = ? WHERE \(key) = (SELECT min(\(key)) FROM \(table))",
      arguments: [value])
  }

  /// Everything that reads a catalog, and what writes it.
  private static func use(_ path: String) throws {
    let folder = try collection.get().path + "/pictures"
    let catalog = try Catalog.open(directory: folder, catalogPath: path)
    var first: (any Error)?
    func attempt(_ work: () throws -> Void) {
      do { try work() } catch { first = first ?? error }
    }
    attempt { _ = try catalog.statistics() }
    attempt { _ = try catalog.runs() }
    attempt { _ = try catalog.scale() }
    attempt {
      for record in try catalog.pictures() {
        precondition(catalog.absolutePath(of: record).utf8.starts(with: folder.utf8))
        attempt { _ = try catalog.stored(record) }
      }
    }
    attempt { _ = try catalog.verify() }
    attempt { try catalog.index() }
    if let first { throw first }
  }
}
