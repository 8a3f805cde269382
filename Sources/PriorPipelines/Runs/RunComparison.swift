import DatasetCatalog

/// The settings in which runs differ.
public struct RunComparison: Sendable {
  /// A setting and its value in each run; nil for a run that does not have it.
  public struct Difference: Sendable, Equatable {
    /// The name of the setting.
    public var name: String
    /// The values, in the order of the runs.
    public var values: [RunSetting?]
  }

  /// The differences by name, the kind of prior first.
  public let differences: [Difference]

  /// Compares runs.
  public init(_ runs: [RecordedRun]) {
    let settings = runs.map { run in
      var settings = run.settings
      if let kind = run.kind { settings["prior"] = .text(kind) }
      return settings
    }
    let names = Set(settings.flatMap(\.keys)).sorted {
      ($0 == "prior" ? "" : $0) < ($1 == "prior" ? "" : $1)
    }
    differences = names.compactMap { name in
      let values = settings.map { $0[name] }
      return values.allSatisfy { $0 == values[0] } ? nil : Difference(name: name, values: values)
    }
  }
}
