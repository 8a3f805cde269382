import DatasetCatalog
import Foundation
import Signals
import Testing

@Suite struct PictureWindowsTests {
  /// Pictures of 12 columns and 16 rows in the train split, and one that is too small for a window.
  private func catalog(_ collection: TemporaryCollection, pictures: Int = 3) throws -> Catalog {
    for seed in 0..<pictures {
      try collection.write(
        "\(seed).png", TemporaryCollection.png(seed: seed, width: 12, height: 16))
    }
    try collection.write("small.png", TemporaryCollection.png(seed: 9, width: 3, height: 16))
    let catalog = try collection.catalog()
    try catalog.index()
    for record in try catalog.pictures() { try catalog.setSplit(record.path, to: .train) }
    return catalog
  }

  private func cut(
    _ catalog: Catalog, part: PictureWindows.Part = .whole, limit: Int = 30, seed: UInt64 = 1,
    threads: Int = 2
  ) throws -> PictureWindows {
    try PictureWindows.cut(
      catalog: catalog, split: .train, part: part, size: 4, channels: 3, limit: limit, seed: seed,
      threads: threads)
  }

  /// Path, row and column of a window's name.
  private func place(_ name: String) throws -> (path: String, row: Int, column: Int) {
    let parts = name.split(separator: "@")
    let numbers = parts[1].split(separator: ",").compactMap { Int($0) }
    try #require(numbers.count == 2)
    return (String(parts[0]), numbers[0], numbers[1])
  }

  @Test func windowsAreThePicturesOwnPixels() throws {
    let collection = try TemporaryCollection()
    let catalog = try catalog(collection)
    let windows = try cut(catalog)
    #expect(windows.count == 30 && windows.size == 4 && windows.channels == 3)
    #expect(Set(windows.names).count == 30)
    for index in 0..<windows.count {
      let (path, row, column) = try place(windows.names[index])
      let picture = try ImageFile.read(collection.path(path))
      var expected: [Float] = []
      for y in row..<row + 4 {
        for x in column..<column + 4 {
          expected += (0..<3).map { picture[y, x, $0] }
        }
      }
      #expect(windows.values(at: index) == expected, "\(windows.names[index])")
    }
    // Ten of each picture, none of the one that is too small.
    for picture in 0..<3 {
      #expect(windows.names.filter { $0.hasPrefix("\(picture).png@") }.count == 10)
    }
  }

  @Test func oneSeedGivesTheSameWindowsOnAnyNumberOfThreads() throws {
    let collection = try TemporaryCollection()
    let catalog = try catalog(collection)
    let windows = try cut(catalog)
    let single = try cut(catalog, threads: 1)
    #expect(single.names == windows.names)
    for index in 0..<30 { #expect(single.values(at: index) == windows.values(at: index)) }
    #expect(try cut(catalog, seed: 2).names != windows.names)
    // More than there are places for: every place once.
    #expect(try cut(catalog, limit: 10_000).count == 3 * 13 * 9)
  }

  @Test func partsDoNotShareRows() throws {
    let collection = try TemporaryCollection()
    let catalog = try catalog(collection)
    // Every place of a part: 9 rows of 9 above, 1 row of 9 below, in each of three pictures.
    let upper = try cut(catalog, part: .upper, limit: 1_000).names
    #expect(upper.count == 3 * 9 * 9)
    for name in upper { #expect(try place(name).row + 4 <= 12) }
    let lower = try cut(catalog, part: .lower, limit: 1_000).names
    #expect(lower.count == 3 * 9)
    for name in lower { #expect(try place(name).row == 12) }
  }

  @Test func aSplitWithoutRoomIsNamed() throws {
    let collection = try TemporaryCollection()
    let catalog = try catalog(collection, pictures: 0)
    let error = #expect(throws: CatalogError.self) { try cut(catalog) }
    #expect(
      error?.description
        == "\(collection.directory): no picture in the train split is large enough for windows of 4x4; "
        + "pass a smaller --size, or assign larger pictures with "
        + "'siren-hyper dataset split --set'")
    #expect(throws: CatalogError.cancelled) {
      try PictureWindows.cut(
        catalog: try self.catalog(TemporaryCollection()), split: .train, size: 4, channels: 1,
        limit: 9, seed: 1, isCancelled: { true })
    }
  }
}
