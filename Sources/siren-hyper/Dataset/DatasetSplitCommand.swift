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
      validation and 5 test. A split that would be empty is given one picture. --set overrides the \
      split of a picture and all its identical copies, until its content changes. --reset undoes that.

      --ratio splits the collection anew with other shares. --group-by keeps pictures together, such as \
      all pictures of one subject: those on whose paths a regular expression finds the same text, or the \
      same text in its parentheses. Both are remembered for pictures that are added later, and both \
      forget --set.

      EXAMPLES
        siren-hyper dataset split faces
        siren-hyper dataset split faces --ratio 80:10:10
        siren-hyper dataset split scans --group-by '^(subject[0-9]+)_'
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

  @Option(
    help: ArgumentHelp(
      "Split anew: the shares of train, validation and test, such as 80:10:10.",
      valueName: "train:validation:test"))
  var ratio: SplitRatio?

  @Option(
    help: ArgumentHelp(
      "Split anew: keep pictures together on whose paths this regular expression finds the same.",
      valueName: "regex"))
  var groupBy: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard set.isEmpty && reset == nil || ratio == nil && groupBy == nil else {
      throw ValidationError("--ratio and --group-by forget --set, pass --set afterwards.")
    }
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
    if ratio != nil || groupBy != nil {
      try catalog.split(by: SplitRule(ratio: ratio ?? .standard, groupPattern: groupBy))
    }
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

extension SplitRatio: ExpressibleByArgument {
  /// Shares such as `80:10:10`.
  public init?(argument: String) { self.init(parsing: argument) }
}
