import ArgumentParser
import CommandSupport
import DatasetCatalog

/// `siren-hyper dataset list DIR`: prints one line per picture.
struct DatasetListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the pictures of a catalog.",
    discussion: """
      Prints path, size, bytes, state and split of each picture, sorted by path, and the reason if \
      the picture cannot be used.

      EXAMPLES
        siren-hyper dataset list faces --split test --limit 10
        siren-hyper dataset list faces --state broken
        siren-hyper dataset list faces --json
      """)

  @OptionGroup var folder: FolderOptions

  @Option(help: "Only this split: train, validation or test.")
  var split: Split?

  @Option(help: "Only this state: usable, broken, missing or excluded.")
  var state: PictureState?

  @Option(help: "The largest number of pictures to list.")
  var limit: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit), expected at least 1.")
    }
  }

  func run() throws {
    let records = try folder.open().pictures(split: split, state: state, limit: limit)
    if output.json {
      records.forEach { printJSON(json($0)) }
      return
    }
    guard !records.isEmpty else {
      if !output.quiet { printMessage("no picture matches") }
      return
    }
    var table = TextTable([
      .left("path"), .left("size"), .right("bytes"), .left("state"), .left("split"),
      .left("reason"),
    ])
    for record in records {
      table.append([
        record.path, shape(record), "\(record.bytes)", record.state.rawValue,
        record.split?.rawValue ?? "-", record.reason,
      ])
    }
    print(table)
  }
}
