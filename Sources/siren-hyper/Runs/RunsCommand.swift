import ArgumentParser

/// `siren-hyper runs`: the recorded trainings of a collection.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, compare and plot the trainings of a collection.",
    discussion: """
      'train' records every training in the catalog of its collection: the settings, the validations, \
      the result and the model file. These commands only read, also beside a training and in a folder \
      that cannot be written to.

      EXAMPLES
        siren-hyper runs list --dataset faces
        siren-hyper runs show 3 --dataset faces
        siren-hyper runs compare 2 3 --dataset faces
        siren-hyper runs plot 2 3 --dataset faces -o curves.png
      """,
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsPlotCommand.self,
    ])
}
