import Foundation
import GRDB
import Signals

extension Catalog {
  private static let rangeName = "range"

  /// How the collection chooses the samples that become 0...1; automatic unless it was set.
  public func rangeChoice() throws -> RangeChoice {
    let text = try read { database in
      try String.fetchOne(
        database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [Self.rangeName])
    }
    guard let text else { return .automatic }
    guard let choice = RangeChoice(parsing: text) else {
      throw CatalogError.invalidValue(column: Self.rangeName, value: text, catalog: path)
    }
    return choice
  }

  /// Records how the collection chooses the samples that become 0...1; writes nothing if it does so already.
  public func setRangeChoice(_ choice: RangeChoice) throws {
    guard try rangeChoice() != choice else { return }
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
        arguments: [Self.rangeName, choice.description])
    }
  }

  /// The samples that become 0...1, from all usable pictures of all splits and the collection's choice.
  public func scale() throws -> PictureScale {
    let texts = try read { database in
      try String.fetchAll(
        database, sql: "SELECT details FROM pictures WHERE state = ?",
        arguments: [PictureState.usable.rawValue])
    }
    return PictureScale(
      of: texts.compactMap { PictureDetails(json: $0)?.samples }, try rangeChoice())
  }
}
