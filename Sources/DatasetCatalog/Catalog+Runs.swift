import Foundation
import GRDB

/// A training run or another long command on a collection.
public struct RunRecord: Sendable, Equatable {
  /// Number of the run, from 1.
  public var id: Int64
  /// When it began, UTC.
  public var started: Date
  /// The command, such as `train`.
  public var command: String
  /// Its arguments.
  public var arguments: [String]
  /// The model file that it writes; nil if none.
  public var modelPath: String?
  /// When it ended; nil while it runs, or if it was killed.
  public var finished: Date?
  /// Its result as a JSON text; nil until it has finished.
  public var result: String?
}

extension Catalog {
  /// Records the start of a run.
  ///
  /// - Returns: the run's number, for `finishRun`.
  public func startRun(
    command: String, arguments: [String], modelPath: String? = nil, at started: Date = Date()
  ) throws -> Int64 {
    let list = try JSONEncoder().encode(arguments)
    return try write { database in
      try database.execute(
        sql: "INSERT INTO runs (started, command, arguments, model_path) VALUES (?, ?, ?, ?)",
        arguments: [
          started.formatted(Self.timeFormat), command, String(decoding: list, as: UTF8.self),
          modelPath,
        ])
      return database.lastInsertedRowID
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
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET finished = ?, result = ? WHERE id = ?",
        arguments: [finished.formatted(Self.timeFormat), result, id])
      guard database.changesCount == 1 else {
        throw CatalogError.unknownRun(id: id, catalog: path)
      }
    }
  }

  /// The runs, latest first.
  public func runs(limit: Int? = nil) throws -> [RunRecord] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, started, command, arguments, model_path, finished, result FROM runs
          ORDER BY id DESC LIMIT ?
          """, arguments: [max(limit ?? -1, -1)])
      return try rows.map { row in
        RunRecord(
          id: try row.decode(Int64.self, atIndex: 0),
          started: try time(try row.decode(String.self, atIndex: 1)),
          command: try row.decode(String.self, atIndex: 2),
          arguments: try arguments(try row.decode(String.self, atIndex: 3)),
          modelPath: try row.decode(String?.self, atIndex: 4),
          finished: try row.decode(String?.self, atIndex: 5).map(time),
          result: try row.decode(String?.self, atIndex: 6))
      }
    }
  }

  /// ISO 8601 with milliseconds, UTC: sorts as text.
  private static var timeFormat: Date.ISO8601FormatStyle {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  }

  private func time(_ text: String) throws -> Date {
    guard let date = try? Date(text, strategy: Self.timeFormat) else {
      throw CatalogError.invalidValue(column: "time", value: text, catalog: path)
    }
    return date
  }

  private func arguments(_ text: String) throws -> [String] {
    guard let list = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
      throw CatalogError.invalidValue(column: "arguments", value: text, catalog: path)
    }
    return list
  }
}
