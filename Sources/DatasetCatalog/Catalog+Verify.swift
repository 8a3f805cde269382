import Files
import Numerics

/// The result of comparing a catalog with its files.
public struct VerifyReport: Sendable, Equatable {
  /// A file that differs from the catalog.
  public struct Difference: Sendable, Equatable {
    /// Relative path.
    public var path: String
    /// The difference in one line.
    public var reason: String
  }

  /// Number of files read.
  public var checked = 0
  /// Files that differ, sorted by path.
  public var differences: [Difference] = []
  /// Whether it was interrupted before every file was read.
  public var isCancelled = false
}

extension Catalog {
  /// Reads every file of the catalog and compares its content with the recorded hash.
  ///
  /// Unlike `index`, it does not trust sizes and modification times, and it changes nothing.
  ///
  /// - Parameters:
  ///   - threads: files read at the same time.
  ///   - progress: called periodically on the calling thread.
  ///   - isCancelled: polled periodically; true ends early.
  /// - Returns: the differences, if any.
  public func verify(
    threads: Int = 2, progress: (IndexProgress) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws -> VerifyReport {
    let records = try pictures().filter { $0.state == .usable || $0.state == .broken }
    let reader = self.reader
    var report = VerifyReport()
    for start in stride(from: 0, to: records.count, by: 64) {
      report.isCancelled = isCancelled()
      guard !report.isCancelled else { break }
      let chunk = Array(records[start..<min(start + 64, records.count)])
      let reasons = Parallel.map(chunk.count, upTo: threads) {
        Self.difference(chunk[$0], reader: reader)
      }
      for (record, reason) in zip(chunk, reasons) {
        if let reason {
          report.differences.append(VerifyReport.Difference(path: record.path, reason: reason))
        }
      }
      report.checked += chunk.count
      progress(IndexProgress(completed: report.checked, total: records.count))
    }
    return report
  }

  private static func difference(_ record: PictureRecord, reader: FolderReader) -> String? {
    do throws(FileProblem) {
      let (bytes, status) = try reader.contents(record.path)
      guard !record.contentHash.isEmpty else { return "could not be read before and can be now" }
      guard bytes.count == record.bytes else {
        return "has \(bytes.count) bytes, was \(record.bytes)"
      }
      guard ContentHash.hexadecimal(ContentHash.digest(of: bytes)) == record.contentHash else {
        return status.modified == record.modified
          ? "has another content with the same size and time: the file is damaged"
          : "has another content"
      }
      return nil
    } catch {
      // A file that could not be read when it was indexed has not changed.
      return record.contentHash.isEmpty ? nil : "cannot be read: \(error.description)"
    }
  }
}
