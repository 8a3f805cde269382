import ArgumentParser
import CommandSupport
import DatasetCatalog
import Foundation

/// `siren-hyper dataset verify DIR`: whether the files are still what they were.
struct DatasetVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare every file's content with the catalog.",
    discussion: """
      Reads every file and compares its SHA-256 with the recorded one, which also finds damage \
      that leaves size and time as they were. Nothing is changed. The exit code is 1 if a file \
      differs.

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
        "\(report.differences.count) files are not what they were; restore them, or take them as "
          + "they are with 'siren-hyper dataset index \(folder.directory)'")
    }
  }
}
