import Foundation
import GRDB

extension Catalog {
  /// Records the start of a run.
  ///
  /// - Parameters:
  ///   - command: the command, such as `train`.
  ///   - arguments: its arguments.
  ///   - modelPath: the model file that it writes.
  ///   - settings: its settings by name.
  ///   - started: when it began.
  /// - Returns: the run's number, for `finishRun`.
  public func startRun(
    command: String, arguments: [String], modelPath: String? = nil,
    settings: [String: RunSetting] = [:], at started: Date = Date()
  ) throws -> Int64 {
    let list = try JSONEncoder().encode(arguments)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let names =
      settings.isEmpty ? nil : String(decoding: try encoder.encode(settings), as: UTF8.self)
    return try write { database in
      try database.execute(
        sql: """
          INSERT INTO runs (started, command, arguments, model_path, settings)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          started.formatted(Self.timeFormat), command, String(decoding: list, as: UTF8.self),
          modelPath, names,
        ])
      return database.lastInsertedRowID
    }
  }

  /// Records that a run continues the saved state of an earlier one.
  ///
  /// That is the latest run before it without a result that writes the same model file; nothing is noted where there is
  /// no record of it. Runs that failed before they made a validation or continued another are passed over, unless they
  /// were interrupted: they saved no state, as those whose own request to continue was refused.
  ///
  /// - Throws: `CatalogError.unknownRun`.
  public func continueRun(_ id: Int64) throws {
    try write { database in
      try database.execute(
        sql: """
          UPDATE runs SET continues = (
            SELECT MAX(earlier.id) FROM runs AS earlier
            WHERE earlier.id < runs.id AND earlier.model_path = runs.model_path
              AND earlier.command = runs.command AND earlier.result IS NULL
              AND (earlier.failure IS NULL OR earlier.failure LIKE 'interrupted%'
                OR earlier.continues IS NOT NULL
                OR EXISTS (SELECT 1 FROM validations WHERE run = earlier.id)))
          WHERE id = ?
          """, arguments: [id])
      guard database.changesCount == 1 else {
        throw CatalogError.unknownRun(id: id, catalog: path)
      }
    }
  }

  /// Records the end of a run.
  ///
  /// - Parameter result: the result as a JSON text.
  /// - Throws: `CatalogError.unknownRun`, or `.invalidJSON`.
  public func finishRun(_ id: Int64, result: String, at finished: Date = Date()) throws {
    let data = Data(result.utf8)
    guard (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil else {
      throw CatalogError.invalidJSON(text: result)
    }
    try end(id, "result", result, at: finished)
  }

  /// Records that a run ended without a result.
  ///
  /// - Parameter reason: why, on one line.
  /// - Throws: `CatalogError.unknownRun`.
  public func failRun(_ id: Int64, reason: String, at finished: Date = Date()) throws {
    try end(id, "failure", reason, at: finished)
  }

  private func end(_ id: Int64, _ column: String, _ text: String, at finished: Date) throws {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET finished = ?, \(column) = ? WHERE id = ?",
        arguments: [finished.formatted(Self.timeFormat), text, id])
      guard database.changesCount == 1 else {
        throw CatalogError.unknownRun(id: id, catalog: path)
      }
    }
  }

  /// The runs, latest first.
  public func runs(limit: Int? = nil) throws -> [RunRecord] {
    try read { try Self.runs(limit: max(limit ?? -1, -1), in: $0, path: path) }
  }

  /// A run.
  ///
  /// - Throws: `CatalogError.unknownRun`.
  public func run(_ id: Int64) throws -> RunRecord {
    guard
      let record = try read({ try Self.runs(id: id, limit: 1, in: $0, path: path) }).first
    else { throw CatalogError.unknownRun(id: id, catalog: path) }
    return record
  }

  /// Whether settings, endings and validations of runs are recorded, which earlier versions did not.
  static func recordsDetails(_ database: Database) throws -> Bool {
    try Int.fetchOne(database, sql: "SELECT 1 FROM sqlite_master WHERE name = 'validations'") != nil
  }

  /// Runs, latest first; only the one with the given number, if there is one.
  static func runs(
    id: Int64? = nil, limit: Int, in database: Database, path: String
  ) throws -> [RunRecord] {
    let details = try recordsDetails(database) ? "settings, failure, continues" : "NULL, NULL, NULL"
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, started, command, arguments, model_path, finished, result, \(details) FROM runs
        WHERE ?1 IS NULL OR id = ?1 ORDER BY id DESC LIMIT ?2
        """, arguments: [id, limit])
    return try rows.map { row in
      let id = try row.decode(Int64.self, atIndex: 0)
      return RunRecord(
        id: id,
        started: try time(try row.decode(String.self, atIndex: 1), path),
        command: try row.decode(String.self, atIndex: 2),
        arguments: try decoded(try row.decode(String.self, atIndex: 3), "arguments", path),
        modelPath: try row.decode(String?.self, atIndex: 4),
        finished: try row.decode(String?.self, atIndex: 5).map { try time($0, path) },
        result: try row.decode(String?.self, atIndex: 6),
        settings: try row.decode(String?.self, atIndex: 7)
          .map { try decoded($0, "setting of a run", path) } ?? [:],
        failure: try row.decode(String?.self, atIndex: 8),
        // A run continues an earlier one.
        continues: try row.decode(Int64?.self, atIndex: 9).flatMap { $0 < id ? $0 : nil })
    }
  }

  /// ISO 8601 with milliseconds, UTC: sorts as text.
  private static var timeFormat: Date.ISO8601FormatStyle {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  }

  private static func time(_ text: String, _ path: String) throws -> Date {
    guard let date = try? Date(text, strategy: timeFormat) else {
      throw CatalogError.invalidValue(
        column: "time", value: String(text.prefix(60)), catalog: path)
    }
    return date
  }

  private static func decoded<Value: Decodable>(
    _ text: String, _ column: String, _ path: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw CatalogError.invalidValue(
        column: column, value: String(text.prefix(60)), catalog: path)
    }
  }
}
