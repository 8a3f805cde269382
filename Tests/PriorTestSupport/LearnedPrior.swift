import SubspacePriors

/// Subspace priors of smooth random pictures, learned once for all tests.
package enum LearnedPrior {
  /// A prior that does not mirror pictures.
  package static let prior = Result { try learn(mirrors: false) }

  /// Learns from 300 pictures, with 40 validation pictures.
  package static func learn(mirrors: Bool) throws -> SubspacePrior {
    var settings = SubspaceLearningSettings()
    settings.mirrors = mirrors
    settings.noise = 1e-3
    return try SubspacePrior(
      training: SmoothPictures(count: 300, seed: 1),
      validation: SmoothPictures(count: 40, seed: 2), settings: settings)
  }
}
