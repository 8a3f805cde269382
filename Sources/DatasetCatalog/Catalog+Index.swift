import Foundation
import GRDB

extension Catalog {
  /// Brings the catalog up to date with the folder.
  ///
  /// Files are told apart by content. Only new files and those whose size or modification time
  /// differ are read, hashed and decoded; the rest is left alone. A broken file is recorded with
  /// its reason and stops nothing. What vanished is marked missing and comes back when it does.
  /// Everything is written in one transaction.
  ///
  /// - Parameters:
  ///   - threads: files looked at at the same time; the result does not depend on it.
  ///   - progress: called on the calling thread, now and then.
  ///   - isCancelled: asked now and then; true ends early and keeps what was read.
  /// - Returns: counts of what was found.
  /// - Throws: `CatalogError.folderUnreadable`, or an error of the database.
  @discardableResult
  public func index(
    threads: Int = 2, progress: (IndexProgress) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws -> IndexReport {
    let scan = try FolderScan.of(root: directory)
    let known = try recordsByPath()
    let toExamine = scan.entries.filter { Self.needsReading($0, known: known[PathKey($0.path)]) }
    let examiner = PictureExaminer(reader: reader)

    var findings: [(FolderScan.Entry, PictureExaminer.Finding)] = []
    findings.reserveCapacity(toExamine.count)
    var cancelled = false
    progress(IndexProgress(completed: 0, total: toExamine.count))
    for start in stride(from: 0, to: toExamine.count, by: 64) {
      cancelled = isCancelled()
      guard !cancelled else { break }
      let chunk = Array(toExamine[start..<min(start + 64, toExamine.count)])
      let found = concurrentMap(chunk, threads: threads) { examiner.examine($0) }
      findings += zip(chunk, found)
      progress(IndexProgress(completed: findings.count, total: toExamine.count))
    }

    var report = IndexReport()
    (report.hidden, report.links, report.problems) = (scan.hidden, scan.links, scan.problems)
    report.isCancelled = cancelled
    try record(findings, scan: scan, known: known, report: &report)
    return report
  }

  /// Whether a file has to be read: it is new, differs, was missing, or could not be read before.
  private static func needsReading(_ entry: FolderScan.Entry, known: PictureRecord?) -> Bool {
    guard let known else { return true }
    switch known.state {
    case .excluded: return false
    case .missing: return true
    case .usable, .broken:
      return known.bytes != entry.status.bytes || known.modified != entry.status.modified
        || known.contentHash.isEmpty
    }
  }

  private func recordsByPath() throws -> [PathKey: PictureRecord] {
    let records = try pictures()
    return Dictionary(records.map { (PathKey($0.path), $0) }) { first, _ in first }
  }

  private func record(
    _ findings: [(FolderScan.Entry, PictureExaminer.Finding)], scan: FolderScan,
    known: [PathKey: PictureRecord], report: inout IndexReport
  ) throws {
    var counts = report
    try write { database in
      counts = report
      let assigned = try assignedSplits(in: database)
      let statement = try PictureWriter(database)
      // Paths that are in the folder and are pictures.
      var present: Set<PathKey> = []
      for (entry, finding) in findings {
        let earlier = known[PathKey(entry.path)]
        switch finding {
        case .notAPicture:
          // A picture that was overwritten by something else is gone.
          counts.ignored += 1
        case .picture(var record, let digest):
          present.insert(PathKey(entry.path))
          record.split = digest.map { assigned[record.contentHash] ?? Split(digest: $0) }
          try statement.write(record)
          switch earlier?.state {
          case nil: counts.added += 1
          case .missing: counts.returned += 1
          default:
            // An unreadable file is tried every time; that alone is no change.
            if earlier == record { counts.unchanged += 1 } else { counts.changed += 1 }
          }
        }
      }
      let examined = Set(findings.map { PathKey($0.0.path) })
      for entry in scan.entries where !examined.contains(PathKey(entry.path)) {
        guard let earlier = known[PathKey(entry.path)] else { continue }
        present.insert(PathKey(entry.path))
        if earlier.state == .usable || earlier.state == .broken { counts.unchanged += 1 }
        if earlier.state == .excluded { counts.excluded += 1 }
      }
      for (path, var record) in known.sorted(by: { $0.value.path < $1.value.path }) {
        guard !present.contains(path), record.state == .usable || record.state == .broken else {
          continue
        }
        record.state = .missing
        record.reason = "was not in the folder when it was last indexed"
        try statement.write(record)
        counts.vanished += 1
      }
      counts.usable = try count(.usable, in: database)
      counts.broken = try count(.broken, in: database)
    }
    report = counts
  }

  private func count(_ state: PictureState, in database: Database) throws -> Int {
    try Int.fetchOne(
      database, sql: "SELECT COUNT(*) FROM pictures WHERE state = ?", arguments: [state.rawValue])
      ?? 0
  }

  func assignedSplits(in database: Database) throws -> [String: Split] {
    var splits: [String: Split] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT content_hash, split FROM assigned_splits")
    while let row = try rows.next() {
      splits[try row.decode(String.self, atIndex: 0)] =
        try validSplit(try row.decode(String.self, atIndex: 1))
    }
    return splits
  }
}

/// One prepared statement that writes whole picture rows.
struct PictureWriter {
  private let statement: Statement

  init(_ database: Database) throws {
    statement = try database.makeStatement(
      sql: """
        INSERT INTO pictures (\(Catalog.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (path) DO UPDATE SET
          width = excluded.width, height = excluded.height, channels = excluded.channels,
          bytes = excluded.bytes, modified = excluded.modified,
          content_hash = excluded.content_hash, state = excluded.state,
          reason = excluded.reason, split = excluded.split
        """)
  }

  func write(_ record: PictureRecord) throws {
    try statement.execute(arguments: [
      record.path, record.width, record.height, record.channels, record.bytes, record.modified,
      record.contentHash, record.state.rawValue, record.reason, record.split?.rawValue,
    ])
  }
}
