import Foundation
import HyperNetworks
import ImagePriors
import SubspacePriors

/// The prior that a pipeline learned and wrote, and how it came about.
public struct TrainingPipelineResult: Sendable {
  /// What is told of a prior by its kind.
  public enum Measure: Sendable, Equatable {
    /// Numbers of components and of codes.
    case subspace(components: Int, codes: Int)
    /// The error on validation pictures.
    case hypernetwork(ValidationResult)
  }

  /// The prior.
  public let prior: any ImagePrior
  /// Its file.
  public let output: String
  /// Number of training pictures, or windows.
  public let pictures: Int
  /// Updates of a network; nil for a closed form alone.
  public let steps: Int?
  /// Seconds of learning: of a subspace prior in this run, of a hypernetwork over all its parts.
  public let seconds: Double
  /// What is told of it by its kind.
  public let measure: Measure

  /// What the catalog records of the run: a JSON object on one line.
  func record() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var record = Record(model: output, steps: steps, seconds: seconds)
    switch measure {
    case .subspace(let components, let codes):
      (record.components, record.codes) = (components, codes)
    case .hypernetwork(let validation):
      record.validationError = validation.mean
    }
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }

  private struct Record: Encodable {
    let model: String
    let steps: Int?
    let seconds: Double
    var components: Int?
    var codes: Int?
    var validationError: Double?

    enum CodingKeys: String, CodingKey {
      case model, steps, seconds, components, codes
      case validationError = "validation_mse"
    }
  }
}
