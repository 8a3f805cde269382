import DatasetCatalog
import Foundation
import Numerics
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
      let values = try cache.values(at: index)
      #expect(values == (try catalog.image(of: record).values))
      #expect(try cache.bytes(at: index).map { Float($0) / 255 } == values)
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
    #expect(try white.values(at: 0) == [Float](repeating: 127 / 255, count: 12))
    let black = try PixelCache.open(
      catalog: catalog, split: .train, size: 2, channels: 1, background: 0)
    #expect(try black.values(at: 0) == [Float](repeating: 0, count: 4))
  }

  @Test func theSecondTimeNoPictureIsRead() throws {
    let fixture = try fixture(70)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    let first = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 1)
    #expect(!first.wasReused && first.file != nil)
    for seed in 0..<70 { try collection.delete("\(seed).png") }
    let second = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 1)
    #expect(second.wasReused && second.paths == first.paths)
    #expect(try (0..<70).allSatisfy { try second.values(at: $0) == first.values(at: $0) })
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
    // The removed file is still readable.
    #expect(try first.values(at: 2).count == 48)
  }

  @Test(arguments: [0, 8, 16, 24, 32, 40, 72, 104, 128, 175])
  func damagedCachesAreMadeAnew(offset: Int) throws {
    let fixture = try fixture(1)
    let catalog = fixture.catalog
    let first = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    let file = try #require(first.file)
    let values = try first.values(at: 0)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(bytes.count == 128 + 48)
    bytes[offset] ^= 0x80
    try bytes.write(to: URL(fileURLWithPath: file), options: .atomic)
    let second = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(try !second.wasReused && second.values(at: 0) == values)
    try bytes.dropLast().write(to: URL(fileURLWithPath: file), options: .atomic)
    let third = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(try !third.wasReused && third.values(at: 0) == values)
  }

  @Test func withoutAWritableFolderPixelsStayInMemory() throws {
    let fixture = try fixture(3)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    let expected = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    let file = try #require(expected.file)
    // A folder in the file's place refuses even root.
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createDirectory(
      atPath: file + "/full", withIntermediateDirectories: true)
    let cache = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(cache.file == nil && cache.count == 3)
    #expect(try (0..<3).allSatisfy { try cache.values(at: $0) == expected.values(at: $0) })
    #expect(try cacheFiles(collection).count == 1)
  }

  /// A disk that has room for the given number of bytes.
  private func disk(with room: Int, whenFull: @escaping @Sendable (Int32) -> Void = { _ in })
    -> PixelCacheDisk
  {
    let left = Guarded(room)
    return PixelCacheDisk { descriptor, bytes in
      let accepted = left.withLock { left in
        let accepted = min(left, bytes.count)
        left -= accepted
        return accepted
      }
      guard accepted > 0 else {
        whenFull(descriptor)
        errno = ENOSPC
        return -1
      }
      return write(descriptor, bytes.baseAddress, accepted)
    }
  }

  /// The disk fills within the empty header, in the first and in a later row, between two rows,
  /// in the last row, and in the header at the end.
  @Test(arguments: [0, 1, 127, 128, 129, 150, 176, 177, 250, 4 * 48 + 127, 128 + 5 * 48, 400, 460])
  func aFullDiskShiftsNoPicture(room: Int) throws {
    let fixture = try fixture(5)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    let format = PixelFormat(size: 4, channels: 3)
    let cache = try PixelCache.open(
      catalog: catalog, split: .train, format: format, disk: disk(with: room))
    #expect(cache.file == nil && cache.count == 5)
    #expect(try cacheFiles(collection).isEmpty)
    let expected = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    #expect(expected.file != nil && !expected.wasReused)
    for index in 0..<5 {
      #expect(try cache.values(at: index) == expected.values(at: index), "picture \(index)")
    }
  }

  @Test func aDiskWithJustEnoughRoomHoldsTheCache() throws {
    let fixture = try fixture(5)
    let cache = try PixelCache.open(
      catalog: fixture.catalog, split: .train, format: PixelFormat(size: 4, channels: 3),
      disk: disk(with: 2 * 128 + 5 * 48))
    #expect(cache.file != nil)
    #expect(
      try PixelCache.open(catalog: fixture.catalog, split: .train, size: 4, channels: 3).wasReused)
  }

  /// A disk that refuses bytes and has lost, or changed, those that it took before.
  @Test(arguments: [true, false])
  func whatAFullDiskDoesNotGiveBackIsAnError(isCutShort: Bool) throws {
    let fixture = try fixture(70)
    let disk = disk(with: 128 + 64 * 48 + 100) { descriptor in
      if isCutShort {
        ftruncate(descriptor, 1_000)
      } else {
        _ = pwrite(descriptor, [UInt8](repeating: 7, count: 64), 64, 1_000)
      }
    }
    let error = #expect(throws: CatalogError.self) {
      try PixelCache.open(
        catalog: fixture.catalog, split: .train, format: PixelFormat(size: 4, channels: 3),
        disk: disk)
    }
    #expect(error?.description.contains("the pixel cache cannot be read") == true)
    #expect(try cacheFiles(fixture.collection).isEmpty)
  }

  @Test func aCacheThatIsCutShortWhileItIsOpenIsAnError() throws {
    let fixture = try fixture(200)
    _ = try PixelCache.open(catalog: fixture.catalog, split: .train, size: 8, channels: 3)
    let cache = try PixelCache.open(catalog: fixture.catalog, split: .train, size: 8, channels: 3)
    let file = try #require(cache.file)
    #expect(cache.wasReused)
    #expect(truncate(file, 5_000) == 0)
    #expect(try cache.values(at: 3).count == 192)
    let error = #expect(throws: CatalogError.self) { try cache.values(at: 199) }
    #expect(
      error?.description == "\(file): the pixel cache cannot be read (it was cut short: it has "
        + "5000 bytes, expected at least 38528); run the command again to rebuild it")
    let again = try PixelCache.open(catalog: fixture.catalog, split: .train, size: 8, channels: 3)
    #expect(!again.wasReused)
    #expect(try again.values(at: 199).count == 192)
  }

  @Test func filesOfADeadProgramAreRemoved() throws {
    let fixture = try fixture(2)
    let (collection, catalog) = (fixture.collection, fixture.catalog)
    let cache = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
    let name = (try #require(cache.file) as NSString).lastPathComponent
    // One in the form of earlier versions, one of another size, and one that is being written.
    let abandoned = ["\(name).4194300.tmp", "catalog-pixels-test-8x8x3-00.cache.17-4.tmp"]
    for name in abandoned { try collection.write(".siren/" + name, Data("half".utf8)) }
    let written = collection.path(".siren/\(name).1-2.tmp")
    let descriptor = open(written, O_RDWR | O_CREAT, 0o600)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    try collection.write(".siren/mine.tmp", Data("of another program".utf8))
    #expect(
      try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3).wasReused)
    #expect(try Set(cacheFiles(collection)) == [name, "\(name).1-2.tmp", "mine.tmp"])
    close(descriptor)
    #expect(
      try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3).wasReused)
    #expect(try Set(cacheFiles(collection)) == [name, "mine.tmp"])
  }

  @Test func picturesThatWereIndexedForACacheAreNotReadAgain() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<70 { try collection.write("\(seed).png", seed: seed) }
    let format = PixelFormat(size: 4, channels: 3)
    func pixels(_ catalog: Catalog) throws -> [[Float]] {
      let cache = try PixelCache.open(catalog: catalog, split: .train, size: 4, channels: 3)
      #expect(!cache.wasReused)
      return try (0..<cache.count).map { try cache.values(at: $0) }
    }
    let plain = try collection.catalog(collection.path(".plain"))
    try plain.index()
    let expected = try pixels(plain)

    let catalog = try collection.catalog(collection.path(".kept"))
    try catalog.index(keepingPixels: format)
    for seed in 0..<70 { try collection.delete("\(seed).png") }
    // Another form has to decode, and takes nothing away.
    #expect(throws: CatalogError.self) {
      try PixelCache.open(catalog: catalog, split: .train, size: 5, channels: 3)
    }
    #expect(try pixels(catalog) == expected)
  }

  @Test func pixelsThatCannotBeCached() throws {
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
