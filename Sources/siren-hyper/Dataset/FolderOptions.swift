import ArgumentParser
import CommandSupport
import DatasetCatalog

/// The folder of a dataset command and its catalog.
struct FolderOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The folder of the pictures.", valueName: "dir"),
    completion: .directory)
  var directory: String

  @Option(
    help: ArgumentHelp(
      "The catalog file (default: DIR/.siren/catalog.sqlite).", valueName: "file"),
    completion: .file())
  var catalog: String?

  /// Opens the folder's catalog.
  ///
  /// - Parameter followsLinks: whether links are followed; nil does what the catalog remembers.
  func open(createIfMissing: Bool = false, followsLinks: Bool? = nil) throws -> Catalog {
    try Catalog.open(
      directory: directory, catalogPath: catalog, createIfMissing: createIfMissing,
      followsLinks: followsLinks)
  }
}

extension Split: ExpressibleByArgument {}

extension PictureState: ExpressibleByArgument {}

/// One picture as JSON; an unknown value is null.
func json(_ record: PictureRecord) -> JSONValue {
  [
    "path": .string(record.path),
    "width": record.width > 0 ? .integer(record.width) : nil,
    "height": record.height > 0 ? .integer(record.height) : nil,
    "channels": record.channels > 0 ? .integer(record.channels) : nil,
    "bytes": .integer(record.bytes),
    "modified": .number(Double(record.modified) / 1e9),
    "sha256": record.contentHash.isEmpty ? nil : .string(record.contentHash),
    "state": .string(record.state.rawValue),
    "reason": record.reason.isEmpty ? nil : .string(record.reason),
    "split": .string(record.split?.rawValue),
  ]
}

/// Width, height and channels such as `64x48x3`; `?` if they are unknown.
func shape(_ record: PictureRecord) -> String {
  record.width > 0 ? "\(record.width)x\(record.height)x\(record.channels)" : "?"
}
