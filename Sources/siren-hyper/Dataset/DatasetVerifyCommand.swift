import ArgumentParser
import CommandSupport
import DatasetCatalog
import Foundation

/// `siren-hyper dataset verify DIR`: compares the files with the catalog.
struct DatasetVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare every file's content with the catalog.",
    discussion: """
      Reads every file and compares its SHA-256 hash with the recorded one. This also finds damage \
      that does not change the size or modification time. Nothing is written. The exit code is 1 if \
      a file differs.

      EXAMPLES
        siren-hyper dataset verify faces
        siren-hyper dataset verify faces --json
      """)

  @OptionGroup var folder: FolderOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let interruption = Interruption()
    let catalog = try folder.open()
    let progress = ProgressReporter("Verifying", unit: "files", quiet: output.quiet)
    let report = try catalog.verify(
      threads: threads.threads ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: { progress.update($0.completed, of: $0.total) },
      isCancelled: { interruption.isRequested })
    progress.finish()
    if output.json {
      for difference in report.differences {
        printJSON(["path": .string(difference.path), "reason": .string(difference.reason)])
      }
      printJSON([
        "checked": .integer(report.checked), "different": .integer(report.differences.count),
      ])
    } else {
      for difference in report.differences {
        print(singleLine("\(difference.path): \(difference.reason)"))
      }
      print("\(report.checked) files checked, \(report.differences.count) differ")
    }
    guard !report.isCancelled else {
      throw CommandFailure.data("interrupted before every file was read; run it again")
    }
    guard report.differences.isEmpty else {
      throw CommandFailure.data(
        "\(report.differences.count) files differ from the catalog; restore them, or record them as "
          + "they are with 'siren-hyper dataset index \(folder.directory)'")
    }
  }
}
