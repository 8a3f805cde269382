import ArgumentParser
import DatasetCatalog

/// `siren-hyper dataset`: what is in a folder of pictures.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Catalog, check and show a folder of pictures.",
    discussion: """
      A dataset is a folder with PNG and JPEG files, in subfolders or not. What is known about \
      them is kept in DIR/.siren/catalog.sqlite; the pictures themselves are never changed.

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
