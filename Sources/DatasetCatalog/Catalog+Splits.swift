import Files
import Foundation
import GRDB

extension Catalog {
  /// How the collection is split; nil if by the hash of each content.
  public func splitRule() throws -> SplitRule? {
    try read { try CatalogSettings(in: $0, path: path).splitRule }
  }

  /// Splits the collection anew by a rule, which later pictures follow too.
  ///
  /// Splits set by hand are forgotten. Identical copies go together, and with them their groups. No
  /// split with a share is left empty if there are enough groups of usable pictures.
  ///
  /// - Throws: `CatalogError.invalidPattern`, or `.tooFewGroups` if a split would be empty.
  public func split(by rule: SplitRule) throws {
    let groups = try rule.groupPattern.map { try PictureGroups($0) }
    try write { database in
      let before = try CatalogSettings(in: database, path: path)
      var settings = before
      settings.splitRule = rule == SplitRule() ? nil : rule
      settings.groupSplits = [:]
      try database.execute(sql: "DELETE FROM assigned_splits")
      var units = try SplitUnits(
        records: records(in: database), groups: groups, rule: rule, assigned: [:], settings)
      units.fillEmptySplits()
      let empty = Split.allCases.filter { rule.ratio[$0] > 0 && units.usableCount(in: $0) == 0 }
      guard rule.groupPattern == nil || empty.isEmpty || units.usableCount == 0 else {
        throw CatalogError.tooFewGroups(
          pattern: rule.groupPattern ?? "", groups: units.usableCount,
          needed: Split.allCases.count { rule.ratio[$0] > 0 })
      }
      try write(units, &settings, before: before, in: database)
    }
  }

  /// Gives each split with a share at least one usable picture, if there are enough different ones.
  ///
  /// - Returns: the splits that were empty.
  func fillEmptySplits() throws -> [Split] {
    func isShort(_ database: Database) throws -> Bool {
      let counts = try Row.fetchAll(
        database,
        sql: """
          SELECT split, COUNT(DISTINCT content_hash) FROM pictures
          WHERE state = 'usable' AND split IS NOT NULL GROUP BY 1
          """)
      let rule = try CatalogSettings(in: database, path: path).splitRule ?? SplitRule()
      let wanted = Split.allCases.filter { rule.ratio[$0] > 0 }
      let present = try Set(counts.map { try $0.decode(String.self, atIndex: 0) })
      let contents = try counts.reduce(0) { try $0 + $1.decode(Int.self, atIndex: 1) }
      return contents >= wanted.count && !wanted.allSatisfy { present.contains($0.rawValue) }
    }
    guard try read(isShort) else { return [] }
    return try write { database in
      // Another program may have filled them meanwhile.
      guard try isShort(database) else { return [] }
      let before = try CatalogSettings(in: database, path: path)
      var settings = before
      let rule = settings.splitRule ?? SplitRule()
      let assigned = try Row.fetchAll(
        database, sql: "SELECT content_hash, split FROM assigned_splits")
      var units = try SplitUnits(
        records: records(in: database), groups: rule.groupPattern.map { try PictureGroups($0) },
        rule: rule,
        assigned: Dictionary(
          try assigned.map {
            (
              try $0.decode(String.self, atIndex: 0),
              try validSplit($0.decode(String.self, atIndex: 1))
            )
          }, uniquingKeysWith: { first, _ in first }), settings)
      let filled = units.fillEmptySplits()
      if !filled.isEmpty { try write(units, &settings, before: before, in: database) }
      return filled
    }
  }

  private func records(in database: Database) throws -> [PictureRecord] {
    try Row.fetchAll(
      database, sql: "SELECT \(Self.columns) FROM pictures WHERE content_hash <> '' ORDER BY path"
    ).map(record(from:))
  }

  private func write(
    _ units: SplitUnits, _ settings: inout CatalogSettings, before: CatalogSettings,
    in database: Database
  ) throws {
    let update = try database.makeStatement(
      sql: "UPDATE pictures SET split = ?1 WHERE content_hash = ?2 AND split IS NOT ?1")
    let assign = try database.makeStatement(
      sql: "INSERT OR REPLACE INTO assigned_splits (content_hash, split) VALUES (?, ?)")
    for unit in units.all {
      for content in unit.contents {
        try update.execute(arguments: [unit.split.rawValue, content])
        if unit.isMoved { try assign.execute(arguments: [content, unit.split.rawValue]) }
      }
      // A later picture of the group follows the group.
      for (name, own) in unit.groups {
        settings.groupSplits[name] = own == unit.split ? nil : unit.split
      }
    }
    if settings != before { try settings.write(to: database) }
  }
}

/// The splits that the collection's rule, or their content alone, gives to pictures.
struct ContentSplits {
  private let settings: CatalogSettings
  private let groups: PictureGroups?

  init(in database: Database, path: String) throws {
    settings = try CatalogSettings(in: database, path: path)
    groups = try settings.splitRule?.groupPattern.map { try PictureGroups($0) }
  }

  /// Whether several contents form a group.
  var haveGroups: Bool { groups != nil }

  /// The split of a content.
  func split(ofPath path: String, digest: [UInt8]) throws -> Split {
    guard let rule = settings.splitRule else { return Split(digest: digest) }
    guard let name = try groups?.name(of: path) else { return Split(digest: digest, rule.ratio) }
    return settings.groupSplits[name]
      ?? Split(digest: SplitUnits.digest(ofGroup: name), rule.ratio)
  }
}

extension Split {
  /// The split of a hash where the splits have other shares; for the standard ones, `init(digest:)`.
  init(digest: [UInt8], _ ratio: SplitRatio) {
    self = ratio == .standard ? Split(digest: digest) : ratio.split(at: Self.place(of: digest))
  }

  /// The place of a hash, 0 up to 1: the remainder that decides the standard split, and behind it
  /// further digits.
  static func place(of digest: [UInt8]) -> Double {
    let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return (Double(number % 100) + Double(number / 100 % 1_000_000) / 1e6) / 100
  }
}

/// The contents of a collection that must stay together, and their splits.
struct SplitUnits {
  /// Contents that belong together.
  struct Unit {
    /// The hashes of the contents.
    var contents: [String] = []
    /// The names of the groups, each with the split that the hash of its name decides.
    var groups: [(name: String, split: Split)] = []
    var split = Split.train
    /// Where the unit lies between the splits, 0 up to 1.
    var place = 0.0
    /// Whether a picture of it is usable.
    var isUsable = false
    /// Whether a person or the filling of an empty split decided.
    var isFixed = false
    /// Whether it has been moved into an empty split.
    var isMoved = false
  }

  private(set) var all: [Unit] = []
  private let ratio: SplitRatio

  /// - Parameters:
  ///   - records: pictures with a content.
  ///   - groups: the groups of their paths; nil if each content stands for itself.
  ///   - assigned: the splits of contents that were assigned already.
  init(
    records: [PictureRecord], groups: PictureGroups?, rule: SplitRule, assigned: [String: Split],
    _ settings: CatalogSettings
  ) throws {
    ratio = rule.ratio
    // Contents and groups are joined into units by the pictures that have both.
    var joined = DisjointSets()
    var names: [(record: PictureRecord, group: String?)] = []
    for record in records {
      let group = try groups?.name(of: record.path)
      names.append((record, group))
      joined.join("content " + record.contentHash, group.map { "group " + $0 })
    }
    var places: [String: Int] = [:]
    var seen = Set<String>()
    for (record, group) in names {
      let root = joined.root(of: "content " + record.contentHash)
      let index = places[root] ?? all.count
      if index == all.count {
        places[root] = index
        all.append(Unit())
      }
      all[index].isUsable = all[index].isUsable || record.state == .usable
      if seen.insert("content " + record.contentHash).inserted {
        all[index].contents.append(record.contentHash)
      }
      if let group, seen.insert("group " + group).inserted {
        all[index].groups.append((group, Split(digest: Self.digest(ofGroup: group), rule.ratio)))
      }
    }
    for index in all.indices { decide(index, rule, assigned, settings) }
  }

  /// The hash that decides the split of a group.
  static func digest(ofGroup name: String) -> [UInt8] {
    ContentHash.digest(of: Array(("group " + name).utf8))
  }

  private mutating func decide(
    _ index: Int, _ rule: SplitRule, _ assigned: [String: Split], _ settings: CatalogSettings
  ) {
    let unit = all[index]
    let leader = unit.groups.min { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let content = unit.contents.min() ?? ""
    let digest =
      leader.map { Self.digest(ofGroup: $0.name) }
      ?? Catalog.digest(fromHexadecimal: content) ?? ContentHash.digest(of: Array(content.utf8))
    all[index].place = Split.place(of: digest)
    let fixed =
      unit.contents.compactMap { assigned[$0] }.first
      ?? unit.groups.compactMap { settings.groupSplits[$0.name] }.first
    all[index].isFixed = fixed != nil
    all[index].split = fixed ?? Split(digest: digest, rule.ratio)
  }

  /// Number of units with a usable picture.
  var usableCount: Int { all.count { $0.isUsable } }

  /// Number of units of a split with a usable picture.
  func usableCount(in split: Split) -> Int { all.count { $0.isUsable && $0.split == split } }

  /// Moves a unit into each empty split that has a share: the one nearest to it, from the split that
  /// has the most.
  ///
  /// - Returns: the splits that got one.
  @discardableResult
  mutating func fillEmptySplits() -> [Split] {
    var filled: [Split] = []
    for split in Split.allCases.reversed() where ratio[split] > 0 && usableCount(in: split) == 0 {
      let donors = Split.allCases.filter { usableCount(in: $0) >= 2 }
        .sorted { usableCount(in: $0) > usableCount(in: $1) }
      var free: [Int] = []
      for donor in donors where free.isEmpty {
        free = all.indices.filter {
          all[$0].isUsable && !all[$0].isFixed && !all[$0].isMoved && all[$0].split == donor
        }
      }
      let nearest =
        split == .train
        ? free.min { all[$0].place < all[$1].place } : free.max { all[$0].place < all[$1].place }
      guard let nearest else { continue }
      (all[nearest].split, all[nearest].isMoved) = (split, true)
      filled.append(split)
    }
    return filled
  }
}

/// Names that belong together, found by joining pairs.
private struct DisjointSets {
  private var parents: [String: String] = [:]

  /// The name that stands for all that were joined with this one.
  mutating func root(of name: String) -> String {
    var root = name
    while let parent = parents[root], parent != root { root = parent }
    var name = name
    while let parent = parents[name], parent != root {
      parents[name] = root
      name = parent
    }
    return root
  }

  mutating func join(_ first: String, _ second: String?) {
    let root = root(of: first)
    parents[root] = root
    guard let second else { return }
    let other = self.root(of: second)
    parents[other] = root
  }
}
