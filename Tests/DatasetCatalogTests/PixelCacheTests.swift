import DatasetCatalog
import Foundation
import Signals
import Testing

@Suite struct PixelCacheTests {
  /// A collection of which every picture is in the train split, and its catalog.
  ///
  /// The folder lives as long as this value.
  private struct Fixture {
    let collection: TemporaryCollection
    let catalog: Catalog
  }

  private func fixture(_ count: Int) throws -> Fixture {
    let collection = try TemporaryCollection()
    for seed in 0..<count {
      try collection.write(
        "\(seed).png", TemporaryCollection.png(seed: seed, width: 8, height: 8))
    }
    let catalog = try collection.catalog()
    try catalog.index()
    for record in try catalog.pictures() { try catalog.setSplit(record.path, to: .train) }
    return Fixture(collection: collection, catalog: catalog)
  }

  private func cacheFiles(_ collection: TemporaryCollection) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: collection.path(".siren"))
      .filter { $0.hasSuffix(".cache") || $0.hasSuffix(".tmp") }
  }

  @Test func pixelsAreThoseOfThePictures() throws {
    let fixture = try fixture(5)
    let catalog = fixture.catalog
    let cache = try PixelCache.open(catalog: catalog, split: .train, size: 8, channels: 3)
    #expect((cache.count, cache.size, cache.channels) == (5, 8, 3))
    let records = try catalog.pictures().sorted { $0.contentHash < $1.contentHash }
    #expect(cache.paths == records.map(\.path))
    for (index, record) in records.enumerated() {
      #expect(cache.values(at: index) == (try catalog.image(of: record).values))
      cache.withPixels(at: index) { pixels in
        #expect(pixels.count == 8 * 8 * 3)
        #expect(pixels.map { Float($0) / 255 } == cache.values(at: index))
      }
    }
  }

  @Test func picturesAreCroppedResizedAndComposited() throws {
    let collection = try TemporaryCollection()
    // Half transparent black, between columns that the square leaves out.
    var image = Image(width: 8, height: 4, channels: 2)
    for row in 0..<4 {
      for column in 2..<6 { image[row, column, 1] = Float(128) / 255 }
    }
    try collection.write("a.png", ImageFile.encodePNG(image))
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.setSplit("a.png", to: .train)
    let white = try PixelCache.open(catalog: catalog, split: .train, size: 2, channels: 3)
    #expect(white.values(at: 0) == [Float](repeating: 127 / 255, count: 12))
    let black = try PixelCache.open(
      catalog: catalog, split: .train, size: 2, channels: 1, background: 0)
    #expect(black.values(at: 0) == [Float](repeating: 0, count: 4))
  }

  @Test func theSecondTimeNoPictureIsRead() throws {
    let fixture = try fixture(70)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    let first = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 1)
    #expect(!first.wasReused && first.file != nil)
    for seed in 0..<70 { try collection.delete("\(seed).png") }
    let second = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 1)
    #expect(second.wasReused && second.paths == first.paths)
    #expect((0..<70).allSatisfy { second.values(at: $0) == first.values(at: $0) })
  }

  @Test func threadsDoNotMatter() throws {
    let fixture = try fixture(70)
    let catalog = fixture.catalog
    let files = try [1, 4].map { threads in
      let cache = try PixelCache.open(
        catalog: catalog, split: .train, size: 4, channels: 3, threads: threads)
      let file = try #require(cache.file)
      defer { try? FileManager.default.removeItem(atPath: file) }
      return try Data(contentsOf: URL(fileURLWithPath: file))
    }
    #expect(files[0] == files[1])
  }

  @Test func changesMakeANewCacheAndRemoveTheOld() throws {
    let fixture = try fixture(3)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    let first = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    _ = try PixelCache.open(catalog: catalog, split: .train, size: 2, channels: 3)
    try collection.write("1.png", seed: 100)
    try catalog.index()
    try catalog.setSplit("1.png", to: .train)
    let second = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(!second.wasReused && second.file != first.file)
    // One of size 4, one of size 2, and nothing left over.
    #expect(try cacheFiles(collection).count == 2)
    // The removed file is still mapped.
    #expect(first.values(at: 2).count == 48)
  }

  @Test(arguments: [0, 8, 16, 24, 32, 40, 72, 104, 128, 175])
  func damagedCachesAreMadeAnew(offset: Int) throws {
    let fixture = try fixture(1)
    let catalog = fixture.catalog
    let first = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    let file = try #require(first.file)
    let values = first.values(at: 0)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(bytes.count == 128 + 48)
    bytes[offset] ^= 0x80
    try bytes.write(to: URL(fileURLWithPath: file), options: .atomic)
    let second = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(!second.wasReused && second.values(at: 0) == values)
    try bytes.dropLast().write(to: URL(fileURLWithPath: file), options: .atomic)
    let third = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(!third.wasReused && third.values(at: 0) == values)
  }

  @Test func withoutAWritableFolderPixelsStayInMemory() throws {
    let fixture = try fixture(3)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    let expected = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    let file = try #require(expected.file)
    // A folder in the file's place and in the temporary file's refuses even root.
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createDirectory(
      atPath: file + "/full", withIntermediateDirectories: true)
    let cache = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(cache.file == nil && cache.count == 3)
    #expect((0..<3).allSatisfy { cache.values(at: $0) == expected.values(at: $0) })
    let temporary = file + ".\(ProcessInfo.processInfo.processIdentifier).tmp"
    try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    let second = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect((0..<3).allSatisfy { second.values(at: $0) == expected.values(at: $0) })
    try FileManager.default.removeItem(atPath: temporary)
    #expect(try cacheFiles(collection).count == 1)
  }

  @Test func whatCannotBeCached() throws {
    let fixture = try fixture(2)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    func open(_ split: Split, size: Int, channels: Int) throws {
      _ = try PixelCache.open(catalog: catalog, split: split, size: size, channels: channels)
    }
    for (size, channels) in [(0, 3), (4097, 3), (8, 2), (8, 4)] {
      #expect(throws: CatalogError.invalidCacheShape(size: size, channels: channels)) {
        try open(.train, size: size, channels: channels)
      }
    }
    #expect(throws: CatalogError.emptySplit(split: .test, directory: catalog.directory)) {
      try open(.test, size: 8, channels: 3)
    }
    #expect(throws: CatalogError.cancelled) {
      try PixelCache.open(
        catalog: catalog, split: .train, size: 8, channels: 3, isCancelled: { true })
    }
    try collection.write("1.png", seed: 100)
    #expect(throws: CatalogError.pictureChanged(path: collection.path("1.png"))) {
      try open(.train, size: 8, channels: 3)
    }
    #expect(try cacheFiles(collection).isEmpty)
  }
}
