import ArgumentParser
import DatasetCatalog

/// `--dataset` and `--catalog`: the collection whose trainings are meant.
struct CollectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of the pictures.", valueName: "dir"), completion: .directory)
  var dataset: String

  @Option(
    help: ArgumentHelp(
      "The catalog file (default: DIR/.siren/catalog.sqlite).", valueName: "file"),
    completion: .file())
  var catalog: String?

  /// Opens the catalog for reading.
  func open() throws -> Catalog {
    try Catalog.open(directory: dataset, catalogPath: catalog)
  }
}

/// Throws for numbers of runs below 1, or one that is given twice.
func checkRuns(_ ids: [Int64]) throws {
  if let id = ids.first(where: { $0 < 1 }) {
    throw ValidationError("The number of a run is \(id), expected at least 1.")
  }
  let twice = ids.enumerated().first { ids[..<$0.offset].contains($0.element) }
  if let twice { throw ValidationError("Run \(twice.element) is given twice, omit one.") }
}
