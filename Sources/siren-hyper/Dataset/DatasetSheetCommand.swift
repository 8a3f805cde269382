import ArgumentParser
import CommandSupport
import DatasetCatalog
import Reporting

/// `siren-hyper dataset sheet DIR -o sheet.png`: draws a contact sheet of the collection.
struct DatasetSheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet",
    abstract: "Draw a contact sheet of a collection's pictures.",
    discussion: """
      Draws randomly chosen usable pictures as one PNG, in a grid of square cells. The same seed \
      chooses the same pictures.

      EXAMPLES
        siren-hyper dataset sheet faces -o sheet.png
        siren-hyper dataset sheet faces -o test.png --split test --count 36 --cell 128
      """)

  @OptionGroup var folder: FolderOptions

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The PNG file to write.",
    completion: .file(extensions: ["png"]))
  var outputPath: String

  @Option(help: "The number of pictures, 1 to 10000.")
  var count = 100

  @Option(help: "Only this split: train, validation or test.")
  var split: Split?

  @Option(help: "Width and height of a cell in pixels, 8 to 1024.")
  var cell = 64

  @Option(help: "The seed of the random choice.")
  var seed: UInt64 = 0

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count is \(count), expected 1 to 10000 pictures.")
    }
    guard (8...1024).contains(cell) else {
      throw ValidationError("--cell is \(cell), expected 8 to 1024 pixels.")
    }
  }

  func run() throws {
    let interruption = Interruption()
    let catalog = try folder.open()
    try checkPictureOutput(outputPath, overwrite)
    let records = try catalog.randomPictures(count, split: split, seed: seed)
    guard !records.isEmpty else {
      let part = split.map { " in the \($0.rawValue) split" } ?? ""
      throw CommandFailure.data(
        "\(folder.directory): there is no usable picture\(part); "
          + "'siren-hyper dataset stats \(folder.directory)' prints the counts")
    }
    let scale = try catalog.scale()
    let progress = ProgressReporter("Drawing", unit: "pictures", quiet: output.quiet)
    let sheet = try writeSheet(
      to: outputPath, overwrite, advice: "pass a smaller --count or --cell"
    ) {
      try ContactSheet.compose(
        count: records.count, columns: Int(Double(records.count).squareRoot().rounded(.up)),
        cell: cell, gap: max(2, cell / 16)
      ) {
        try records.enumerated().map { number, record in
          guard !interruption.isRequested else {
            throw CommandFailure.data("interrupted; nothing was written")
          }
          let picture = ContactSheet.thumbnail(
            try catalog.stored(record).choosingRange(.automatic, scale: scale).image, cell: cell)
          progress.update(number + 1, of: records.count)
          return picture
        }
      }
    }
    progress.finish()
    if output.json {
      printJSON([
        "output": .string(outputPath), "pictures": .integer(records.count),
        "width": .integer(sheet.width), "height": .integer(sheet.height),
      ])
    } else {
      print("\(singleLine(outputPath)): \(records.count) pictures")
    }
  }
}
