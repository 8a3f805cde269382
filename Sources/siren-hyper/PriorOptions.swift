import ArgumentParser
import HyperNetworks

extension EncoderKind: ExpressibleByArgument {}

/// The kinds of prior that `train` makes.
enum PriorOption: String, CaseIterable, ExpressibleByArgument {
  /// A mixture in the subspace of a probabilistic PCA in closed form, with a residual network.
  case subspace
  /// A trained encoder and hypernetwork.
  case hypernetwork
  /// A convolutional set encoder that generates a grid of SIRENs.
  case grid
}

/// The values of `--head`.
enum HeadOption: String, ExpressibleByArgument {
  /// The old spelling of `--prior subspace`.
  case components
  /// A learned base SIREN with generated scales and shifts.
  case modulated
  /// A learned base SIREN with generated low-rank changes.
  case lowRank = "low-rank"
  /// Every weight generated.
  case full

  /// The values for help texts and completions, without the old spelling.
  static var allValueStrings: [String] { HeadKind.allCases.map(\.rawValue) }

  /// The head of the hypernetwork; nil for the subspace prior.
  var kind: HeadKind? {
    switch self {
    case .components: nil
    case .modulated: .modulated
    case .lowRank: .lowRank
    case .full: .full
    }
  }
}
