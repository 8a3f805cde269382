import ArgumentParser
import CommandSupport
import DatasetCatalog
import Foundation

/// `siren-hyper dataset show DIR PATH`: prints the catalog's entry of one picture.
struct DatasetShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the catalog's entry of one picture.",
    discussion: """
      The picture is given by its path inside the folder, as 'dataset list' prints it, or by the \
      path of its file.

      EXAMPLES
        siren-hyper dataset show faces 0001.png
        siren-hyper dataset show faces faces/0001.png --json
      """)

  @OptionGroup var folder: FolderOptions

  @Argument(help: "The picture.", completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var path: String

  @OptionGroup var output: OutputOptions

  func run() throws {
    let catalog = try folder.open()
    let record = try catalog.picture(path)
    if output.json { return printJSON(json(record)) }
    let modified = Date(timeIntervalSince1970: Double(record.modified) / 1e9)
    var table = TextTable([.left(""), .left("")])
    table.append(["path", record.path])
    table.append(["file", catalog.absolutePath(of: record)])
    table.append(["size", shape(record)])
    table.append(["bytes", "\(record.bytes)"])
    table.append(["modified", modified.formatted(.iso8601)])
    table.append(["sha256", record.contentHash.isEmpty ? "?" : record.contentHash])
    table.append(["split", record.split?.rawValue ?? "-"])
    table.append(["state", record.state.rawValue])
    if !record.reason.isEmpty { table.append(["reason", record.reason]) }
    print(table)
  }
}
