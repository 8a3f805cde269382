import DatasetCatalog
import Files
import Foundation
import Numerics
import Testing

@Suite struct IndexTests {
  @Test func recordsWhatIsThere() throws {
    let collection = try TemporaryCollection()
    try collection.write("b/two.png", TemporaryCollection.png(seed: 2, width: 9, height: 5))
    try collection.write("a.jpg", TemporaryCollection.jpeg)
    try collection.touch("a.jpg", seconds: 1_000_000)
    let catalog = try collection.catalog()
    let report = try catalog.index()
    #expect((report.added, report.usable, report.broken, report.ignored) == (2, 2, 0, 0))

    let records = try catalog.pictures()
    #expect(records.map(\.path) == ["a.jpg", "b/two.png"])
    #expect((records[0].width, records[0].height, records[0].channels) == (8, 8, 1))
    #expect((records[1].width, records[1].height, records[1].channels) == (9, 5, 3))
    #expect(records[0].modified == 1_000_000_000_000_000)
    #expect(records[0].bytes == TemporaryCollection.jpeg.count)
    let digest = ContentHash.digest(of: Array(TemporaryCollection.jpeg))
    #expect(records[0].contentHash == ContentHash.hexadecimal(digest))
    #expect(records[0].split == Split(digest: digest))
    #expect(records[0].state == .usable && records[0].reason.isEmpty)
    #expect(try catalog.contents(of: records[0]) == TemporaryCollection.jpeg)
  }

  @Test func contentCountsAndNotTheName() throws {
    let collection = try TemporaryCollection()
    let png = try TemporaryCollection.png(seed: 1)
    try collection.write("jpeg.png", TemporaryCollection.jpeg)
    try collection.write("png-without-a-name", png)
    try collection.write("notes.txt", Data("some words".utf8))
    try collection.write("text.png", Data("some words".utf8))
    try collection.write("empty.JPG", Data())
    try collection.write("empty", Data())
    try collection.write("truncated.png", png.dropLast(20))
    let catalog = try collection.catalog()
    let report = try catalog.index()
    #expect((report.usable, report.broken, report.ignored) == (2, 3, 2))

    let usable = try catalog.pictures(state: .usable)
    #expect(usable.map(\.path) == ["jpeg.png", "png-without-a-name"])
    let broken = try catalog.pictures(state: .broken)
    #expect(broken.map(\.path) == ["empty.JPG", "text.png", "truncated.png"])
    #expect(broken[0].reason == "the file is empty")
    #expect(broken[1].reason.contains("is not a picture that is read here"))
    #expect(broken[2].reason.contains("cut short") || broken[2].reason.contains("cannot hold"))
    #expect((broken[2].width, broken[2].height) == (6, 4))
    #expect(broken.allSatisfy { !$0.reason.contains("\n") && !$0.reason.contains($0.path) })
  }

  @Test func hiddenFilesAreLeftOutAndLinksNotFollowed() throws {
    let outside = try TemporaryCollection()
    try outside.write("secret.png", seed: 9)
    let collection = try TemporaryCollection()
    try collection.write("a/real.png", seed: 1)
    try collection.write(".hidden/b.png", seed: 2)
    try collection.write("a/._real.png", seed: 3)
    try collection.link("a/loop", to: "..")
    try collection.link("self", to: "self")
    try collection.link("out", to: outside.directory)
    try collection.link("secret.png", to: outside.path("secret.png"))
    let catalog = try collection.catalog()
    let report = try catalog.index()
    #expect((report.usable, report.links, report.broken) == (1, 4, 0))
    // The folder .hidden and the file ._real.png; the catalog's own folder does not count.
    #expect(report.hidden == 2)
    #expect(try catalog.pictures().map(\.path) == ["a/real.png"])
  }

  @Test func pathsThatAreNotFilesAreBroken() throws {
    let collection = try TemporaryCollection()
    try collection.write("real.png", seed: 1)
    #expect(mkfifo(collection.path("pipe.png"), 0o600) == 0)
    try FileManager.default.createDirectory(
      atPath: collection.path("folder.png"), withIntermediateDirectories: true)
    let catalog = try collection.catalog()
    try catalog.index()
    let broken = try catalog.pictures(state: .broken)
    #expect(broken.map(\.path) == ["pipe.png"])
    #expect(broken.first?.reason == "is not a regular file")
    #expect(broken.first?.split == nil)
  }

  /// Indexing and training said nothing of a picture that a full table of files, for example, kept from them.
  @Test func picturesThatCouldNotBeReadAreReported() throws {
    let collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    try collection.write("b.png", Data())
    // More than is read; no disk space is used.
    #expect(truncate(collection.path("b.png"), off_t(1 << 30) + 1) == 0)
    let catalog = try Catalog.open(directory: collection.directory, createIfMissing: true)
    for _ in 0..<2 {
      let report = try catalog.index()
      #expect(report.unread == 1 && report.usable == 1 && report.broken == 1)
      #expect(
        report.firstUnread?.hasPrefix("b.png cannot be read: the file has 1073741825") == true)
    }
    #expect(truncate(collection.path("b.png"), 0) == 0)
    #expect(try catalog.index().unread == 0)
  }

  @Test(.enabled(if: geteuid() != 0, "root reads everything"))
  func unreadableFilesAreBrokenUntilTheyAreReadable() throws {
    let collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    try collection.write("b.png", seed: 2)
    chmod(collection.path("b.png"), 0)
    let catalog = try collection.catalog()
    #expect(try catalog.index().broken == 1)
    #expect(try catalog.picture("b.png").reason.contains("permission denied"))
    chmod(collection.path("b.png"), 0o600)
    let report = try catalog.index()
    #expect((report.changed, report.usable, report.broken) == (1, 2, 0))
  }

  @Test func secondTimeReadsOnlyWhatChanged() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<5 { try collection.write("\(seed).png", seed: seed) }
    try collection.write("text.png", Data("some words".utf8))
    let catalog = try collection.catalog()
    try catalog.index()
    let before = try catalog.pictures()
    let read = Reads()
    var report = try catalog.index(progress: { read.total = $0.total })
    #expect((report.unchanged, report.changed, report.added, read.total) == (6, 0, 0, 0))
    #expect(try catalog.pictures() == before)

    try collection.write("2.png", seed: 77)
    try collection.touch("3.png", seconds: 5)
    report = try catalog.index(progress: { read.total = $0.total })
    #expect((report.unchanged, report.changed, report.added, read.total) == (4, 2, 0, 2))
    let after = try catalog.pictures()
    #expect(after[2].contentHash != before[2].contentHash)
    #expect(after[3].contentHash == before[3].contentHash && after[3].modified == 5_000_000_000)
  }

  /// The last reported progress of an index.
  private final class Reads {
    var total = -1
  }

  @Test func aVanishedPictureReturns() throws {
    let collection = try TemporaryCollection()
    let png = try TemporaryCollection.png(seed: 1)
    try collection.write("a.png", png)
    try collection.write("b.png", seed: 2)
    let catalog = try collection.catalog()
    try catalog.index()
    let first = try catalog.picture("a.png")
    try collection.delete("a.png")
    var report = try catalog.index()
    #expect((report.vanished, report.usable) == (1, 1))
    #expect(try catalog.picture("a.png").state == .missing)
    #expect(try catalog.index().vanished == 0)
    #expect(try catalog.statistics().missing == 1)

    try collection.write("a.png", png)
    report = try catalog.index()
    #expect((report.returned, report.added, report.usable) == (1, 0, 2))
    #expect(try catalog.picture("a.png").contentHash == first.contentHash)
  }

  @Test func aPictureOverwrittenByTextWithoutItsNameVanishes() throws {
    let collection = try TemporaryCollection()
    try collection.write("a", seed: 1)
    try collection.write("b.png", seed: 2)
    let catalog = try collection.catalog()
    try catalog.index()
    try collection.write("a", Data("some words".utf8))
    let report = try catalog.index()
    #expect((report.vanished, report.ignored, report.usable) == (1, 1, 1))
  }

  @Test func resultDoesNotDependOnThreads() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<150 { try collection.write("\(seed % 7)/\(seed).png", seed: seed) }
    let one = try collection.catalog(collection.path(".one"))
    let four = try collection.catalog(collection.path(".four"))
    let reports = try (one.index(threads: 1), four.index(threads: 4))
    #expect(reports.0.added == 150 && reports.1.added == 150)
    #expect(try one.pictures() == four.pictures())
  }

  @Test func interruptedIndexKeepsWhatWasRead() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<130 { try collection.write("\(seed).png", seed: seed) }
    let catalog = try collection.catalog()
    let read = Reads()
    let report = try catalog.index(
      progress: { read.total = $0.completed }, isCancelled: { read.total >= 64 })
    #expect(report.isCancelled && report.added == 64 && report.vanished == 0)
    let second = try catalog.index()
    #expect((second.added, second.unchanged, second.usable) == (66, 64, 130))
  }

  @Test func strangeNamesSurvive() throws {
    let collection = try TemporaryCollection()
    let names = ["'; DROP TABLE pictures; --.png", "a\nb.png", "ü ñ 🙂.png", "%_?1.png"]
    for (seed, name) in names.enumerated() { try collection.write(name, seed: seed) }
    let catalog = try collection.catalog()
    #expect(try catalog.index().usable == 4)
    for name in names { #expect(try catalog.picture(name).path == name) }
  }

  /// Makes an empty file whose name is not UTF-8; false where the file system refuses such names.
  private static func makeStrangelyNamedFile(_ collection: TemporaryCollection) -> Bool {
    let name =
      collection.path("x").utf8.map { CChar(bitPattern: $0) } + [-1] + Array(".png".utf8CString)
    let descriptor = creat(name, 0o600)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }

  private static func anyNameIsAllowed() throws -> Bool {
    makeStrangelyNamedFile(try TemporaryCollection())
  }

  @Test(.enabled("the file system takes any name") { try anyNameIsAllowed() })
  func namesThatAreNotUnicodeAreBroken() throws {
    let collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    try #require(Self.makeStrangelyNamedFile(collection))
    let catalog = try collection.catalog()
    #expect(try catalog.index().broken == 1)
    #expect(try catalog.pictures(state: .broken).first?.reason.contains("not UTF-8") == true)
  }

  /// A collection with two pictures at the top and three in `sub`, indexed.
  private func nested() throws -> (collection: TemporaryCollection, catalog: Catalog) {
    let collection = try TemporaryCollection()
    for seed in 0..<2 { try collection.write("\(seed).png", seed: seed) }
    for seed in 2..<5 { try collection.write("sub/\(seed).png", seed: seed) }
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.remove("sub/4.png")
    return (collection, catalog)
  }

  @Test func picturesInAFolderThatCannotBeOpenedStayAsTheyAre() throws {
    let (collection, catalog) = try nested()
    try collection.write("sub-b/2.png", seed: 9)
    try catalog.index()
    let before = try catalog.pictures()
    try collection.delete("0.png")
    let listing = FolderListing(open: { path in
      guard !path.hasSuffix("/sub") else {
        errno = EACCES
        return nil
      }
      return opendir(path)
    })
    let report = try catalog.index(listing: listing)
    #expect((report.vanished, report.usable) == (1, 4))
    #expect(
      report.problems
        == ["sub: cannot be listed (permission denied); 2 pictures known in it stay as they are"])
    let after = try catalog.pictures()
    #expect(after[0].state == .missing)
    #expect(Array(after[1...]) == Array(before[1...]))
    #expect(try catalog.index().problems.isEmpty)
  }

  @Test func anErrorWhileAFolderIsListedIsNotItsEnd() throws {
    let (collection, catalog) = try nested()
    // The folder lives as long as this value.
    defer { withExtendedLifetime(collection) {} }
    let before = try catalog.pictures()
    /// Fails in the folder `sub` after the given number of items, including `.` and `..`.
    func failing(after items: Int) -> FolderListing {
      let sub = Guarded<OpaquePointer?>(nil)
      let count = Guarded(0)
      return FolderListing(
        open: { path in
          guard let stream = opendir(path) else { return nil }
          if path.hasSuffix("/sub") { sub.withLock { $0 = stream } }
          return stream
        },
        next: { stream in
          let isSub = sub.withLock { $0 == stream }
          let number = count.withLock { count in
            if isSub { count += 1 }
            return count
          }
          guard !isSub || number <= items else {
            errno = EIO
            return nil
          }
          return readdir(stream)
        })
    }
    for items in 0...4 {
      let report = try catalog.index(listing: failing(after: items))
      #expect(report.vanished == 0 && report.problems.count == 1)
      #expect(
        report.problems.first?.hasPrefix("sub: cannot be listed (input/output error)") == true)
      #expect(try catalog.pictures() == before)
    }
    // An error in the collection's own folder ends it, and changes nothing.
    let root = FolderListing(next: { _ in
      errno = EIO
      return nil
    })
    #expect(
      throws: CatalogError.folderUnreadable(
        path: catalog.directory, reason: "input/output error")
    ) { try catalog.index(listing: root) }
    #expect(try catalog.pictures() == before)
  }

  @Test func foldersThatOnlyRootMayEnterKeepTheirPictures() throws {
    let collection = try TemporaryCollection()
    let elsewhere = try TemporaryCollection()
    chmod(elsewhere.directory, 0o777)
    for seed in 0..<2 { try collection.write("\(seed).png", seed: seed) }
    for name in ["listed/2.png", "closed/3.png", "picture"] { try collection.write(name, seed: 7) }
    let (directory, path) = (collection.directory, elsewhere.path("c.sqlite"))
    try asNobody {
      let catalog = try Catalog.open(
        directory: directory, catalogPath: path, createIfMissing: true)
      #expect(try catalog.index(threads: 1).usable == 5)
    }
    // May be listed and not entered; not even listed; may not be read.
    chmod(collection.path("listed"), 0o444)
    chmod(collection.path("closed"), 0)
    chmod(collection.path("picture"), 0)
    try collection.touch("picture", seconds: 5)
    try asNobody {
      let catalog = try Catalog.open(directory: directory, catalogPath: path)
      let report = try catalog.index(threads: 1)
      #expect((report.vanished, report.usable, report.broken) == (0, 4, 1))
      #expect(
        report.problems.sorted() == [
          "closed: cannot be listed (permission denied); 1 picture known in it stays as it is",
          "listed: cannot be listed (permission denied); 1 picture known in it stays as it is",
        ])
      #expect(try catalog.picture("picture").reason.contains("permission denied"))
    }
    for (name, mode) in [("listed", 0o755), ("closed", 0o755), ("picture", 0o644)]
      as [(String, mode_t)]
    {
      chmod(collection.path(name), mode)
    }
    try asNobody {
      let catalog = try Catalog.open(directory: directory, catalogPath: path)
      #expect(try catalog.index(threads: 1).usable == 5)
    }
  }
}
