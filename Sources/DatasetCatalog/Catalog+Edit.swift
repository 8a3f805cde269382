import GRDB

extension Catalog {
  /// Assigns a picture and every identical copy of it to a split.
  ///
  /// The assignment belongs to the content: it includes later copies, and ends when the content of the
  /// file changes.
  ///
  /// - Parameters:
  ///   - path: the picture's path, as for `picture(_:)`.
  ///   - split: the split; nil restores the split that the content decides.
  /// - Returns: the number of pictures that have this content.
  /// - Throws: `CatalogError.unknownPicture`, or `.noContent` for a file that was never read.
  @discardableResult
  public func setSplit(_ path: String, to split: Split?) throws -> Int {
    let candidates = candidates(for: path)
    return try write { database in
      let record = try known(candidates, given: path, in: database)
      let hash = record.contentHash
      guard let digest = Self.digest(fromHexadecimal: hash) else {
        throw CatalogError.noContent(path: record.path)
      }
      // The split that the collection's rule, or the content, decides.
      func ruled() throws -> Split {
        try ContentSplits(in: database, path: self.path)
          .split(ofPath: record.path, digest: digest)
      }
      if let split {
        try database.execute(
          sql: "INSERT OR REPLACE INTO assigned_splits (content_hash, split) VALUES (?, ?)",
          arguments: [hash, split.rawValue])
      } else {
        try database.execute(
          sql: "DELETE FROM assigned_splits WHERE content_hash = ?", arguments: [hash])
      }
      try database.execute(
        sql: "UPDATE pictures SET split = ? WHERE content_hash = ?",
        arguments: [try (split ?? ruled()).rawValue, hash])
      return database.changesCount
    }
  }

  /// Excludes a picture from the catalog; its file stays.
  ///
  /// The catalog remembers the path, so that indexing does not include it again; `restore` does.
  ///
  /// - Parameter path: the picture's path, as for `picture(_:)`.
  /// - Throws: `CatalogError.unknownPicture`.
  public func remove(_ path: String) throws {
    let candidates = candidates(for: path)
    try write { database in
      let record = try known(candidates, given: path, in: database)
      try database.execute(
        sql: "UPDATE pictures SET state = ?, reason = ? WHERE path = ?",
        arguments: [
          PictureState.excluded.rawValue, "was removed from the catalog", record.path,
        ])
    }
  }

  /// Includes a removed picture in the catalog again and examines its file.
  ///
  /// - Parameter path: the picture's path, as for `picture(_:)`.
  /// - Returns: the picture's record; its state is `missing` if the file is not there.
  /// - Throws: `CatalogError.unknownPicture`.
  @discardableResult
  public func restore(_ path: String) throws -> PictureRecord {
    let candidates = candidates(for: path)
    let record = try write { database in
      let record = try known(candidates, given: path, in: database)
      try database.execute(
        sql: "UPDATE pictures SET state = ?, reason = ? WHERE path = ? AND state = ?",
        arguments: [
          PictureState.missing.rawValue, Self.missingReason, record.path,
          PictureState.excluded.rawValue,
        ])
      return record
    }
    guard record.state == .excluded else { return record }
    try index()
    return try picture(record.path)
  }

  /// The bytes of 64 hexadecimal digits; nil for any other text.
  static func digest(fromHexadecimal text: String) -> [UInt8]? {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 64, !digits.contains(nil) else { return nil }
    let values = digits.compactMap { $0 }
    return stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
  }
}
