import Foundation
import GRDB
import Numerics

extension Catalog {
  /// The recorded reason for a missing picture.
  static let missingReason = "was not in the folder when it was last indexed"

  /// Updates the catalog with the contents of the folder.
  ///
  /// Files are recognized by content. Only new files and files with another size or modification time
  /// are read, hashed and decoded. A broken file is recorded with the reason and does not stop the work.
  /// A picture whose file is gone is marked missing until the file returns. Pictures in a folder that
  /// cannot be listed keep their state.
  ///
  /// Where a split has no usable picture at the end, and there are enough different ones, it is given one
  /// that stays in it.
  ///
  /// The findings are written in pieces. Each piece is a short transaction that first reads the current
  /// state of the catalog, so that other programs may read and change it meanwhile. A catalog that is up
  /// to date is not written.
  ///
  /// - Parameters:
  ///   - threads: the number of files examined at the same time; the result does not depend on it.
  ///   - keepingPixels: the format in which to keep the pixels of decoded pictures for the next
  ///     `PixelCache` of this format opened with this catalog; nil keeps none.
  ///   - progress: called periodically on the calling thread.
  ///   - isCancelled: polled periodically; true ends early and keeps the findings so far.
  /// - Returns: the counts of the findings.
  /// - Throws: `CatalogError.folderUnreadable`, or an error of the database.
  @discardableResult
  public func index(
    threads: Int = 2, keepingPixels format: PixelFormat? = nil,
    progress: (IndexProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> IndexReport {
    try index(
      listing: .system, threads: threads, keepingPixels: format, progress: progress,
      isCancelled: isCancelled)
  }

  /// `index` with an injected way to list folders.
  @discardableResult
  package func index(
    listing: FolderListing, threads: Int = 2, keepingPixels format: PixelFormat? = nil,
    progress: (IndexProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> IndexReport {
    let scan = try FolderScan.of(
      root: directory, followsLinks: reader.followsLinks, listing: listing)
    // This state decides which files to read; the state at writing decides what to write.
    let known = try recordsByPath()
    let toExamine = scan.entries.filter { Self.needsReading($0, known: known[PathKey($0.path)]) }
    let examiner = PictureExaminer(reader: reader, format: format)

    var report = IndexReport()
    (report.hidden, report.links, report.problems) = (scan.hidden, scan.links, scan.problems)
    report.extensions = scan.extensions
    var pieces = IndexPieces()
    // Paths that are in the folder and are pictures.
    var present = Set(scan.entries.map { PathKey($0.path) })
    progress(IndexProgress(completed: 0, total: toExamine.count))
    for start in stride(from: 0, to: toExamine.count, by: 64) {
      report.isCancelled = isCancelled()
      guard !report.isCancelled else { break }
      let chunk = Array(toExamine[start..<min(start + 64, toExamine.count)])
      let findings = Parallel.map(chunk.count, upTo: threads) { place in
        examiner.examine(chunk[place], isKnown: known[PathKey(chunk[place].path)] != nil)
      }
      for (entry, finding) in zip(chunk, findings) {
        switch finding {
        case .notAPicture:
          // A picture that was overwritten by another kind of file is missing.
          report.ignored += 1
          present.remove(PathKey(entry.path))
        case .picture(let found):
          if found.digest == nil && entry.problem == nil {
            report.unread += 1
            report.firstUnread =
              report.firstUnread ?? "\(found.record.path) \(found.record.reason)"
          }
          pieces.append(found)
        }
      }
      if let format { decodedPixels.withLock { $0.keep(pieces.takePixels(), as: format) } }
      if let piece = pieces.next() { try record(piece, in: &report) }
      progress(IndexProgress(completed: start + chunk.count, total: toExamine.count))
    }
    if let piece = pieces.last() { try record(piece, in: &report) }

    let examined = Set(toExamine.map { PathKey($0.path) })
    for entry in scan.entries where !examined.contains(PathKey(entry.path)) {
      switch known[PathKey(entry.path)]?.state {
      case .usable, .broken: report.unchanged += 1
      case .excluded: report.excluded += 1
      case .missing, nil: break
      }
    }
    try recordVanished(known.filter { !present.contains($0.key) }.map(\.value), scan, in: &report)
    if !report.isCancelled { report.filledSplits = try filledSplits() }
    (report.usable, report.broken) = try read {
      (try count(.usable, in: $0), try count(.broken, in: $0))
    }
    report.problems += try pictures(state: .usable).compactMap(\.omissionWarning)
    return report
  }

  /// Fills empty splits, unless the catalog can only be read.
  private func filledSplits() throws -> [Split] {
    do {
      return try fillEmptySplits()
    } catch let error as CatalogError {
      // A failing disk, for example, also denies access, and is an error.
      guard case .inaccessible = error, !isWritable else { throw error }
      return []
    }
  }

  /// Whether the system lets this program write the catalog and its folder.
  private var isWritable: Bool {
    let folder = FilePath.split(path).folder
    return access(path, W_OK) == 0 && access(folder.isEmpty ? "." : folder, W_OK | X_OK) == 0
  }

  /// Whether a file has to be read: it is new, differs, was missing, or could not be read before.
  private static func needsReading(_ entry: FolderScan.Entry, known: PictureRecord?) -> Bool {
    guard let known else { return true }
    switch known.state {
    case .excluded: return false
    case .missing: return true
    case .usable, .broken:
      return known.bytes != entry.status.bytes || known.modified != entry.status.modified
        || known.contentHash.isEmpty || (known.state == .usable && known.details == nil)
        || known.lacksAllowedPages
    }
  }

  private func recordsByPath() throws -> [PathKey: PictureRecord] {
    let records = try pictures()
    return Dictionary(records.map { (PathKey($0.path), $0) }) { first, _ in first }
  }

  /// Writes the findings about some files, unless the catalog has them already.
  private func record(_ piece: [PictureExaminer.Found], in report: inout IndexReport) throws {
    // An unreadable file is tried every time, which alone does not require writing.
    let isNews = try read { database in
      let splits = try ContentSplits(in: database, path: path)
      return try piece.contains { found in
        guard let earlier = try find(found.record.path, in: database) else { return true }
        return try earlier != record(of: found, splits, in: database)
      }
    }
    guard isNews else {
      report.unchanged += piece.count
      return
    }
    // A separate report, so that a failed transaction does not change the counts.
    var counts = report
    try write { database in
      counts = report
      let writer = try PictureWriter(database)
      let splits = try ContentSplits(in: database, path: path)
      for found in piece {
        let earlier = try find(found.record.path, in: database)
        if earlier?.state == .excluded {
          counts.excluded += 1
          continue
        }
        let record = try record(of: found, splits, in: database)
        guard earlier != record else {
          counts.unchanged += 1
          continue
        }
        try writer.write(record)
        switch earlier?.state {
        case nil: counts.added += 1
        case .missing: counts.returned += 1
        default: counts.changed += 1
        }
      }
    }
    report = counts
  }

  /// The finding about a file, with the current split of its content.
  private func record(
    of found: PictureExaminer.Found, _ splits: ContentSplits, in database: Database
  ) throws -> PictureRecord {
    var record = found.record
    record.split = try found.digest.map { digest in
      try assignedSplit(of: record.contentHash, in: database)
        ?? splitOfCopies(of: record, splits, in: database)
        ?? splits.split(ofPath: record.path, digest: digest)
    }
    return record
  }

  /// The split of identical copies in other groups, with which a picture goes.
  private func splitOfCopies(
    of record: PictureRecord, _ splits: ContentSplits, in database: Database
  ) throws -> Split? {
    guard splits.haveGroups else { return nil }
    let statement = try database.cachedStatement(
      sql: """
        SELECT split FROM pictures WHERE content_hash = ? AND path <> ? AND split IS NOT NULL
        ORDER BY path LIMIT 1
        """)
    return try String.fetchOne(statement, arguments: [record.contentHash, record.path])
      .map(validSplit)
  }

  /// Marks pictures that are not in the folder, unless they have changed in the catalog since they
  /// were looked up.
  private func recordVanished(
    _ records: [PictureRecord], _ scan: FolderScan, in report: inout IndexReport
  ) throws {
    let candidates = records.filter { $0.state == .usable || $0.state == .broken }
    let unknown = candidates.filter { scan.isUnknown($0.path) }
    for problem in scan.unlisted {
      let pictures = unknown.count(where: {
        RelativePath.path($0.path, inside: problem.folder) != nil
      })
      let known =
        switch pictures {
        case 0: ""
        case 1: "; 1 picture known in it stays as it is"
        default: "; \(pictures) pictures known in it stay as they are"
        }
      report.problems.append("\(problem.folder): cannot be listed (\(problem.reason))\(known)")
    }
    let vanished = candidates.filter { !scan.isUnknown($0.path) }
      .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    for start in stride(from: 0, to: vanished.count, by: IndexPieces.length) {
      let piece = vanished[start..<min(start + IndexPieces.length, vanished.count)]
      report.vanished += try write { database in
        let statement = try database.makeStatement(
          sql: """
            UPDATE pictures SET state = ?, reason = ?
            WHERE path = ? AND state = ? AND bytes = ? AND modified = ? AND content_hash = ?
            """)
        var count = 0
        for record in piece {
          try statement.execute(arguments: [
            PictureState.missing.rawValue, Self.missingReason, record.path,
            record.state.rawValue, record.bytes, record.modified, record.contentHash,
          ])
          count += database.changesCount
        }
        return count
      }
    }
  }

  private func count(_ state: PictureState, in database: Database) throws -> Int {
    try Int.fetchOne(
      database, sql: "SELECT COUNT(*) FROM pictures WHERE state = ?", arguments: [state.rawValue])
      ?? 0
  }

  private func assignedSplit(of hash: String, in database: Database) throws -> Split? {
    let statement = try database.cachedStatement(
      sql: "SELECT split FROM assigned_splits WHERE content_hash = ?")
    return try String.fetchOne(statement, arguments: [hash]).map(validSplit)
  }
}

/// The findings of indexing that are not written yet, returned in short pieces.
private struct IndexPieces {
  /// The largest number of files in a piece.
  static let length = 1024
  /// The longest time until findings are written.
  private static let patience = Duration.milliseconds(500)

  private var waiting: [PictureExaminer.Found] = []
  private var oldest = ContinuousClock.now

  mutating func append(_ found: PictureExaminer.Found) {
    if waiting.isEmpty { oldest = .now }
    waiting.append(found)
  }

  /// A piece if there are enough files or the time has passed.
  mutating func next() -> [PictureExaminer.Found]? {
    waiting.count >= Self.length || .now - oldest >= Self.patience ? last() : nil
  }

  /// The remaining findings; nil if there are none.
  mutating func last() -> [PictureExaminer.Found]? {
    guard !waiting.isEmpty else { return nil }
    defer { waiting = [] }
    return waiting
  }

  /// Removes and returns the pixels of the waiting findings.
  mutating func takePixels() -> [(hash: String, row: [UInt8])] {
    waiting.indices.compactMap { index in
      guard let row = waiting[index].pixels else { return nil }
      waiting[index].pixels = nil
      return (waiting[index].record.contentHash, row)
    }
  }
}

/// One prepared statement that writes whole picture rows.
private struct PictureWriter {
  private let statement: Statement

  init(_ database: Database) throws {
    statement = try database.makeStatement(
      sql: """
        INSERT INTO pictures (\(Catalog.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (path) DO UPDATE SET
          width = excluded.width, height = excluded.height, channels = excluded.channels,
          bytes = excluded.bytes, modified = excluded.modified,
          content_hash = excluded.content_hash, state = excluded.state,
          reason = excluded.reason, split = excluded.split, details = excluded.details
        """)
  }

  func write(_ record: PictureRecord) throws {
    try statement.execute(arguments: [
      record.path, record.width, record.height, record.channels, record.bytes, record.modified,
      record.contentHash, record.state.rawValue, record.reason, record.split?.rawValue,
      record.details?.json ?? "",
    ])
  }
}
