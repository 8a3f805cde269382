/// The purpose of a posterior distribution.
public enum PosteriorUse: Sendable, Equatable {
  /// The uncertainty of each pixel.
  case uncertainty
  /// The points to measure next.
  case measuring
  /// Random pictures.
  case sampling
}

/// An error for a prior without posterior distributions; the description is one line.
public struct NoPosterior: Error, CustomStringConvertible, Equatable {
  /// The model's file.
  public let model: String
  /// The purpose of the posterior.
  public let use: PosteriorUse

  /// Whether the model is a simple method instead of a prior from a file.
  public let isSimpleMethod: Bool

  /// An error for a model and a purpose.
  public init(model: String, use: PosteriorUse, isSimpleMethod: Bool = false) {
    self.model = model
    self.use = use
    self.isSimpleMethod = isSimpleMethod
  }

  /// The message.
  public var description: String {
    let lack =
      switch use {
      case .uncertainty: "does not estimate its uncertainty"
      case .measuring: "does not propose points to measure"
      case .sampling:
        "restores one picture per set of points and has no distribution to sample from"
      }
    if isSimpleMethod {
      return "'\(model)' is a simple method, which \(lack); pass another --model, such as scenes"
    }
    return "'\(model)' is a hypernetwork prior, which \(lack); "
      + "train a prior with 'siren-hyper train --prior subspace'"
  }
}

extension ImagePrior {
  /// The computation that the posteriors of many pictures share.
  ///
  /// - Parameters:
  ///   - use: the purpose of the posteriors.
  ///   - model: the prior's file, for the message.
  /// - Throws: ``NoPosterior`` for a prior without posterior distributions.
  public func posteriors(for use: PosteriorUse, model: String) throws -> any PosteriorSource {
    if let posteriors = posteriors() { return posteriors }
    if case .interpolation = kind {
      throw NoPosterior(model: model, use: use, isSimpleMethod: true)
    }
    throw NoPosterior(model: model, use: use)
  }
}
