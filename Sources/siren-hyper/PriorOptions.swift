import ArgumentParser
import HyperNetworks

extension EncoderKind: ExpressibleByArgument {}

/// The kinds of prior that `train` makes.
enum PriorOption: String, CaseIterable, ExpressibleByArgument {
  /// The closed form of a probabilistic principal component analysis, with a residual network.
  case subspace
  /// A trained encoder and hypernetwork.
  case hypernetwork
}

/// What `--head` may name.
enum HeadOption: String, ExpressibleByArgument {
  /// The old spelling of `--prior subspace`.
  case components
  /// A learned base SIREN with generated scales and shifts.
  case modulated
  /// A learned base SIREN with generated changes of low rank.
  case lowRank = "low-rank"
  /// Every weight generated.
  case full

  /// The old spelling is accepted and not advertised.
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
