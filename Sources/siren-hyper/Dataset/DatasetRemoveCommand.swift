import ArgumentParser
import CommandSupport
import DatasetCatalog

/// `siren-hyper dataset remove DIR PATH...`: leaves pictures out.
struct DatasetRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Leave pictures out of the catalog; their files stay.",
    discussion: """
      The files are not touched. The catalog remembers the paths, so that indexing again does not \
      bring the pictures back; --restore does. 'dataset list --state excluded' shows them.

      EXAMPLES
        siren-hyper dataset remove faces 0001.png 0002.png
        siren-hyper dataset remove faces 0001.png --restore
      """)

  @OptionGroup var folder: FolderOptions

  @Argument(help: "The pictures.", completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var paths: [String]

  @Flag(help: "Take pictures that were removed back into the catalog.")
  var restore = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let catalog = try folder.open()
    // All or none: an unknown name must not leave half of the work done.
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
