/// What the posterior of a picture is wanted for.
public enum PosteriorUse: Sendable, Equatable {
  /// How sure each pixel is.
  case uncertainty
  /// Which points to measure next.
  case measuring
  /// Random pictures.
  case sampling
}

/// A prior is asked for something that only a posterior distribution answers; one line for the user.
public struct NoPosterior: Error, CustomStringConvertible, Equatable {
  /// The model's file.
  public let model: String
  /// What was asked for.
  public let use: PosteriorUse

  /// A model that was asked for something.
  public init(model: String, use: PosteriorUse) {
    self.model = model
    self.use = use
  }

  /// The message.
  public var description: String {
    let lack =
      switch use {
      case .uncertainty: " and does not say how sure it is"
      case .measuring: " and does not say what to measure next"
      case .sampling: ", which knows one picture for each set of points and nothing to draw from"
      }
    return "'\(model)' is a trained network\(lack); "
      + "learn a prior with 'siren-hyper train --prior subspace'"
  }
}

extension ImagePrior {
  /// What the posteriors of many pictures share.
  ///
  /// - Parameters:
  ///   - use: what they are wanted for.
  ///   - model: the prior's file, for the message.
  /// - Throws: ``NoPosterior`` for a prior that does not know how sure it is.
  public func posteriors(for use: PosteriorUse, model: String) throws -> any PosteriorSource {
    guard let posteriors = posteriors() else { throw NoPosterior(model: model, use: use) }
    return posteriors
  }
}
