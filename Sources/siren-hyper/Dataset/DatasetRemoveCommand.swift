import ArgumentParser
import CommandSupport
import DatasetCatalog

/// `siren-hyper dataset remove DIR PATH...`: excludes pictures from the catalog.
struct DatasetRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Exclude pictures from the catalog; their files stay.",
    discussion: """
      The files are not changed. The catalog remembers the paths, so that indexing again does not \
      include the pictures; --restore does. 'dataset list --state excluded' lists them.

      EXAMPLES
        siren-hyper dataset remove faces 0001.png 0002.png
        siren-hyper dataset remove faces 0001.png --restore
      """)

  @OptionGroup var folder: FolderOptions

  @Argument(help: "The pictures.", completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var paths: [String]

  @Flag(help: "Include pictures in the catalog again that were removed.")
  var restore = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let catalog = try folder.open()
    // All names are checked first: an unknown name must not leave half of the pictures removed.
    let records = try paths.map { try catalog.picture($0) }
    for record in records {
      if restore { try catalog.restore(record.path) } else { try catalog.remove(record.path) }
      let now = try catalog.picture(record.path)
      if output.json {
        printJSON(["path": .string(now.path), "state": .string(now.state.rawValue)])
      } else {
        print(singleLine("\(now.path): \(now.state.rawValue)"))
      }
    }
  }
}
