import Files
import Foundation
import GRDB
import Numerics
import Signals

extension Catalog {
  static let columns =
    "path, width, height, channels, bytes, modified, content_hash, state, reason, split, details"

  /// The pictures of a split and state, sorted by path.
  ///
  /// - Parameters:
  ///   - split: only this split; nil is all, and pictures without a split.
  ///   - state: only this state; nil is all.
  ///   - limit: the largest number of pictures; nil is all.
  /// - Throws: `CatalogError.unsafePath` if a path in the catalog leads out of the folder.
  public func pictures(
    split: Split? = nil, state: PictureState? = nil, limit: Int? = nil
  ) throws -> [PictureRecord] {
    try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT \(Self.columns) FROM pictures
          WHERE (?1 IS NULL OR split = ?1) AND (?2 IS NULL OR state = ?2)
          ORDER BY path LIMIT ?3
          """,
        arguments: [split?.rawValue, state?.rawValue, max(limit ?? -1, -1)])
      var records: [PictureRecord] = []
      while let row = try rows.next() { records.append(try record(from: row)) }
      return records
    }
  }

  /// A random choice of the usable pictures, sorted by path.
  ///
  /// - Parameters:
  ///   - count: the number of pictures, at least 0; all if there are fewer.
  ///   - split: only this split; nil is all.
  ///   - seed: the seed of the choice.
  public func randomPictures(
    _ count: Int, split: Split? = nil, seed: UInt64
  ) throws -> [PictureRecord] {
    var records = try pictures(split: split, state: .usable)
    guard records.count > count else { return records }
    var generator = Xoshiro256(seed: seed)
    for position in 0..<count {
      records.swapAt(position, position + generator.uniform(below: records.count - position))
    }
    return records.prefix(count).sorted { $0.path < $1.path }
  }

  /// One picture.
  ///
  /// - Parameter path: as in the catalog, or a path to the file itself (absolute, or relative to
  ///   the working directory).
  /// - Throws: `CatalogError.unknownPicture`.
  public func picture(_ path: String) throws -> PictureRecord {
    let candidates = candidates(for: path)
    return try read { try known(candidates, given: path, in: $0) }
  }

  /// The first of some paths that is in the catalog.
  ///
  /// - Parameter path: the requested path.
  /// - Throws: `CatalogError.unknownPicture`.
  func known(
    _ candidates: [String], given path: String, in database: Database
  ) throws -> PictureRecord {
    for candidate in candidates {
      if let record = try find(candidate, in: database) { return record }
    }
    throw CatalogError.unknownPicture(path: path, catalog: self.path)
  }

  /// The bytes of a picture's file, checked against its hash.
  ///
  /// - Throws: `CatalogError.unreadablePicture`, or `.pictureChanged` if the content has changed since it
  ///   was indexed.
  public func contents(of record: PictureRecord) throws -> Data {
    Data(try bytes(of: record))
  }

  /// The bytes of a picture's file; see ``contents(of:)``.
  func bytes(of record: PictureRecord) throws -> [UInt8] {
    guard RelativePath.isSafe(record.path) else {
      throw CatalogError.unsafePath(path: record.path, catalog: path)
    }
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try reader.contents(record.path).bytes
    } catch {
      throw CatalogError.unreadablePicture(
        path: absolutePath(of: record), reason: error.description)
    }
    guard ContentHash.hexadecimal(ContentHash.digest(of: bytes)) == record.contentHash else {
      throw CatalogError.pictureChanged(path: absolutePath(of: record))
    }
    return bytes
  }

  /// A page of a picture's file as it is stored, turned upright.
  ///
  /// - Parameter page: counted from 1.
  public func stored(_ record: PictureRecord, page: Int = 1) throws -> StoredPicture {
    try PictureFile.decode(
      bytes(of: record), page: page, keepsMetadata: false,
      path: absolutePath(of: record))
  }

  /// A picture's file, decoded and turned upright.
  ///
  /// - Throws: the errors of `contents(of:)`, or `FileError`.
  public func image(of record: PictureRecord) throws -> Image {
    try PictureFile.decode(
      bytes(of: record), keepsMetadata: false, path: absolutePath(of: record)
    ).finiteImage(path: absolutePath(of: record))
  }

  /// The absolute path of a picture's file.
  public func absolutePath(of record: PictureRecord) -> String {
    directory + "/" + record.path
  }

  func find(_ path: String, in database: Database) throws -> PictureRecord? {
    let statement = try database.cachedStatement(
      sql: "SELECT \(Self.columns) FROM pictures WHERE path = ?")
    return try Row.fetchOne(statement, arguments: [path]).map(record(from:))
  }

  /// A row's values, each checked, because the file is untrusted.
  func record(from row: Row) throws -> PictureRecord {
    let path = try row.decode(String.self, atIndex: 0)
    guard RelativePath.isSafe(path) else {
      throw CatalogError.unsafePath(path: path, catalog: self.path)
    }
    let state = try row.decode(String.self, atIndex: 7)
    guard let pictureState = PictureState(rawValue: state) else {
      throw CatalogError.invalidValue(column: "state", value: state, catalog: self.path)
    }
    let split = try row.decode(String?.self, atIndex: 9)
    return PictureRecord(
      path: path, width: try integer(row, 1), height: try integer(row, 2),
      channels: try integer(row, 3), bytes: try integer(row, 4), modified: try integer(row, 5),
      contentHash: try row.decode(String.self, atIndex: 6), state: pictureState,
      reason: try row.decode(String.self, atIndex: 8),
      split: try split.map(validSplit),
      details: PictureDetails(json: try row.decode(String.self, atIndex: 10)))
  }

  /// A whole number.
  ///
  /// SQLite itself would convert a text to 0.
  private func integer(_ row: Row, _ index: Int) throws -> Int {
    let value: DatabaseValue = row[index]
    guard let number = Int.fromDatabaseValue(value) else {
      throw CatalogError.invalidValue(column: "number", value: "\(value)", catalog: path)
    }
    return number
  }

  func validSplit(_ text: String) throws -> Split {
    guard let split = Split(rawValue: text) else {
      throw CatalogError.invalidValue(column: "split", value: text, catalog: path)
    }
    return split
  }

  /// The possible meanings of a user's path inside the catalog, most likely first.
  func candidates(for path: String) -> [String] {
    var candidates = [path]
    if let plain = RelativePath.path(path, inside: ".") { candidates.append(plain) }
    let (folder, name) = FilePath.split(path)
    if let resolved = realpath(folder.isEmpty ? "." : folder, nil) {
      defer { free(resolved) }
      let absolute = FilePath.join(String(cString: resolved), name)
      if let inside = RelativePath.path(absolute, inside: directory) { candidates.append(inside) }
    }
    return candidates
  }
}

extension PictureDetails {
  /// Details from a catalog, which may have been written by anybody; nil for anything else.
  init?(json text: String) {
    guard !text.isEmpty,
      let details = try? JSONDecoder().decode(PictureDetails.self, from: Data(text.utf8)),
      !details.pages.isEmpty,
      details.pages.allSatisfy({ (1...ImageLimits.mostPages).contains($0) }),
      details.omitted.map({
        (1...ImageLimits.mostPages).contains($0.examined) && $0.total > $0.examined
      }) ?? true
    else { return nil }
    self = details
  }

  /// The same details always give the same text.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
