import DatasetCatalog
import Foundation
import Testing

/// The splits of small collections, other shares, and pictures that stay together.
@Suite struct SplitTests {
  private func collection(_ count: Int, firstSeed: Int = 0) throws -> TemporaryCollection {
    let collection = try TemporaryCollection()
    for seed in 0..<count { try collection.write("\(seed).png", seed: firstSeed + seed) }
    return collection
  }

  private func splits(_ catalog: Catalog) throws -> [String: Split] {
    Dictionary(
      uniqueKeysWithValues: try catalog.pictures(state: .usable).map {
        ($0.path, $0.split ?? .train)
      }
    )
  }

  private func moved(_ catalog: Catalog) throws -> Int {
    try catalog.pictures().count { record in
      let digits = stride(from: 0, to: 16, by: 2).map { place in
        let start = record.contentHash.utf8.index(record.contentHash.startIndex, offsetBy: place)
        let end = record.contentHash.utf8.index(start, offsetBy: 2)
        return UInt8(record.contentHash[start..<end], radix: 16) ?? 0
      }
      return record.split != Split(digest: digits)
    }
  }

  @Test("From three pictures on no split is empty, and no more are moved than it takes")
  func smallCollections() throws {
    for count in [3, 4, 5, 8, 13, 20, 30] {
      for first in [0, 1_000] {
        let collection = try collection(count, firstSeed: first)
        let catalog = try collection.catalog()
        let report = try catalog.index()
        let statistics = try catalog.statistics()
        #expect(
          min(statistics.train, statistics.validation, statistics.test) >= 1, "\(statistics)")
        #expect(try moved(catalog) == report.filledSplits.count, "\(count) pictures")
        #expect(try catalog.index().filledSplits.isEmpty)
      }
    }
    let pair = try collection(2)
    let two = try pair.catalog()
    #expect(try two.index().filledSplits.isEmpty && moved(two) == 0)
  }

  @Test(
    "A picture that was moved stays where it is as the collection grows; a large one moves none")
  func growth() throws {
    let collection = try collection(3)
    let catalog = try collection.catalog()
    try catalog.index()
    let before = try splits(catalog)
    for seed in 100..<300 { try collection.write("\(seed).png", seed: seed) }
    #expect(try catalog.index().filledSplits.isEmpty)
    let after = try splits(catalog)
    #expect(before.allSatisfy { after[$0.key] == $0.value })
    let other = try self.collection(200, firstSeed: 100)
    let large = try other.catalog()
    #expect(try large.index().filledSplits.isEmpty && moved(large) == 0)
  }

  @Test("What was set by hand stays, and copies are no second picture")
  func handSet() throws {
    let collection = try collection(4)
    for seed in 0..<4 { try collection.write("copy-\(seed).png", seed: seed) }
    let catalog = try collection.catalog()
    try catalog.index()
    for seed in 0..<4 { try catalog.setSplit("\(seed).png", to: .train) }
    #expect(try catalog.index().filledSplits.isEmpty)
    #expect(try catalog.statistics().train == 8)
    try catalog.setSplit("2.png", to: nil)
    _ = try catalog.index()
    let byContent = Dictionary(grouping: try catalog.pictures(), by: \.contentHash)
    #expect(byContent.values.allSatisfy { Set($0.map(\.split)).count == 1 })
  }

  @Test("Other shares, for later pictures too, until the usual ones are chosen again")
  func ratios() throws {
    let collection = try collection(300)
    let catalog = try collection.catalog()
    try catalog.index()
    let natural = try splits(catalog)
    let ratio = try #require(SplitRatio(parsing: "60:20:20"))
    try catalog.split(by: SplitRule(ratio: ratio))
    let statistics = try catalog.statistics()
    // Three standard deviations of 300 pictures.
    #expect(abs(statistics.train - 180) < 26 && abs(statistics.test - 60) < 21, "\(statistics)")
    // A picture that left the training pictures' share is the only one to move.
    let chosen = try splits(catalog)
    #expect(chosen.allSatisfy { natural[$0.key] == .train || $0.value != .train })

    let other = try Catalog.open(directory: collection.directory)
    #expect(try other.splitRule() == SplitRule(ratio: ratio))
    for seed in 1_000..<1_100 { try collection.write("\(seed).png", seed: seed) }
    try other.index()
    let grown = try splits(other)
    #expect(chosen.allSatisfy { grown[$0.key] == $0.value })
    #expect(grown.count { $0.value != .train } > 130)

    try other.split(by: SplitRule())
    #expect(try other.splitRule() == nil)
    #expect(try splits(other).filter { natural[$0.key] != nil } == natural)
    #expect(try moved(other) == 0)
  }

  @Test("All pictures of a group are on one side, also those that come later")
  func groups() throws {
    let collection = try TemporaryCollection()
    for subject in 0..<9 {
      for number in 0..<6 {
        try collection.write("s\(subject)/\(number).png", seed: 10 * subject + number)
      }
    }
    // The same picture under two subjects joins them.
    try collection.write("s7/shared.png", seed: 500)
    try collection.write("s8/shared.png", seed: 500)
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.split(by: SplitRule(groupPattern: "^(s[0-9])/"))
    func sides() throws -> [String: Set<Split>] {
      try splits(catalog).reduce(into: [:]) {
        $0[String($1.key.prefix(2)), default: []].insert($1.value)
      }
    }
    let first = try sides()
    #expect(first.count == 9 && first.values.allSatisfy { $0.count == 1 }, "\(first)")
    #expect(Set(first.values.joined()).count == 3 && first["s7"] == first["s8"])
    for subject in 0..<9 {
      try collection.write("s\(subject)/later.png", seed: 900 + subject)
    }
    try catalog.index()
    #expect(try sides() == first)
    // A content set by hand is only that content's; the rule gives it back.
    let other: Split = first["s0"] == [.test] ? .train : .test
    try catalog.setSplit("s0/0.png", to: other)
    #expect(try catalog.picture("s0/0.png").split == other)
    try catalog.setSplit("s0/0.png", to: nil)
    #expect(try sides() == first)
  }

  @Test("Patterns that are none, and groups that are too few, are messages and change nothing")
  func badPatterns() throws {
    let collection = try collection(12)
    let catalog = try collection.catalog()
    try catalog.index()
    let before = try splits(catalog)
    for pattern in ["(", "[a", "*", "(?<"] {
      let error = #expect(throws: CatalogError.self) {
        try catalog.split(by: SplitRule(groupPattern: pattern))
      }
      #expect(
        error?.description.hasPrefix("'\(pattern)' is not a regular expression") == true
          && error?.description.contains("\n") == false, "\(String(describing: error))")
    }
    #expect(throws: CatalogError.tooFewGroups(pattern: "png", groups: 1, needed: 3)) {
      try catalog.split(by: SplitRule(groupPattern: "png"))
    }
    #expect(try splits(catalog) == before && catalog.splitRule() == nil)
  }

  @Test(
    "Shares are three numbers, in any unit",
    arguments: [
      "80:10", "80:10:10:0", "-1:1:1", "0:50:50", "a:b:c", "nan:1:1", "inf:1:1", "", "80/10/10",
    ])
  func badRatios(text: String) {
    #expect(SplitRatio(parsing: text) == nil)
    #expect(SplitRatio(parsing: "0.8:0.1:0.1")?.train == 0.8)
  }

  @Test("A split without a share stays empty")
  func noShare() throws {
    let collection = try collection(10)
    let catalog = try collection.catalog()
    try catalog.index()
    try catalog.split(by: SplitRule(ratio: try #require(SplitRatio(parsing: "1:1:0"))))
    #expect(try catalog.statistics().test == 0)
    #expect(try catalog.index().filledSplits.isEmpty)
  }

  @Test func splitsFollowFromTheFirstEightBytes() {
    func split(_ number: UInt64) -> Split {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
      return Split(digest: bytes + [UInt8](repeating: 0xff, count: 24))
    }
    #expect([0, 89, 1_000_000_000_000_000_089].map(split) == [.train, .train, .train])
    #expect([90, 94].map(split) == [.validation, .validation])
    #expect([95, 99, 18_446_744_073_709_551_599].map(split) == [.test, .test, .test])
  }
}
