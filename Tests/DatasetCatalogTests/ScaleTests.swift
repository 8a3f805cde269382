import DatasetCatalog
import Foundation
import GRDB
import Numerics
import Signals
import Testing

/// The range of samples that a collection's pictures share, and caches that hold more than 8 bits.
@Suite struct ScaleTests {
  /// A TIFF of three pages and a thumbnail.
  private static let stack = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("SignalsTests/Fixtures/formats/pages.tif")

  /// A picture of one channel whose samples run from the first to the last number.
  private func ramp(
    _ type: SampleType, _ low: Double, _ high: Double, side: Int = 16
  ) throws -> StoredPicture {
    let values = (0..<side * side).map { Float($0) / Float(side * side - 1) }
    var format = PictureFormat(type: type, channels: 1)
    format.range = try #require(ValueRange(low, high))
    return StoredPicture(
      Image(width: side, height: side, channels: 1, values: values), as: format)
  }

  private func write(
    _ picture: StoredPicture, _ name: String, in collection: TemporaryCollection
  ) throws {
    let container = try PictureContainer(path: name)
    try collection.write(
      name, PictureFile.encode(picture, as: container, path: name).data)
  }

  private func indexed(_ collection: TemporaryCollection) throws -> Catalog {
    let catalog = try collection.catalog()
    try catalog.index()
    for record in try catalog.pictures() { try catalog.setSplit(record.path, to: .train) }
    return catalog
  }

  @Test func everyTypeHasOneRangeForAllItsPictures() throws {
    let collection = try TemporaryCollection()
    try write(try ramp(.unsigned16, 100, 900), "a.tif", in: collection)
    try write(try ramp(.unsigned16, 50, 3_000), "b.png", in: collection)
    try write(try ramp(.float32, -2.5, 1), "c.tif", in: collection)
    try write(try ramp(.float32, -1, 8.25), "d.npy", in: collection)
    try write(try ramp(.unsigned8, 3, 9), "e.png", in: collection)
    let catalog = try indexed(collection)
    let scale = try catalog.scale()
    #expect(scale.range(of: .unsigned16) == ValueRange(0, 4_095))
    #expect(scale.range(of: .float32) == ValueRange(-2.5, 8.25))
    #expect(scale.range(of: .unsigned8) == ValueRange(0, 255))
    #expect(scale.range(of: .float64) == nil && !scale.isPlain)

    try catalog.setRangeChoice(try #require(RangeChoice(parsing: "10:20")))
    #expect(try catalog.scale().range(of: .float32) == ValueRange(10, 20))
    // Another program sees the choice.
    #expect(try collection.catalog().rangeChoice() == .fixed(try #require(ValueRange(10, 20))))
  }

  @Test func percentilesLeaveOutTheOutermostThousandths() throws {
    let collection = try TemporaryCollection()
    var picture = try ramp(.unsigned16, 0, 1_000, side: 64)
    var hot = picture.image
    hot.values[7] = 60
    picture = StoredPicture(hot, as: picture.format)
    try write(picture, "hot.tif", in: collection)
    let catalog = try indexed(collection)
    #expect(try catalog.scale().range(of: .unsigned16) == ValueRange(0, 65_535))
    try catalog.setRangeChoice(.percentiles)
    let range = try #require(try catalog.scale().range(of: .unsigned16))
    #expect(range.low > 0 && range.low < 4 && range.high > 995 && range.high < 1_000)
  }

  @Test func cachesHoldTheBitsOfTheirPictures() throws {
    let collection = try TemporaryCollection()
    try write(try ramp(.float64, -40, 25), "heights.npy", in: collection)
    let catalog = try indexed(collection)
    let cache = try PixelCache.open(catalog: catalog, split: .train, size: 16, channels: 1)
    let values = try cache.values(at: 0)
    let largest = values.enumerated().map { abs($1 - Float($0) / 255) }.max() ?? 1
    // 8 bits are off by up to a 510th.
    #expect(largest < 1e-5)
    let again = try PixelCache.open(catalog: catalog, split: .train, size: 16, channels: 1)
    #expect(again.wasReused)
    #expect(try again.values(at: 0) == values)

    let windows = try PictureWindows.cut(
      catalog: catalog, split: .train, size: 16, channels: 1, limit: 1, seed: 1)
    #expect(windows.values(at: 0) == values)

    // Another range is another cache.
    try catalog.setRangeChoice(.fixed(try #require(ValueRange(-40, 90))))
    let wider = try PixelCache.open(catalog: catalog, split: .train, size: 16, channels: 1)
    #expect(!wider.wasReused)
    #expect(abs((try wider.values(at: 0).last ?? 0) - 0.5) < 1e-5)
  }

  @Test func everyPageOfAStackIsAPicture() throws {
    let collection = try TemporaryCollection()
    try collection.write("stack.tif", try Data(contentsOf: Self.stack))
    let catalog = try indexed(collection)
    #expect(try catalog.pictures().first?.details?.pages == [1, 2, 3])
    let cache = try PixelCache.open(catalog: catalog, split: .train, size: 5, channels: 1)
    #expect(cache.paths == ["stack.tif", "stack.tif#2", "stack.tif#3"])
    let (first, third) = (try cache.values(at: 0), try cache.values(at: 2))
    // Each page is one more than the page before it.
    #expect(abs(third[0] - first[0] - 2 / 65_535) < 1.6 / 65_535)
  }

  @Test func picturesWithHolesAreLeftOutWithTheReason() throws {
    let collection = try TemporaryCollection()
    var values = try ramp(.float32, 0, 1).image
    values.values[3] = .nan
    let bytes = values.values.withUnsafeBytes { Array($0) }
    let picture = StoredPicture(
      width: 16, height: 16, format: PictureFormat(type: .float32, channels: 1), samples: bytes)
    try write(picture, "holes.npy", in: collection)
    let catalog = try collection.catalog()
    #expect(try catalog.index().broken == 1)
    #expect(
      try catalog.pictures().first?.reason
        == "has 1 samples that are not finite numbers; fill them in with 'siren-hyper inpaint'")
  }

  /// The range lies beside the settings, which are written whole.
  @Test func otherSettingsLeaveTheRangeAsItIs() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<4 { try collection.write("\(seed).png", seed: seed) }
    let catalog = try collection.catalog()
    try catalog.index()
    let range = RangeChoice.fixed(try #require(ValueRange(10, 20)))
    try catalog.setRangeChoice(range)
    let rule = SplitRule(ratio: try #require(SplitRatio(parsing: "50:25:25")))
    try catalog.split(by: rule)
    #expect(try catalog.rangeChoice() == range)
    let following = try Catalog.open(directory: collection.directory, followsLinks: true)
    #expect(try following.rangeChoice() == range)
    // Settings that say nothing any more are removed, and they alone.
    try following.split(by: SplitRule())
    #expect(try following.splitRule() == nil)
    #expect(try following.rangeChoice() == range)
  }

  @Test func aStackIsReadOnceForAllItsPages() throws {
    let collection = try TemporaryCollection()
    try collection.write("stack.tif", try Data(contentsOf: Self.stack))
    try collection.write("single.png", seed: 1)
    let catalog = try indexed(collection)
    let reads = Guarded([String]())
    let reader = StackReader(
      contents: { record in
        reads.withLock { $0.append(record.path) }
        return [UInt8](try catalog.contents(of: record))
      }, absolutePath: catalog.absolutePath(of:))
    let stack = try catalog.picture("stack.tif")
    let pages = try Parallel.map(3, upTo: 2) { try reader.stored(stack, page: $0 + 1) }
    for (place, page) in pages.enumerated() {
      #expect(page == (try catalog.stored(stack, page: place + 1)))
    }
    #expect(reads.withLock { $0 } == ["stack.tif"])
    _ = try reader.stored(try catalog.picture("single.png"), page: 1)
    _ = try reader.stored(stack, page: 2)
    #expect(reads.withLock { $0 } == ["stack.tif", "single.png"])
  }

  /// A catalog of the first schema learns about samples when it is indexed again.
  @Test func earlierCatalogsAreCompleted() throws {
    let collection = try TemporaryCollection()
    try write(try ramp(.unsigned16, 0, 900), "a.tif", in: collection)
    do {
      let catalog = try collection.catalog()
      try catalog.index()
    }
    let database = try DatabaseQueue(path: collection.path(".siren/catalog.sqlite"))
    try database.write {
      try $0.execute(sql: "ALTER TABLE pictures DROP COLUMN details")
      try $0.execute(sql: "DROP TABLE settings")
      try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '2 %'")
    }
    try database.close()
    let catalog = try collection.catalog()
    #expect(try catalog.pictures().first?.details == nil)
    #expect(try catalog.index().changed == 1)
    #expect(try catalog.scale().range(of: .unsigned16) == ValueRange(0, 1_023))
  }
}
