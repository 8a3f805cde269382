import DatasetCatalog
import Foundation
import GRDB
import Numerics
import Testing

/// Several programs with one catalog, and catalogs that a program left half-made.
@Suite struct SharingTests {
  /// A connection that has begun to write and continues only on request.
  private final class Writer: Sendable {
    private let database: DatabaseQueue

    init(_ path: String) throws {
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      configuration.busyMode = .timeout(10)
      database = try DatabaseQueue(path: path, configuration: configuration)
      try database.inDatabase { try $0.beginTransaction(.immediate) }
    }

    func finish(_ sql: String = "") throws {
      try database.inDatabase { database in
        try database.execute(sql: sql)
        try database.commit()
      }
    }
  }

  /// Runs work on another thread while a writer holds the catalog, lets the writer change it and
  /// finish, and waits for the work.
  private func run(
    besideAWriterIn path: String, thatDoes sql: String,
    _ work: @escaping @Sendable () throws -> Void
  ) throws {
    let writer = try Writer(path)
    let result = Guarded<Result<Void, any Error>>(.success(()))
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let outcome = Result { try work() }
      result.withLock { $0 = outcome }
      done.signal()
    }
    // Long enough to read; then the work waits to write.
    Thread.sleep(forTimeInterval: 0.3)
    try writer.finish(sql)
    done.wait()
    try result.withLock { $0 }.get()
  }

  private func collection(_ pictures: Int) throws -> TemporaryCollection {
    let collection = try TemporaryCollection()
    for seed in 0..<pictures { try collection.write("\(seed).png", seed: seed) }
    return collection
  }

  // MARK: Lost updates

  @Test func removingKeepsWhatAnotherProgramChanges() throws {
    let collection = try collection(1)
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.setSplit("0.png", to: .train)
    try run(
      besideAWriterIn: catalog.path, thatDoes: "UPDATE pictures SET split = 'test', width = 77"
    ) { try catalog.remove("0.png") }
    let record = try catalog.picture("0.png")
    #expect((record.state, record.split, record.width) == (.excluded, .test, 77))
  }

  @Test func restoringKeepsWhatAnotherProgramChanges() throws {
    let collection = try collection(1)
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.remove("0.png")
    // Without the file, indexing adds nothing.
    try collection.delete("0.png")
    try run(
      besideAWriterIn: catalog.path, thatDoes: "UPDATE pictures SET split = 'test', width = 77"
    ) { try catalog.restore("0.png") }
    let record = try catalog.picture("0.png")
    #expect((record.state, record.split, record.width) == (.missing, .test, 77))
  }

  @Test func aSplitSetByHandGoesWithTheContentOfThatMoment() throws {
    let collection = try collection(1)
    let catalog = try collection.catalog()
    try catalog.index()
    let other = String(repeating: "0123456789abcdef", count: 4)
    try run(
      besideAWriterIn: catalog.path, thatDoes: "UPDATE pictures SET content_hash = '\(other)'"
    ) { try catalog.setSplit("0.png", to: .test) }
    #expect(try catalog.picture("0.png").split == .test)
  }

  @Test func indexingDoesNotUndoWhatHappensMeanwhile() throws {
    let collection = try collection(6)
    let catalog = try collection.catalog()
    try catalog.index()
    let second = try collection.catalog()
    for name in ["0.png", "1.png", "2.png"] { try collection.touch(name, seconds: 5) }
    for name in ["4.png", "5.png"] { try collection.delete(name) }
    let other: Split = try catalog.picture("1.png").split == .test ? .train : .test
    var isFirst = true
    let report = try catalog.index(progress: { _ in
      guard isFirst else { return }
      isFirst = false
      do {
        try second.remove("0.png")
        try second.setSplit("1.png", to: other)
        try second.remove("4.png")
      } catch { Issue.record(error) }
    })
    #expect((report.excluded, report.changed, report.vanished, report.unchanged) == (1, 2, 1, 1))
    let records = try catalog.pictures()
    #expect(records.map(\.state) == [.excluded, .usable, .usable, .usable, .excluded, .missing])
    #expect(records[0].reason == "was removed from the catalog")
    #expect(records[1].split == other && records[1].modified == 5_000_000_000)
  }

  @Test func indexingWritesPieceByPiece() throws {
    let collection = try collection(1_100)
    let (catalog, second) = try (collection.catalog(), collection.catalog())
    var recorded: [Int] = []
    try catalog.index(progress: { progress in
      do {
        recorded.append(try second.pictures().count)
        // Nobody holds the catalog.
        if recorded.last ?? 0 > 0 { try second.setSplit("0.png", to: .test) }
      } catch { Issue.record(error) }
    })
    #expect(recorded.first == 0 && recorded.contains { (1..<1_100).contains($0) })
    #expect(try catalog.pictures(state: .usable).count == 1_100)
    #expect(try catalog.picture("0.png").split == .test)
  }

  // MARK: Reading

  @Test func readersDoNotWaitForAWriter() throws {
    let collection = try collection(3)
    let path = try collection.catalog().path
    try collection.catalog().index()
    let writer = try Writer(path)
    let started = ContinuousClock.now
    let catalog = try Catalog.open(directory: collection.directory)
    #expect(try catalog.statistics().usable == 3)
    #expect(try catalog.pictures().count == 3)
    #expect(try catalog.verify().differences.isEmpty)
    // Nor does one that finds nothing to write.
    #expect(try catalog.index().unchanged == 3)
    #expect(ContinuousClock.now - started < .seconds(5))
    try writer.finish()
  }

  @Test func aCatalogInAFolderThatCannotBeWrittenCanBeRead() throws {
    let collection = try collection(3)
    let path = try collection.catalog().path
    try collection.catalog().index()
    chmod(path, 0o444)
    chmod(collection.path(".siren"), 0o555)
    defer { chmod(collection.path(".siren"), 0o755) }
    let directory = collection.directory
    let names = { try FileManager.default.contentsOfDirectory(atPath: directory + "/.siren") }
    let before = try names()
    try asNobody {
      let catalog = try Catalog.open(directory: directory)
      #expect(try catalog.statistics().usable == 3)
      #expect(try catalog.verify(threads: 1).differences.isEmpty)
      #expect(try catalog.image(of: catalog.picture("1.png")).width == 6)
      #expect(try catalog.index(threads: 1).unchanged == 3)
      #expect(try Catalog.open(directory: directory, createIfMissing: true).runs().isEmpty)
      let error = #expect(throws: CatalogError.self) { try catalog.remove("1.png") }
      #expect(error?.description.contains("permissions") == true)
      let split = try catalog.picture("1.png").split ?? .train
      let cache = try PixelCache.open(
        catalog: catalog, split: split, size: 4, channels: 3, threads: 1)
      #expect(cache.file == nil && cache.count >= 1)
    }
    #expect(try names() == before)
  }

  @Test func onlyMessagesAboutPermissionsSpeakOfThem() throws {
    let collection = try collection(1)
    let folder = collection.path("folder.sqlite")
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let error = #expect(throws: CatalogError.self) { try collection.catalog(folder) }
    #expect(
      error?.description
        == "\(folder): the catalog cannot be used (it is a folder); name another file with "
        + "--catalog")
    let nowhere = collection.path("no/catalog.sqlite")
    #expect(
      throws: CatalogError.catalogFolderMissing(path: nowhere, folder: collection.path("no"))
    ) { try collection.catalog(nowhere) }
  }

  // MARK: Beginnings

  @Test func severalMayBeginAtOnce() throws {
    for round in 0..<10 {
      let collection = try collection(4)
      let failures = Guarded<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 6) { number in
        do {
          let catalog = try collection.catalog()
          _ = try catalog.startRun(command: "test", arguments: [])
          try catalog.index(threads: 1)
          let statistics = try Catalog.open(directory: collection.directory).statistics()
          if statistics.usable != 4 { failures.withLock { $0.append("\(statistics)") } }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      #expect(failures.withLock { $0 } == [], "round \(round)")
      let catalog = try collection.catalog()
      #expect(try catalog.pictures().count == 4)
      #expect(try catalog.runs().count == 6)
    }
  }

  /// The remains of a program that was killed at its start: an empty file, GRDB's own table, and
  /// a database in which nothing was made yet.
  @Test(arguments: [
    nil, "PRAGMA user_version = 0; CREATE TABLE a (b); DROP TABLE a",
    "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)",
    "PRAGMA journal_mode = WAL; "
      + "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)",
  ])
  func halfMadeCatalogsAreFinished(sql: String?) throws {
    let collection = try collection(2)
    let path = Catalog.defaultPath(directory: collection.directory)
    try collection.write(".siren/catalog.sqlite", Data())
    if let sql {
      try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
    }
    // One who only reads finds nothing yet, and leaves it alone.
    #expect(
      throws: CatalogError.catalogMissing(path: path, directory: collection.directory)
    ) { try Catalog.open(directory: collection.directory) }
    #expect(try collection.catalog().index().usable == 2)
    #expect(try Catalog.open(directory: collection.directory).statistics().usable == 2)
  }

  @Test func aTableOfMigrationsOfAnotherProgramIsLeftAlone() throws {
    let collection = try collection(1)
    let path = collection.path("other.sqlite")
    try DatabaseQueue(path: path).write {
      try $0.execute(
        sql: """
          CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
          INSERT INTO grdb_migrations VALUES ('theirs')
          """)
    }
    #expect(throws: CatalogError.foreignDatabase(path: path)) { try collection.catalog(path) }
  }

  /// A program that is killed while it writes leaves a journal; whoever comes next rolls it back.
  @Test func aWriteThatWasCutOffIsUndone() throws {
    let collection = try collection(200)
    let catalog = try collection.catalog()
    try catalog.index()
    let before = try catalog.pictures()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let database = try DatabaseQueue(path: catalog.path, configuration: configuration)
    let copy = collection.path("copy.sqlite")
    try database.inDatabase { database in
      // The cache is so small that changed pages reach the file before the end.
      try database.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1")
      try database.beginTransaction(.immediate)
      try database.execute(sql: "UPDATE pictures SET reason = path || path, state = 'broken'")
      for suffix in ["", "-journal"] {
        try FileManager.default.copyItem(
          atPath: catalog.path + suffix, toPath: copy + suffix)
      }
      try database.rollback()
    }
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: copy))
        != Data(contentsOf: URL(fileURLWithPath: catalog.path)))
    let reopened = try Catalog.open(directory: collection.directory, catalogPath: copy)
    #expect(try reopened.pictures() == before)
    #expect(!FileManager.default.fileExists(atPath: copy + "-journal"))
  }

  /// Earlier versions kept a write-ahead log, which needs a folder that can be written.
  @Test func aWriteAheadLogIsReadAndThenGivenUp() throws {
    let collection = try collection(2)
    let path = try collection.catalog().path
    try collection.catalog().index()
    func mode(_ sql: String) throws -> String? {
      try DatabaseQueue(path: path).inDatabase { try String.fetchOne($0, sql: sql) }
    }
    #expect(try mode("PRAGMA journal_mode = WAL") == "wal")
    #expect(try Catalog.open(directory: collection.directory).statistics().usable == 2)
    try Catalog.open(directory: collection.directory).remove("0.png")
    #expect(try collection.catalog().index().usable == 1)
    #expect(try mode("PRAGMA journal_mode") == "delete")
    #expect(try Catalog.open(directory: collection.directory).statistics().usable == 1)
  }
}
