import Foundation
import GRDB

extension Catalog {
  /// The largest number of validations that are kept of a run.
  ///
  /// When there are more, every second one is removed, so the curve keeps its shape.
  public static let mostValidations = 1_000

  /// The longest text of a validation's parts, in bytes.
  private static let longestParts = 4_096

  /// Records validations of a run in one transaction.
  ///
  /// A validation of a step that is recorded already replaces it. One with a number that is not
  /// finite is left out.
  ///
  /// - Throws: `CatalogError.unknownRun`, or an error of the database.
  public func recordValidations(_ validations: [RunValidation], of run: Int64) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let rows = try validations.filter(\.isValid).map { validation in
      (validation, String(decoding: try encoder.encode(validation.parts), as: UTF8.self))
    }
    guard !rows.isEmpty else { return }
    try write { database in
      guard
        try Int.fetchOne(database, sql: "SELECT 1 FROM runs WHERE id = ?", arguments: [run]) != nil
      else { throw CatalogError.unknownRun(id: run, catalog: path) }
      for (validation, parts) in rows {
        try database.execute(
          sql: """
            INSERT OR REPLACE INTO validations
              (run, step, seconds, loss, learning_rate, measure, value, parts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            run, validation.step, validation.seconds, validation.loss, validation.learningRate,
            validation.measure, validation.value, parts,
          ])
      }
      try thin(run, in: database)
    }
  }

  /// Removes every second validation of a run, except the last, while there are too many.
  private func thin(_ run: Int64, in database: Database) throws {
    while try Int.fetchOne(
      database, sql: "SELECT COUNT(*) FROM validations WHERE run = ?", arguments: [run]) ?? 0
      > Self.mostValidations
    {
      try database.execute(
        sql: """
          DELETE FROM validations WHERE run = ?1 AND step IN (
            SELECT step FROM (
              SELECT step, ROW_NUMBER() OVER (ORDER BY step) AS number, COUNT(*) OVER () AS count
              FROM validations WHERE run = ?1)
            WHERE number % 2 = 0 AND number < count)
          """, arguments: [run])
    }
  }

  /// The recorded validations of a run, by step.
  ///
  /// A run that continues an interrupted one begins with the validations of that run, as far as it
  /// did not repeat them.
  ///
  /// - Returns: at most twice ``mostValidations``; none if an earlier version recorded the run.
  /// - Throws: `CatalogError.unknownRun`, or `.invalidValue` for a catalog that was tampered with.
  public func validations(of run: Int64) throws -> [RunValidation] {
    try read { database in
      guard let record = try Self.runs(id: run, limit: 1, in: database, path: path).first else {
        throw CatalogError.unknownRun(id: run, catalog: path)
      }
      guard try Self.recordsDetails(database) else { return [] }
      var found = try ownValidations(of: run, before: nil, in: database)
      var earlier = record.continues
      // The numbers fall, so the end is reached.
      while let id = earlier, found.count < Self.mostValidations,
        let record = try Self.runs(id: id, limit: 1, in: database, path: path).first
      {
        let part = try ownValidations(of: id, before: found.first?.step, in: database)
        found.insert(contentsOf: part, at: 0)
        earlier = record.continues
      }
      return found
    }
  }

  private func ownValidations(
    of run: Int64, before step: Int?, in database: Database
  ) throws -> [RunValidation] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT step, seconds, loss, learning_rate, measure, value, parts FROM validations
        WHERE run = ? AND step < ? ORDER BY step LIMIT \(Self.mostValidations)
        """, arguments: [run, step ?? Int.max])
    return try rows.map { row in
      let text = try row.decode(String.self, atIndex: 6)
      guard text.utf8.count <= Self.longestParts,
        let parts = try? JSONDecoder().decode([RunValidation.Part].self, from: Data(text.utf8))
      else {
        throw CatalogError.invalidValue(
          column: "part of a validation", value: String(text.prefix(60)), catalog: path)
      }
      let validation = RunValidation(
        step: try row.decode(Int.self, atIndex: 0),
        seconds: try row.decode(Double.self, atIndex: 1),
        loss: try row.decode(Double?.self, atIndex: 2),
        learningRate: try row.decode(Double?.self, atIndex: 3),
        measure: String(try row.decode(String.self, atIndex: 4).prefix(60)),
        value: try row.decode(Double.self, atIndex: 5), parts: parts)
      guard validation.isValid else {
        throw CatalogError.invalidValue(
          column: "validation", value: "\(validation.value)", catalog: path)
      }
      return validation
    }
  }
}
