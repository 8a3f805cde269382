import ArgumentParser
import DatasetCatalog
import PriorPipelines

/// `--dataset` and `--catalog`: the collection that a command works on.
struct CollectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of the pictures.", valueName: "dir"), completion: .directory)
  var dataset: String

  @Option(
    help: ArgumentHelp(
      "The catalog file (default: DIR/.siren/catalog.sqlite).", valueName: "file"),
    completion: .file())
  var catalog: String?

  /// The folder and its catalog, for the pipelines.
  var location: CollectionLocation {
    CollectionLocation(directory: dataset, catalogPath: catalog)
  }

  /// Opens the catalog for reading.
  func open() throws -> Catalog {
    try Catalog.open(directory: dataset, catalogPath: catalog)
  }
}
