import CommandSupport
import Files
import Foundation
import ImagePriors
import Numerics
import PriorPipelines
import Signals

extension InpaintCommand {
  /// Restores the pictures of a folder.
  ///
  /// - Throws: `CommandFailure` also if a picture failed or was left out, or the work was interrupted.
  func restoreFolder(_ folder: String) throws {
    let target = try folderTarget()
    let work = try work(of: folder, to: target)
    work.problems.forEach { printMessage("Warning: \(singleLine($0))") }
    let choice = try model.choice(quiet: printing.quiet, oneNetwork: needsOneNetwork)
    let settings = settings
    var how = FolderInpainting.Settings()
    how.observed = try observed.source
    how.invertsMasks = observed.invertMask
    (how.missing, how.seed) = (observed.missing, seed)
    (how.range, how.scale) = (observed.pictureRange, choice.scale)
    (how.pastesObserved, how.overwrite) = (!noPaste, overwrite.force)
    let interruption = Interruption()
    let progress = ProgressReporter("Restoring", unit: "pictures", quiet: printing.quiet)
    let total = work.jobs.count
    let summary = try work.run(
      { task in
        let (prior, path, _) = try choice.prior(for: task)
        return PictureInpainter(prior, model: path, settings)
      }, how, isCancelled: { interruption.isRequested },
      progress: { job, completed, windows in
        progress.update(
          job, of: total,
          fraction: (Double(job) + Double(completed) / Double(windows)) / Double(total),
          detail: "window \(completed) of \(windows)")
      },
      report: { line(about: work.jobs[$0], $1) },
      show: { job, line in
        progress.finish()
        if !printing.quiet { line.notes.forEach { printMessage($0) } }
        line.isProblem ? printMessage(line.text) : printLine(line.text)
        progress.update(job + 1, of: total)
      })
    progress.finish()
    show(summary, work)
    guard !summary.isCancelled else {
      throw CommandFailure.data("interrupted; run the same command again to continue")
    }
    guard summary.failed == 0 else {
      throw CommandFailure.data("\(summary.failed) of \(total) pictures could not be restored")
    }
    guard work.problems.isEmpty else {
      throw CommandFailure.data(
        "not all of the folder was restored; the warnings say what was left out")
    }
  }

  /// The pictures, their masks and the places of their results.
  private func work(of folder: String, to target: String) throws -> FolderInpainting {
    do {
      return try FolderInpainting(of: folder, to: target, masks: masks)
    } catch let error as FolderInpaintingError {
      guard case .sameFolder = error else { throw error }
      throw CommandFailure.usage("\(error)")
    }
  }

  /// The folder to write to, once the options are checked.
  private func folderTarget() throws -> String {
    guard let target = output ?? result else {
      throw CommandFailure.usage(
        "a folder of pictures needs a folder to write to, such as -o restored")
    }
    for (option, isGiven) in [
      ("--points", observed.points != nil), ("--truth", truth != nil), ("--sheet", sheet != nil),
      ("--uncertainty", uncertainty != nil), ("--next", next != nil), ("--page", source.page != 1),
    ] where isGiven {
      throw CommandFailure.usage("\(option) works on one picture, omit it for a folder of pictures")
    }
    // A folder called result.png would be made where a picture was meant.
    let isNamedLikePicture = (try? PictureContainer(path: target)) != nil
    guard target.isFolder || !isNamedLikePicture && !FileManager.default.fileExists(atPath: target)
    else {
      throw CommandFailure.usage(
        "'\(input ?? "")' is a folder of pictures, and '\(target)' is not a folder; name the picture, "
          + "or a folder to write to")
    }
    return target
  }

  /// The line that is printed about the end of a job.
  private func line(
    about job: FolderInpainting.Job, _ outcome: FolderInpainting.Outcome
  ) -> FolderLine {
    var notes: [String] = []
    if case .restored(_, _, _, _, let own) = outcome {
      notes = own.map { "Note: \(singleLine("\(job.output): \($0)"))" }
    }
    if printing.json {
      return FolderLine(
        text: json(about: job, outcome).description, isProblem: false, notes: notes)
    }
    switch outcome {
    case .restored(let task, _, let quality, let seconds, _):
      let error = quality?.unobserved.map {
        String(format: ", %.2f dB", Quality.peakSignalToNoise(meanSquaredError: $0))
      }
      return FolderLine(
        text: singleLine(
          "\(job.output): \(task.missingCount) missing pixels restored from "
            + "\(task.observations.count) points in \(formatDuration(seconds))" + (error ?? "")),
        isProblem: false, notes: notes)
    case .alreadyThere:
      return FolderLine(
        text: singleLine("\(job.output): already there, skipped"), isProblem: false)
    case .failed(let message):
      return FolderLine(
        text: singleLine("\(job.input): not restored: \(message)"), isProblem: true)
    }
  }

  private func json(
    about job: FolderInpainting.Job, _ outcome: FolderInpainting.Outcome
  ) -> JSONValue {
    switch outcome {
    case .restored(let task, let picture, let quality, let seconds, _):
      var line = json(job.output, task, quality, picture, seconds)
      (line["input"], line["state"]) = (.string(job.input), "restored")
      return .object(line)
    case .alreadyThere:
      return ["input": .string(job.input), "output": .string(job.output), "state": "skipped"]
    case .failed(let message):
      return ["input": .string(job.input), "state": "failed", "error": .string(message)]
    }
  }

  private func show(_ summary: FolderInpainting.Summary, _ work: FolderInpainting) {
    if printing.json {
      printJSON([
        "pictures": .integer(work.jobs.count), "restored": .integer(summary.restored),
        "skipped": .integer(summary.alreadyThere), "failed": .integer(summary.failed),
      ])
    } else {
      var text = "\(summary.restored) of \(work.jobs.count) pictures restored"
      if summary.alreadyThere > 0 { text += ", \(summary.alreadyThere) were already there" }
      if summary.failed > 0 { text += ", \(summary.failed) failed" }
      if work.otherFiles > 0 { text += "; \(work.otherFiles) other files were ignored" }
      print(text)
    }
  }
}

/// A line about a picture, which the member of a group that restored it sends to the first one.
private struct FolderLine: GroupMessage {
  let text: String
  /// Whether it goes to standard error.
  let isProblem: Bool
  /// What was noticed about the picture's file, one line each.
  let notes: [String]

  init(text: String, isProblem: Bool, notes: [String] = []) {
    self.text = text
    self.isProblem = isProblem
    self.notes = notes
  }

  func append(to message: inout GroupBytes) {
    text.append(to: &message)
    isProblem.append(to: &message)
    notes.append(to: &message)
  }

  init?(from message: inout GroupBytes) {
    guard let text = String(from: &message), let isProblem = Bool(from: &message),
      let notes = [String](from: &message)
    else { return nil }
    self.init(text: text, isProblem: isProblem, notes: notes)
  }
}
