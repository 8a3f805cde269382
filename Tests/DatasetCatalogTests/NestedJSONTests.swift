import DatasetCatalog
import Foundation
import GRDB
import Testing

/// Lists within lists in a catalog's JSON, which a reader that calls itself would follow to the end of its stack.
///
/// 512 are read; see Docs/how-to/limits.md.
@Suite struct NestedJSONTests {
  private let collection: TemporaryCollection
  private let catalog: Catalog

  init() throws {
    collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    catalog = try collection.catalog()
    try catalog.index()
  }

  /// Replaces a text of the catalog by what a function makes of it.
  private func change(_ table: String, _ column: String, _ change: (String) -> String) throws {
    let database = try DatabaseQueue(path: catalog.path)
    try database.write { database in
      let text = try String.fetchOne(database, sql: "SELECT \(column) FROM \(table)")
      try database.execute(
        sql: "UPDATE \(table) SET \(column) = ?", arguments: [change(try #require(text))])
    }
    try database.close()
  }

  private func lists(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  /// An object with one more member, which readers pass over.
  private func withMember(_ object: String, _ value: String) -> String {
    object.replacing("{", with: #"{"more":\#(value),"#, maxReplacements: 1)
  }

  @Test("Details of a picture are read to 512 lists; deeper ones are found again")
  func details() throws {
    let before = try #require(try catalog.pictures().first?.details)
    try change("pictures", "details") { withMember($0, lists(500)) }
    #expect(try catalog.pictures().first?.details == before)
    for depth in [600, 4 << 20] {
      try change("pictures", "details") { withMember($0, lists(depth)) }
      #expect(try catalog.pictures().first?.details == nil)
      #expect(try catalog.index().changed == 1)
      #expect(try catalog.pictures().first?.details == before)
    }
  }

  @Test("Parts of a validation are read to 512 lists; deeper ones are an error")
  func validations() throws {
    let run = try catalog.startRun(command: "train", arguments: [])
    let validation = RunValidation(
      step: 1, seconds: 1, loss: nil, learningRate: nil, measure: "mse", value: 0.5,
      parts: [RunValidation.Part(observed: "10 points", value: 0.5)])
    try catalog.recordValidations([validation], of: run)
    try change("validations", "parts") { withMember($0, lists(500)) }
    #expect(try catalog.validations(of: run) == [validation])
    try catalog.recordValidations([validation], of: run)
    try change("validations", "parts") { withMember($0, lists(600)) }
    #expect(throws: CatalogError.self) { try catalog.validations(of: run) }
  }

  @Test(
    "Millions of lists in settings and arguments are an error",
    arguments: [("runs", "settings"), ("runs", "arguments"), ("settings", "value")])
  func settings(table: String, column: String) throws {
    _ = try catalog.startRun(command: "train", arguments: [], settings: ["a": .flag(true)])
    let database = try DatabaseQueue(path: catalog.path)
    try database.write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO settings (name, value) VALUES ('split rule', '{}')")
    }
    try database.close()
    try change(table, column) { _ in lists(4 << 20) }
    let error = #expect(throws: CatalogError.self) {
      _ = try catalog.runs()
      _ = try catalog.splitRule()
    }
    #expect((error?.description.utf8.count ?? 0) < 1_000)
  }

  @Test(
    "Pages that were left out of a stack are numbers that can be",
    arguments: [
      (#"{"examined":4096,"total":5000}"#, true), (#"{"examined":0,"total":5000}"#, false),
      (#"{"examined":5000,"total":5000}"#, false), (#"{"examined":70000,"total":80000}"#, false),
      (#"{"examined":4096}"#, false),
    ])
  func omittedPages(_ text: String, isValid: Bool) throws {
    try change("pictures", "details") {
      $0.replacing("{", with: #"{"omitted":\#(text),"#, maxReplacements: 1)
    }
    let details = try catalog.pictures().first?.details
    #expect((details != nil) == isValid)
    #expect(details?.omitted?.total == (isValid ? 5_000 : nil))
  }
}
