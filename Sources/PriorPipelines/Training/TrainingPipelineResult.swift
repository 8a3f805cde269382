import Foundation
import GridPriors
import HyperNetworks
import ImagePriors
import SubspacePriors

/// The prior that a pipeline trained and wrote, with measures of the run.
public struct TrainingPipelineResult: Sendable {
  /// The measures of a prior, which depend on its kind.
  public enum Measure: Sendable, Equatable {
    /// The number of components and the number of training pictures' codes that are kept.
    case subspace(components: Int, codes: Int)
    /// The error on validation pictures.
    case hypernetwork(ValidationResult)
    /// The errors on validation windows, relative to linear interpolation.
    case grid(GridValidation)
  }

  /// The prior.
  public let prior: any ImagePrior
  /// The prior's file.
  public let output: String
  /// Number of training pictures, or windows.
  public let pictures: Int
  /// The number of a network's updates; nil for a closed form without a network.
  public let steps: Int?
  /// Seconds of training: of this run for a subspace prior, of all resumed runs for a hypernetwork.
  public let seconds: Double
  /// The measures of the prior.
  public let measure: Measure

  /// The catalog's record of the run: a JSON object on one line.
  func record() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var record = TrainingRecord(
      model: output, pictures: pictures, steps: steps, seconds: seconds)
    switch measure {
    case .subspace(let components, let codes):
      (record.components, record.codes) = (components, codes)
    case .hypernetwork(let validation):
      record.validationError = validation.mean
    case .grid(let validation):
      record.validationGain = validation.gain
    }
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }
}
