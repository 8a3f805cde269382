import DatasetCatalog
import Foundation
import GRDB
import Testing

/// What a catalog records of trainings.
@Suite struct RunsTests {
  private let collection: TemporaryCollection
  private let catalog: Catalog

  init() throws {
    collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    catalog = try collection.catalog()
  }

  private func validation(_ step: Int, _ value: Double = 0.5) -> RunValidation {
    RunValidation(
      step: step, seconds: Double(step) / 4, loss: 0.25, learningRate: 0.001, measure: "mse",
      value: value, parts: [RunValidation.Part(observed: "10 points", value: value)])
  }

  private func execute(_ sql: String) throws {
    let database = try DatabaseQueue(path: catalog.path)
    try database.write { try $0.execute(sql: sql) }
    try database.close()
  }

  /// What the version before recorded: a catalog without the latest migration.
  private func makeEarlier() throws {
    try execute(
      """
      DROP TABLE validations;
      ALTER TABLE runs DROP COLUMN settings;
      ALTER TABLE runs DROP COLUMN failure;
      ALTER TABLE runs DROP COLUMN continues;
      DELETE FROM grdb_migrations WHERE identifier LIKE '3 %'
      """)
  }

  @Test func settingsAndEndingsAreKept() throws {
    let settings: [String: RunSetting] = [
      "prior": .text("grid"), "batch": .number(8), "learning rate": .number(0.001),
      "flips": .flag(true), "zero": .number(0), "one": .number(1), "off": .flag(false),
    ]
    let id = try catalog.startRun(command: "train", arguments: [], settings: settings)
    #expect(try catalog.run(id).settings == settings)
    let failed = Date(timeIntervalSince1970: 1_700_000_000)
    try catalog.failRun(id, reason: "interrupted at step 3", at: failed)
    let run = try catalog.run(id)
    #expect(run.failure == "interrupted at step 3" && run.finished == failed)
    #expect(run.result == nil)
    #expect(settings.mapValues(\.description)["learning rate"] == "0.001")
    #expect(settings.mapValues(\.description)["batch"] == "8")
    #expect(settings.mapValues(\.description)["flips"] == "yes")
    for unknown in [0, 2, -1, Int64.max] {
      let expected = CatalogError.unknownRun(id: unknown, catalog: catalog.path)
      #expect(throws: expected) { try catalog.run(unknown) }
      #expect(throws: expected) { try catalog.validations(of: unknown) }
      #expect(throws: expected) { try catalog.failRun(unknown, reason: "") }
      #expect(throws: expected) { try catalog.recordValidations([validation(1)], of: unknown) }
    }
    #expect(
      "\(CatalogError.unknownRun(id: 9, catalog: "c"))"
        == "c: there is no run 9; 'siren-hyper runs list' lists the runs")
  }

  @Test func validationsAreKeptByStep() throws {
    let (first, second) = try (
      catalog.startRun(command: "train", arguments: []),
      catalog.startRun(command: "train", arguments: [])
    )
    #expect(try catalog.validations(of: first).isEmpty)
    try catalog.recordValidations([validation(8), validation(4)], of: first)
    try catalog.recordValidations([validation(6, 0.75)], of: second)
    // A repeated step replaces; numbers that are not finite are omitted.
    try catalog.recordValidations(
      [validation(8, 0.125), validation(12, .nan), validation(16, .infinity)], of: first)
    #expect(try catalog.validations(of: first) == [validation(4), validation(8, 0.125)])
    #expect(try catalog.validations(of: second) == [validation(6, 0.75)])
    var bare = validation(20)
    (bare.loss, bare.learningRate, bare.parts) = (nil, nil, [])
    try catalog.recordValidations([bare], of: second)
    #expect(try catalog.validations(of: second).last == bare)
  }

  @Test func validationsOfARunAreBounded() throws {
    let run = try catalog.startRun(command: "train", arguments: [])
    let most = Catalog.mostValidations
    try catalog.recordValidations((1...most).map { validation($0) }, of: run)
    #expect(try catalog.validations(of: run).count == most)
    try catalog.recordValidations([validation(most + 2)], of: run)
    let thinned = try catalog.validations(of: run)
    // 1, 3, 5 and so on, and the last.
    #expect(thinned.map(\.step) == stride(from: 1, to: most, by: 2) + [most + 2])
    try catalog.recordValidations((1...5 * most).map { validation(2 * most + $0) }, of: run)
    let again = try catalog.validations(of: run)
    #expect(again.count <= most && again.count > most / 4)
    #expect(again.first?.step == 1 && again.last?.step == 7 * most)
  }

  @Test func aResumedRunContinuesTheCurve() throws {
    func start(_ model: String, resumes: Bool) throws -> Int64 {
      let run = try catalog.startRun(command: "train", arguments: [], modelPath: model)
      if resumes { try catalog.continueRun(run) }
      return run
    }
    let first = try start("/m", resumes: false)
    _ = try start("/other", resumes: false)
    try catalog.recordValidations([validation(2), validation(4), validation(6)], of: first)
    let second = try start("/m", resumes: true)
    #expect(try catalog.run(second).continues == first)
    // It was killed after its checkpoint at step 5, and validated step 6 again.
    try catalog.recordValidations([validation(6, 0.1), validation(8)], of: second)
    let third = try start("/m", resumes: true)
    #expect(try catalog.run(third).continues == second)
    try catalog.recordValidations([validation(10)], of: third)
    #expect(try catalog.validations(of: third).map(\.step) == [2, 4, 6, 8, 10])
    #expect(try catalog.validations(of: third)[2].value == 0.1)
    #expect(try catalog.validations(of: first).map(\.step) == [2, 4, 6])
    try catalog.finishRun(third, result: "{}")
    // A finished run is not continued.
    let fourth = try start("/m", resumes: true)
    #expect(try catalog.run(fourth).continues == second)
    #expect(try catalog.run(try start("/new", resumes: true)).continues == nil)
    #expect(throws: CatalogError.self) { try catalog.continueRun(1_000) }
  }

  @Test func aRefusedRequestToContinueIsNoPartOfTheCurve() throws {
    func start() throws -> Int64 {
      try catalog.startRun(command: "train", arguments: [], modelPath: "/m")
    }
    let first = try start()
    try catalog.recordValidations([validation(2)], of: first)
    try catalog.failRun(first, reason: "interrupted at step 3")
    // Its settings were not those of the saved state.
    let refused = try start()
    try catalog.failRun(refused, reason: "/m.checkpoint: belongs to another run")
    #expect(try catalog.run(refused).continues == nil)
    #expect(try catalog.validations(of: refused).isEmpty)
    let second = try start()
    try catalog.continueRun(second)
    #expect(try catalog.run(second).continues == first)
    // Interrupted before its first validation, it saved its state all the same.
    try catalog.failRun(second, reason: "interrupted at step 4")
    let third = try start()
    try catalog.continueRun(third)
    #expect(try catalog.run(third).continues == second)
    #expect(try catalog.validations(of: third).map(\.step) == [2])
  }

  @Test func earlierCatalogsAreReadAsTheyAreAndCompletedByTheNextRun() throws {
    try catalog.index()
    let id = try catalog.startRun(command: "train", arguments: ["train", "--size", "16"])
    try catalog.finishRun(id, result: #"{"steps":3}"#)
    try makeEarlier()
    let bytes = { try Data(contentsOf: URL(fileURLWithPath: catalog.path)) }
    let before = try bytes()
    let reader = try Catalog.open(directory: collection.directory)
    #expect(try reader.statistics().usable == 1)
    #expect(try reader.runs().map(\.arguments) == [["train", "--size", "16"]])
    #expect(try reader.run(id).settings.isEmpty)
    #expect(try reader.validations(of: id).isEmpty)
    #expect(try bytes() == before, "reading changed the catalog")

    let next = try collection.catalog().startRun(
      command: "train", arguments: [], settings: ["size": .number(8)])
    try collection.catalog().recordValidations([validation(1)], of: next)
    // The connection was opened before the change.
    #expect(try reader.runs().map(\.id) == [next, id])
    #expect(try reader.run(next).settings == ["size": .number(8)])
    #expect(try reader.validations(of: next).count == 1)
    #expect(try reader.validations(of: id).isEmpty)
    let names = try DatabaseQueue(path: catalog.path).read {
      try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations ORDER BY 1")
    }
    // A program that does not know the last one says that a newer version wrote the catalog.
    #expect(
      names == [
        "1 pictures, splits, runs", "2 samples, range",
        "3 settings, endings and validations of runs",
      ])
  }

  @Test func anEarlierCatalogIsReadWithoutPermissionToWrite() throws {
    try catalog.index()
    _ = try catalog.startRun(command: "train", arguments: [])
    try makeEarlier()
    chmod(catalog.path, 0o444)
    chmod(collection.path(".siren"), 0o555)
    defer { chmod(collection.path(".siren"), 0o755) }
    let directory = collection.directory
    try asNobody {
      let catalog = try Catalog.open(directory: directory)
      #expect(try catalog.runs().count == 1)
      #expect(try catalog.statistics().usable == 1)
    }
  }

  @Test(arguments: [
    "UPDATE validations SET parts = '{'", "UPDATE validations SET parts = '[{\"value\":1}]'",
    "UPDATE validations SET value = 9e999", "UPDATE validations SET loss = -9e999",
    "UPDATE validations SET parts = '[' || hex(zeroblob(100000)) || ']'",
  ])
  func tamperedValidationsAreErrors(sql: String) throws {
    let run = try catalog.startRun(command: "train", arguments: [])
    try catalog.recordValidations([validation(1)], of: run)
    try execute(sql)
    let error = #expect(throws: CatalogError.self) { try catalog.validations(of: run) }
    #expect(error?.description.contains("is not a valid ") == true)
    #expect((error?.description.utf8.count ?? 0) < 1_000)
  }

  @Test(arguments: ["[]", "{", "{\"a\":[1]}", "{\"a\":null}"])
  func tamperedSettingsAreErrors(text: String) throws {
    _ = try catalog.startRun(command: "train", arguments: [])
    try execute("UPDATE runs SET settings = '\(text)'")
    #expect(
      throws: CatalogError.invalidValue(
        column: "setting of a run", value: text, catalog: catalog.path)
    ) { try catalog.runs() }
  }

  @Test func runsThatContinueEachOtherEnd() throws {
    let runs = try (0..<3).map { _ in try catalog.startRun(command: "train", arguments: []) }
    for run in runs { try catalog.recordValidations([validation(Int(run) * 10)], of: run) }
    try execute("UPDATE runs SET continues = 4 - id")
    // Run 3 continues 1; runs 1 and 2 would continue 3 and themselves.
    #expect(try catalog.runs().map(\.continues) == [1, nil, nil])
    #expect(try catalog.validations(of: 3).map(\.step) == [10, 30])
    #expect(try catalog.validations(of: 1).map(\.step) == [10])
  }
}
