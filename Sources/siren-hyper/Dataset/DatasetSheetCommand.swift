import ArgumentParser
import CommandSupport
import DatasetCatalog
import Numerics
import Reporting
import Signals

/// `siren-hyper dataset sheet DIR -o sheet.png`: what the collection looks like.
struct DatasetSheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet",
    abstract: "Draw a contact sheet of a collection's pictures.",
    discussion: """
      Draws a random choice of the usable pictures as one PNG, in a grid of square cells. The \
      same seed draws the same pictures.

      EXAMPLES
        siren-hyper dataset sheet faces -o sheet.png
        siren-hyper dataset sheet faces -o test.png --split test --count 36 --cell 128
      """)

  /// The largest sheet, in pixels: what a viewer still opens.
  private static let largestSheet = 100_000_000

  @OptionGroup var folder: FolderOptions

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The PNG file to write.",
    completion: .file(extensions: ["png"]))
  var outputPath: String

  @Option(help: "How many pictures, 1 to 10000.")
  var count = 100

  @Option(help: "Only this split: train, validation or test.")
  var split: Split?

  @Option(help: "Width and height of a cell in pixels, 8 to 1024.")
  var cell = 64

  @Option(help: "Which random choice.")
  var seed: UInt64 = 0

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count \(count): expected a number from 1 to 10000")
    }
    guard (8...1024).contains(cell) else {
      throw ValidationError("--cell \(cell): expected a number from 8 to 1024")
    }
  }

  func run() throws {
    let interruption = Interruption()
    let catalog = try folder.open()
    try checkOutput(outputPath, overwrite)
    let records = try choose(from: catalog)
    let columns = Int(Double(records.count).squareRoot().rounded(.up))
    let rows = (records.count + columns - 1) / columns
    let gap = max(2, cell / 16)
    let size = ContactSheet.size(rows: rows, columns: columns, cell: cell, gap: gap)
    guard size.width * size.height <= Self.largestSheet else {
      throw CommandFailure.usage(
        "a sheet of \(size.width)x\(size.height) pixels is too large; "
          + "expected at most 100 million pixels: use a smaller --count or --cell")
    }
    let progress = ProgressReporter("Drawing", unit: "pictures", quiet: output.quiet)
    var images: [Image] = []
    for record in records {
      guard !interruption.isRequested else {
        throw CommandFailure.data("interrupted; nothing was written")
      }
      images.append(Self.thumbnail(try catalog.image(of: record), cell: cell))
      progress.update(images.count, of: records.count)
    }
    let sheet = ContactSheet.compose(images, columns: columns, cell: cell, gap: gap)
    try ImageFile.writePNG(sheet, to: outputPath, overwrite: overwrite.force)
    progress.finish()
    if output.json {
      printJSON([
        "output": .string(outputPath), "pictures": .integer(images.count),
        "width": .integer(sheet.width), "height": .integer(sheet.height),
      ])
    } else {
      print("\(singleLine(outputPath)): \(images.count) pictures")
    }
  }

  /// A random choice, in the order of the catalog.
  private func choose(from catalog: Catalog) throws -> [PictureRecord] {
    var records = try catalog.pictures(split: split, state: .usable)
    guard !records.isEmpty else {
      let part = split.map { " in the \($0.rawValue) split" } ?? ""
      throw CommandFailure.data(
        "\(folder.directory): no usable picture\(part); "
          + "'siren-hyper dataset stats \(folder.directory)' counts them")
    }
    guard records.count > count else { return records }
    var generator = Xoshiro256(seed: seed)
    for position in 0..<count {
      records.swapAt(position, position + generator.uniform(below: records.count - position))
    }
    return records.prefix(count).sorted { $0.path < $1.path }
  }

  /// Small at once, so that a sheet of thousands of photographs does not hold them all.
  private static func thumbnail(_ image: Image, cell: Int) -> Image {
    let longest = max(image.width, image.height)
    guard longest > cell else { return image }
    return image.resized(
      width: max(1, image.width * cell / longest), height: max(1, image.height * cell / longest))
  }
}
