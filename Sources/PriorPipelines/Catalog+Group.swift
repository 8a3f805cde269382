import DatasetCatalog
import Files
import Numerics

extension Catalog {
  /// Throws if a member of a group sees other pictures than the first.
  ///
  /// - Throws: `WorkGroupError` on all members, or `CatalogError`.
  func requireSamePictures(over group: WorkGroup) throws {
    if group.isAlone { return }
    let records = try pictures().sorted { $0.path < $1.path }
    var hash = ContentHash()
    for record in records { hash.update(Array("\(record.path) \(record.contentHash)\n".utf8)) }
    try group.requireSame(
      "\(records.count) pictures (\(ContentHash.hexadecimal(hash.digest).prefix(16)))",
      "the collection '\(directory)'")
  }
}
