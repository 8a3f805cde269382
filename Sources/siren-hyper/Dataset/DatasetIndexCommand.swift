import ArgumentParser
import CommandSupport
import DatasetCatalog
import Foundation
import Signals

/// `siren-hyper dataset index DIR`: brings the catalog up to date with the folder.
struct DatasetIndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Record a folder's pictures, or the changes since the last time.",
    discussion: """
      Finds PNG, JPEG, TIFF, WebP, NPY and NPZ files in the folder and its subfolders, by content and not by \
      name. Every page of a TIFF that is like the first is a picture of its own in training, up to page \
      4,096 or SIREN_MAX_FRAMES. Hidden files and folders are skipped. Symbolic links are followed with \
      --follow-links, which the catalog remembers, each folder once. Every picture is decoded once. A \
      broken picture is recorded with the reason. The next time, only files with another size or \
      modification time are read.

      A hash of the content assigns 90% of the pictures to train, 5% to validation and 5% to test. \
      Adding a picture therefore does not move others, and identical copies are in the same split. A \
      split of a small collection that would be empty is given one picture. 'dataset split' chooses \
      other shares, and keeps the pictures of one subject together.

      The range of samples that becomes 0 to 1 in training is chosen once for the collection. It is printed \
      where pictures have more than 8 bits.

      EXAMPLES
        siren-hyper dataset index faces
        siren-hyper dataset index micrographs --range 0:4095
        siren-hyper dataset index /data/scans --catalog scans.sqlite
        siren-hyper dataset index selection --follow-links
      """)

  @OptionGroup var folder: FolderOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Follow symbolic links, or do not (default: as the last time, at first not).")
  var followLinks: Bool?

  @Option(
    help: ArgumentHelp(
      "The samples that become 0 and 1: auto, percentiles (all but the outermost thousandths of each "
        + "picture) or two numbers such as 0:4095 (default: as before, at first auto).",
      valueName: "range"))
  var range: RangeChoice?

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let interruption = Interruption()
    let catalog = try folder.open(createIfMissing: true, followsLinks: followLinks)
    let progress = ProgressReporter("Indexing", unit: "files", quiet: output.quiet)
    let report = try catalog.index(
      threads: threads.threads ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: { progress.update($0.completed, of: $0.total) },
      isCancelled: { interruption.isRequested })
    progress.finish()
    if let range { try catalog.setRangeChoice(range) }
    let scale = try catalog.scale()
    if let first = report.firstUnread {
      printMessage(
        "Warning: \(report.unread == 1 ? "1 picture" : "\(report.unread) pictures") could not be read "
          + "(\(singleLine(first))); the next run tries again")
    }
    if !output.quiet { report.problems.forEach { printMessage("Warning: \(singleLine($0))") } }
    if output.json {
      printJSON(json(report, scale))
    } else {
      printText(report, scale, catalog: catalog)
    }
    guard !report.isCancelled else {
      throw CommandFailure.data(
        "interrupted; the files read so far are recorded, run the same command again to continue")
    }
    guard report.usable + report.broken > 0 else {
      throw CatalogError.noPictures(
        path: folder.directory, files: report.ignored + report.hidden + report.links,
        kinds: report.extensions)
    }
    guard report.usable > 0 else {
      throw CommandFailure.data(
        "\(folder.directory): none of \(report.broken) pictures can be used; "
          + "'siren-hyper dataset list \(folder.directory)' shows why")
    }
  }

  private func printText(_ report: IndexReport, _ scale: PictureScale, catalog: Catalog) {
    print(
      "\(report.usable) usable pictures, \(report.broken) broken "
        + "(\(report.added) new, \(report.changed) changed, \(report.unchanged) unchanged, "
        + "\(report.returned) returned, \(report.vanished) missing)")
    var others: [String] = []
    if report.excluded > 0 { others.append("\(report.excluded) removed by the user") }
    if report.ignored > 0 { others.append("\(report.ignored) other files") }
    if report.hidden > 0 { others.append("\(report.hidden) hidden") }
    if report.links > 0 { others.append("\(report.links) links") }
    if !others.isEmpty { print("skipped: " + others.joined(separator: ", ")) }
    if !report.filledSplits.isEmpty {
      print(
        "one picture each was moved into the empty split "
          + report.filledSplits.map(\.rawValue).joined(separator: " and "))
    }
    if report.broken > 0 {
      print(
        singleLine(
          "to list the reasons: siren-hyper dataset list \(folder.directory) --state broken"))
    }
    if !scale.isPlain { print("range: \(scale.summary) become 0 to 1 in training") }
    print("catalog: \(singleLine(catalog.path))")
  }

  private func json(_ report: IndexReport, _ scale: PictureScale) -> JSONValue {
    [
      "added": .integer(report.added), "changed": .integer(report.changed),
      "unchanged": .integer(report.unchanged), "returned": .integer(report.returned),
      "vanished": .integer(report.vanished), "usable": .integer(report.usable),
      "broken": .integer(report.broken), "excluded": .integer(report.excluded),
      "ignored": .integer(report.ignored), "hidden": .integer(report.hidden),
      "links": .integer(report.links), "unread": .integer(report.unread),
      "filled_splits": .array(report.filledSplits.map { .string($0.rawValue) }),
      "ranges": .object(
        scale.ranges.mapValues { .array([.number($0.low), .number($0.high)]) }),
      "problems": .array(report.problems.map { .string($0) }),
    ]
  }
}
