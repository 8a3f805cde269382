import ArgumentParser
import CommandSupport
import DatasetCatalog

/// `siren-hyper dataset stats DIR`: counts a catalog's pictures.
struct DatasetStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Count a catalog's pictures by state, split and size.",
    discussion: """
      The counts of train, validation and test include usable pictures only.

      EXAMPLES
        siren-hyper dataset stats faces
        siren-hyper dataset stats faces --json
      """)

  @OptionGroup var folder: FolderOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let statistics = try folder.open().statistics()
    if output.json {
      printJSON([
        "pictures": .integer(statistics.pictures), "usable": .integer(statistics.usable),
        "broken": .integer(statistics.broken), "missing": .integer(statistics.missing),
        "removed": .integer(statistics.excluded), "train": .integer(statistics.train),
        "validation": .integer(statistics.validation), "test": .integer(statistics.test),
        "duplicates": .integer(statistics.duplicates), "bytes": .integer(statistics.bytes),
        "sizes": .array(
          statistics.shapes.map {
            [
              "width": .integer($0.width), "height": .integer($0.height),
              "channels": .integer($0.channels), "pictures": .integer($0.count),
            ]
          }),
      ])
      return
    }
    var table = TextTable([.left(""), .right("")])
    table.append(["pictures", "\(statistics.pictures)"])
    table.append(["usable", "\(statistics.usable)"])
    table.append(["broken", "\(statistics.broken)"])
    table.append(["missing", "\(statistics.missing)"])
    table.append(["removed", "\(statistics.excluded)"])
    table.append(["train", "\(statistics.train)"])
    table.append(["validation", "\(statistics.validation)"])
    table.append(["test", "\(statistics.test)"])
    table.append(["duplicates", "\(statistics.duplicates)"])
    table.append(["size of all files", formatBytes(statistics.bytes)])
    for shape in statistics.shapes.prefix(5) {
      table.append(["\(shape.width)x\(shape.height)x\(shape.channels)", "\(shape.count)"])
    }
    let rest = statistics.shapes.dropFirst(5)
    if !rest.isEmpty {
      table.append(["\(rest.count) other sizes", "\(rest.map(\.count).reduce(0, +))"])
    }
    print(table)
  }
}
