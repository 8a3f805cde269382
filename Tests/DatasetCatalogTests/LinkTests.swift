import DatasetCatalog
import Foundation
import Testing

/// Symbolic links in a collection that follows them.
@Suite struct LinkTests {
  @Test("Linked files and folders are read, circles end, and the choice is remembered")
  func followed() throws {
    let outside = try TemporaryCollection()
    try outside.write("deep/one.png", seed: 1)
    try outside.write("two.png", seed: 2)
    let collection = try TemporaryCollection()
    try collection.write("a/real.png", seed: 3)
    try collection.link("a/loop", to: "..")
    try collection.link("self", to: "self")
    try collection.link("nowhere.png", to: "absent.png")
    try collection.link("folder", to: outside.directory)
    try collection.link("again", to: outside.directory)
    try collection.link("two.png", to: outside.path("two.png"))
    try outside.link("back", to: collection.directory)
    let catalog = try Catalog.open(
      directory: collection.directory, createIfMissing: true, followsLinks: true)
    let report = try catalog.index()
    let expected = ["a/real.png", "again/deep/one.png", "again/two.png", "two.png"]
    #expect(try catalog.pictures(state: .usable).map(\.path) == expected)
    #expect((report.usable, report.links) == (4, 2))
    #expect(
      Set(report.problems)
        == ["self: the link leads nowhere", "nowhere.png: the link leads nowhere"])
    #expect(try catalog.image(of: catalog.picture("again/deep/one.png")).width == 6)
    #expect(try catalog.verify().differences.isEmpty)

    // Whoever opens it next follows them too, until told otherwise.
    let later = try Catalog.open(directory: collection.directory)
    #expect(try later.index().unchanged == 4)
    let strict = try Catalog.open(directory: collection.directory, followsLinks: false)
    #expect(try strict.index().vanished == 3)
    #expect(try Catalog.open(directory: collection.directory).index().usable == 1)
  }

  @Test("A folder of links alone is a collection only where they are followed")
  func linksAlone() throws {
    let outside = try TemporaryCollection()
    try outside.write("one.png", seed: 1)
    let collection = try TemporaryCollection()
    try collection.link("one.png", to: outside.path("one.png"))
    #expect(throws: CatalogError.self) { try collection.catalog() }
    let catalog = try Catalog.open(
      directory: collection.directory, createIfMissing: true, followsLinks: true)
    #expect(try catalog.index().usable == 1)
  }

  @Test("Other files are named by their kinds")
  func otherKinds() throws {
    let collection = try TemporaryCollection()
    for name in ["a.xyz", "b.xyz", "c.XYZ", "notes", "t.abc"] {
      try collection.write(name, Data("text".utf8))
    }
    let error = #expect(throws: CatalogError.self) { try collection.catalog() }
    #expect(
      error?.description.contains(
        "among 5 files (3 .xyz, 1 without extension, 1 .abc); convert the pictures") == true,
      "\(String(describing: error))")
  }
}
