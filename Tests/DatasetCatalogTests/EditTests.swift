import DatasetCatalog
import Foundation
import Testing

@Suite struct EditTests {
  @Test func addingAPictureMovesNoOther() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<60 { try collection.write("\(seed).png", seed: seed) }
    let catalog = try collection.catalog()
    try catalog.index()
    let before = try catalog.pictures()
    for seed in 60..<90 { try collection.write("0-\(seed).png", seed: seed) }
    try catalog.index()
    let after = Dictionary(
      uniqueKeysWithValues: try catalog.pictures().map { ($0.path, $0.split) })
    #expect(before.count == 60 && after.count == 90)
    #expect(before.allSatisfy { after[$0.path] == $0.split })
    #expect(Set(after.values) != [.train])
  }

  @Test("A random choice depends on the seed, has no duplicates and is sorted by path")
  func randomPictures() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<30 { try collection.write("\(seed).png", seed: seed) }
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.remove("7.png")
    let usable = try catalog.pictures(state: .usable).map(\.path)
    let choice = try catalog.randomPictures(10, seed: 1).map(\.path)
    #expect(Set(choice).count == 10 && choice == choice.sorted())
    #expect(Set(choice).isSubset(of: usable))
    #expect(try catalog.randomPictures(10, seed: 1).map(\.path) == choice)
    #expect(try catalog.randomPictures(10, seed: 2).map(\.path) != choice)
    #expect(try catalog.randomPictures(0, seed: 1).isEmpty)
    #expect(try catalog.randomPictures(30, seed: 1).map(\.path) == usable)
    let train = try catalog.randomPictures(3, split: .train, seed: 1)
    #expect(train.count == 3 && train.allSatisfy { $0.split == .train })
  }

  @Test func copiesFallInTheSameSplit() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<30 {
      try collection.write("\(seed).png", seed: seed)
      try collection.write("copies/\(seed)-copy.png", seed: seed)
    }
    let catalog = try collection.catalog()
    try catalog.index()
    let byHash = Dictionary(grouping: try catalog.pictures(), by: \.contentHash)
    #expect(byHash.count == 30)
    #expect(byHash.values.allSatisfy { Set($0.map(\.split)).count == 1 })
    #expect(try catalog.statistics().duplicates == 30)
  }

  @Test func splitsCanBeSetByHand() throws {
    let collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    try collection.write("copy.png", seed: 1)
    try collection.write("b.png", seed: 2)
    let catalog = try collection.catalog()
    try catalog.index()
    let natural = try #require(try catalog.picture("a.png").split)
    let other: Split = natural == .test ? .validation : .test
    #expect(try catalog.setSplit("a.png", to: other) == 2)
    #expect(try catalog.picture("copy.png").split == other)

    // A copy that comes later goes with them, and reading again changes nothing.
    try collection.write("later.png", seed: 1)
    try collection.touch("a.png", seconds: 5)
    try catalog.index()
    #expect(try catalog.pictures(split: other).map(\.path).contains("later.png"))
    #expect(try catalog.picture("a.png").split == other)

    #expect(try catalog.setSplit(collection.path("a.png"), to: nil) == 3)
    #expect(try catalog.picture("later.png").split == natural)
    #expect(throws: CatalogError.unknownPicture(path: "nothing.png", catalog: catalog.path)) {
      try catalog.setSplit("nothing.png", to: .train)
    }
  }

  @Test func removedPicturesStayAwayUntilRestored() throws {
    let collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    try collection.write("b.png", seed: 2)
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.remove("a.png")
    #expect(FileManager.default.fileExists(atPath: collection.path("a.png")))
    try collection.touch("a.png", seconds: 5)
    let report = try catalog.index()
    #expect((report.excluded, report.usable, report.vanished) == (1, 1, 0))
    #expect(try catalog.pictures(state: .usable).map(\.path) == ["b.png"])
    #expect(try catalog.statistics().pictures == 1)
    #expect(try catalog.restore("a.png").state == .usable)
    #expect(try catalog.pictures(state: .usable).count == 2)

    try catalog.remove("a.png")
    try collection.delete("a.png")
    #expect(try catalog.restore("a.png").state == .missing)
  }

  @Test func statisticsCount() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<40 { try collection.write("\(seed).png", seed: seed) }
    try collection.write("big.png", TemporaryCollection.png(seed: 1, width: 20, height: 10))
    try collection.write("text.png", Data("some words".utf8))
    let catalog = try collection.catalog()
    try catalog.index()
    let statistics = try catalog.statistics()
    #expect((statistics.pictures, statistics.usable, statistics.broken) == (42, 41, 1))
    #expect(statistics.train + statistics.validation + statistics.test == 41)
    #expect(statistics.train == (try catalog.pictures(split: .train, state: .usable).count))
    #expect(statistics.shapes.map(\.count) == [40, 1])
    #expect((statistics.shapes[1].width, statistics.shapes[1].height) == (20, 10))
    #expect(try catalog.pictures(limit: 3).count == 3)
  }

  @Test func verifyFindsWhatTimesHide() throws {
    let collection = try TemporaryCollection()
    for seed in 0..<4 {
      try collection.write("\(seed).png", seed: seed)
      try collection.touch("\(seed).png", seconds: 1000)
    }
    let catalog = try collection.catalog()
    try catalog.index()
    #expect(try catalog.verify().differences.isEmpty)

    var bytes = try Data(contentsOf: URL(fileURLWithPath: collection.path("1.png")))
    bytes[40] ^= 1
    try collection.write("1.png", bytes)
    try collection.touch("1.png", seconds: 1000)
    try collection.write("2.png", bytes + bytes)
    try collection.delete("3.png")
    #expect(try catalog.index().changed == 1)
    try collection.write("3.png", seed: 99)
    try catalog.index()
    try collection.delete("3.png")
    let report = try catalog.verify()
    #expect(report.checked == 4)
    #expect(report.differences.map(\.path) == ["1.png", "3.png"])
    #expect(report.differences[0].reason.contains("same size and time"))
    #expect(report.differences[1].reason.contains("no such file"))
    #expect(throws: CatalogError.pictureChanged(path: collection.path("1.png"))) {
      try catalog.contents(of: catalog.picture("1.png"))
    }
  }

  @Test func runsAreRemembered() throws {
    let collection = try TemporaryCollection()
    try collection.write("a.png", seed: 1)
    let catalog = try collection.catalog()
    let started = Date(timeIntervalSince1970: 1_700_000_000.25)
    let first = try catalog.startRun(
      command: "train", arguments: ["--size", "32"], modelPath: "m.safetensors", at: started)
    let second = try catalog.startRun(command: "evaluate", arguments: [])
    try catalog.finishRun(
      first, result: #"{"loss":0.5}"#, at: started.addingTimeInterval(60))
    let runs = try catalog.runs()
    #expect(runs.map(\.id) == [second, first])
    #expect(runs[1].started == started)
    #expect(runs[1].finished == started.addingTimeInterval(60))
    #expect((runs[1].command, runs[1].arguments) == ("train", ["--size", "32"]))
    #expect(runs[1].modelPath == "m.safetensors" && runs[1].result == #"{"loss":0.5}"#)
    #expect(runs[0].finished == nil && runs[0].result == nil)
    #expect(try catalog.runs(limit: 1).count == 1)
    #expect(throws: CatalogError.invalidJSON(text: "{")) { try catalog.finishRun(1, result: "{") }
    #expect(throws: CatalogError.unknownRun(id: 9, catalog: catalog.path)) {
      try catalog.finishRun(9, result: "{}")
    }
  }
}
