import ArgumentParser
import CommandSupport
import DatasetCatalog

/// `siren-hyper dataset split DIR`: counts the splits and assigns pictures to them.
struct DatasetSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Count the splits, or assign a picture to a split.",
    discussion: """
      A hash of a picture's content decides its split: 90 of 100 hash values mean train, 5 \
      validation and 5 test. --set overrides the split of a picture and all its identical copies, \
      until its content changes. --reset undoes that.

      EXAMPLES
        siren-hyper dataset split faces
        siren-hyper dataset split faces --set 0001.png test
        siren-hyper dataset split faces --reset 0001.png
      """)

  @OptionGroup var folder: FolderOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "A picture and its new split: train, validation or test.", valueName: "picture split"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "Return a picture to the split that its content decides.", valueName: "picture"))
  var reset: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard set.isEmpty || (set.count == 2 && Split(rawValue: set[1]) != nil) else {
      throw ValidationError(
        "--set is '\(set.joined(separator: " "))', expected a picture and then train, validation or "
          + "test, such as '--set 0001.png test'.")
    }
  }

  func run() throws {
    let catalog = try folder.open()
    if set.count == 2, let split = Split(rawValue: set[1]) {
      try report(catalog.setSplit(set[0], to: split), path: set[0])
    }
    if let reset { try report(catalog.setSplit(reset, to: nil), path: reset) }
    let statistics = try catalog.statistics()
    let counts = [
      ("train", statistics.train), ("validation", statistics.validation),
      ("test", statistics.test),
    ]
    if output.json {
      printJSON(.object(Dictionary(uniqueKeysWithValues: counts.map { ($0, .integer($1)) })))
      return
    }
    var table = TextTable([.left("split"), .right("pictures"), .right("percent")])
    for (name, count) in counts {
      let share = statistics.usable > 0 ? 100 * Double(count) / Double(statistics.usable) : 0
      table.append([name, "\(count)", "\((share * 10).rounded() / 10)%"])
    }
    print(table)
  }

  private func report(_ pictures: Int, path: String) {
    guard !output.quiet, pictures > 1 else { return }
    printMessage("\(singleLine(path)): moved with \(pictures - 1) identical copies")
  }
}
