import ArgumentParser
import CommandSupport
import Fields
import Fitting
import Foundation
import ImagePriors
import LivePages
import PriorPages
import PriorPipelines
import Signals

/// `--half` and `--full`.
extension PagePrecision: EnumerableFlag {}

extension ExportCommand {
  /// The page of a model: the reader measures points of hidden pictures.
  func writeModelPage() throws {
    try checkOutput(output, overwrite)
    let (prior, path, _) = try model.prior(quiet: printing.quiet)
    let page: PriorPage
    do {
      let pictures = try with.map(hiddenPictures) ?? []
      page = try PriorPage(
        of: prior, title: title ?? heading(path), pictures: pictures, precision: precision ?? .half)
    } catch let failure as PriorPage.Failure {
      throw CommandFailure.data("no page of '\(path)': \(failure)")
    }
    try write(try page.page(), parameters: page.parameterCount)
  }

  /// The page of the field that the prior generates for a picture.
  func fieldPage(_ field: any Field, _ task: InpaintingTask, prior: String) throws -> LivePage {
    guard
      let shape = (field as? SirenGrid)?.architecture ?? (field as? Siren)?.architecture
    else { throw CommandFailure.data("the model generates no network that a page evaluates") }
    let read = FieldModel(
      field: field, architecture: shape,
      signal: .image(width: task.width, height: task.height, channels: task.observations.channels),
      // The readout is in the unit of the file.
      metadata: task.source?.format.metadata(channels: task.observations.channels) ?? [:])
    do {
      return try FieldPage(
        read, title: title ?? heading(input), precision: precision ?? .half,
        facts: [
          (
            "Restored from",
            "\(task.observations.count) measured points of \(task.width)×\(task.height)"
          ),
          ("Model", prior),
        ]
      ).page()
    } catch let failure as FieldPage.Failure {
      throw CommandFailure.data("no page of '\(input)': \(failure)")
    }
  }

  func write(_ page: LivePage, parameters: Int) throws {
    try page.write(to: output, overwrite: overwrite.force)
    let bytes = (try? FileManager.default.attributesOfItem(atPath: output)[.size] as? Int) ?? 0
    if printing.json {
      printJSON([
        "output": .string(output), "format": "html", "bytes": .integer(bytes),
        "parameters": .integer(parameters), "bits": .integer(precision == .full ? 32 : 16),
      ])
    } else {
      print(
        singleLine(
          "\(output): a page of \(formatBytes(bytes)) with \(parameters) parameters of "
            + "\(precision == .full ? 32 : 16) bits; open it in a browser"))
    }
  }

  /// The first pictures of a folder, as many as a page holds; a note says if the folder has more.
  private func hiddenPictures(in folder: String) throws -> [Image] {
    let (pictures, total) = try PriorPage.pictures(in: folder)
    if pictures.count < total, !printing.quiet {
      printMessage(
        singleLine(
          "Note: the page holds \(pictures.count) of the \(total) pictures of '\(folder)', the first by name"
        ))
    }
    return pictures
  }

  private func heading(_ path: String) -> String {
    ((path as NSString).lastPathComponent as NSString).deletingPathExtension
  }
}
