import DatasetCatalog
import Foundation

/// A run as a catalog has recorded it, with what its settings and its result say.
public struct RecordedRun: Sendable, Equatable {
  /// How a run ended.
  public enum State: Sendable, Equatable {
    /// It has a result.
    case finished
    /// It ended without a result, for this reason.
    case failed(String)
    /// It has no end: it is running, or it was killed.
    case open

    /// One word.
    public var word: String {
      switch self {
      case .finished: "finished"
      case .failed(let reason): reason.hasPrefix("interrupted") ? "interrupted" : "failed"
      case .open: "open"
      }
    }
  }

  /// Whether the model file is there.
  public enum ModelState: Sendable, Equatable {
    /// There is a file.
    case present
    /// There is none.
    case gone
    /// The path is relative to a folder that was not recorded, and there is none in the current one.
    case unknown
    /// The run has not finished, so it is not written yet.
    case unwritten
  }

  /// A validation of which the measure is known.
  public struct Measured: Sendable, Equatable {
    /// What was measured.
    public var measure: ValidationMeasure
    /// The value.
    public var value: Double
    /// Updates made then; nil for the result of the run.
    public var step: Int?

    /// As a person writes it.
    public var text: String { measure.text(value) }
  }

  /// The catalog's record.
  public let record: RunRecord
  /// Its validations, by step, with those of the interrupted runs that it continues.
  public let validations: [RunValidation]
  private let result: TrainingRecord?

  /// Reads a run's record.
  ///
  /// - Parameter validations: its validations; see `Catalog.validations(of:)`.
  public init(_ record: RunRecord, validations: [RunValidation]) {
    self.record = record
    self.validations = validations
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    result = record.result.flatMap {
      try? decoder.decode(TrainingRecord.self, from: Data($0.utf8))
    }
  }

  /// A run of a catalog.
  ///
  /// - Throws: `CatalogError.unknownRun` if there is no run of the number.
  public init(_ id: Int64, in catalog: Catalog) throws {
    self.init(try catalog.run(id), validations: try catalog.validations(of: id))
  }

  /// The runs of a catalog, latest first.
  ///
  /// - Parameter limit: the largest number of runs; nil for all.
  public static func all(in catalog: Catalog, limit: Int? = nil) throws -> [RecordedRun] {
    try catalog.runs(limit: limit).map {
      RecordedRun($0, validations: try catalog.validations(of: $0.id))
    }
  }

  /// The number of the run.
  public var id: Int64 { record.id }

  /// How it ended.
  public var state: State {
    if record.result != nil { return .finished }
    if let failure = record.failure { return .failed(failure) }
    return .open
  }

  /// The kind of the prior; nil if nothing says it.
  ///
  /// That of an earlier version's record follows from its result.
  public var kind: String? {
    if let kind = settings["prior"]?.description { return kind }
    if result?.components != nil { return "subspace" }
    if result?.validationGain != nil { return "grid" }
    return result?.validationError == nil ? nil : "hypernetwork"
  }

  /// The settings by name; those of an earlier version's record are the options of its command line.
  public var settings: [String: RunSetting] {
    record.settings.isEmpty ? Self.options(of: record.arguments) : record.settings
  }

  /// Number of training pictures or windows; nil if it was not recorded.
  public var pictures: Int? {
    if let pictures = result?.pictures { return pictures }
    guard case .number(let count) = record.settings["training pictures"], abs(count) < 1e15 else {
      return nil
    }
    return Int(count)
  }

  /// Updates made; nil without any.
  ///
  /// Of an unfinished run they are those until its last validation.
  public var steps: Int? { record.result == nil ? validations.last?.step : result?.steps }

  /// Seconds of training, over all parts of a resumed run; of an unfinished run those until its last
  /// validation.
  public var seconds: Double? {
    if record.result == nil { return validations.last?.seconds }
    return result?.seconds
      ?? record.finished.map { max(0, $0.timeIntervalSince(record.started)) }
  }

  /// Numbers of components and of training pictures' codes of a subspace prior.
  public var subspace: (components: Int, codes: Int)? {
    guard let components = result?.components, let codes = result?.codes else { return nil }
    return (components, codes)
  }

  /// The validation of the result, or the best recorded one; nil if there is none.
  public var validation: Measured? {
    if let error = result?.validationError, error.isFinite {
      return Measured(measure: .meanSquaredError, value: error)
    }
    if let gain = result?.validationGain, gain.isFinite {
      return Measured(measure: .gain, value: gain)
    }
    return best
  }

  /// The best recorded validation; nil if there is none.
  public var best: Measured? {
    measured.reduce(nil as Measured?) { best, next in
      best.map { next.measure.isBetter(next.value, than: $0.value) } ?? true ? next : best
    }
  }

  /// The recorded validations of known measure; all have that of the first.
  private var measured: [Measured] {
    guard let measure = measure else { return [] }
    return validations.filter { $0.measure == measure.rawValue }.map {
      Measured(measure: measure, value: $0.value, step: $0.step)
    }
  }

  /// What the recorded validations measure; nil if there is none.
  public var measure: ValidationMeasure? {
    validations.lazy.compactMap { ValidationMeasure(rawValue: $0.measure) }.first
  }

  /// The absolute path of the model file, or as it was recorded; nil if the run writes none.
  public var modelPath: String? { record.modelPath }

  /// Whether the model file is there; nil if the run writes none.
  public var modelState: ModelState? {
    guard let path = record.modelPath else { return nil }
    guard state == .finished else { return .unwritten }
    if FileManager.default.fileExists(atPath: path) { return .present }
    return path.hasPrefix("/") ? .gone : .unknown
  }

  /// The options of a command line, without the dashes; an option without a value is a flag.
  static func options(of arguments: [String]) -> [String: RunSetting] {
    var options: [String: RunSetting] = [:]
    var name: String?
    for argument in arguments {
      if argument.hasPrefix("-"), Double(argument) == nil {
        let words = argument.drop { $0 == "-" }.split(separator: "=", maxSplits: 1)
        name = words.first.map(String.init)
        guard let name else { continue }
        options[name] = words.count > 1 ? .text(String(words[1])) : .flag(true)
      } else if let option = name {
        options[option] = Double(argument).map { .number($0) } ?? .text(argument)
        name = nil
      }
    }
    return options
  }
}
