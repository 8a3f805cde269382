import ArgumentParser
import DatasetCatalog
import Signals

/// `siren-hyper dataset`: commands for a folder of pictures.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Catalog, verify and show a folder of pictures.",
    discussion: """
      A dataset is a folder of pictures (\(ImageFormat.names)), with or without \
      subfolders. The catalog in DIR/.siren/catalog.sqlite describes the pictures. The pictures \
      themselves are never changed.

      EXAMPLES
        siren-hyper dataset index faces
        siren-hyper dataset stats faces
        siren-hyper dataset list faces --state broken
      """,
    subcommands: [
      DatasetIndexCommand.self, DatasetSynthesizeCommand.self, DatasetListCommand.self,
      DatasetShowCommand.self,
      DatasetStatsCommand.self, DatasetSplitCommand.self, DatasetVerifyCommand.self,
      DatasetRemoveCommand.self, DatasetSheetCommand.self,
    ])
}
