import Numerics
import Signals

/// A residual network with the parts of its prior that it needs.
struct PictureResidual: Sendable, Equatable {
  let network: ResidualNetwork
  let grid: ResidualGrid
  /// The functions of a corrected picture: the prior's own first, then the others of lowest frequency.
  ///
  /// There are more of them than the prior has, since the network restores edges that the collection's
  /// components do not hold.
  let basis: CosineBasis
  /// Whether a mirrored picture is as likely as the picture.
  private let mirrors: Bool

  /// The most functions of a corrected picture.
  private static let mostFunctions = 4_096

  /// A network for a prior's pictures; nil if their size or channels differ from the network's, or if the
  /// prior has no neighbourhood of the size that the network is shown.
  init?(_ network: ResidualNetwork, for prior: SubspacePrior) {
    let configuration = network.configuration
    guard configuration.size == prior.imageSize, configuration.channels == prior.channels,
      configuration.neighbourhood.map({ prior.mixtureComponents.contains($0) }) ?? true
    else { return nil }
    self.network = network
    grid = ResidualGrid(prior)
    mirrors = prior.mirror != nil
    let size = prior.imageSize
    let own = Set(prior.basis.indices)
    let frequency = { (index: Int) -> Int in
      let (u, v) = (index / size, index % size)
      return u * u + v * v
    }
    let others = (0..<size * size).filter { !own.contains($0) }.sorted {
      (frequency($0), $0) < (frequency($1), $1)
    }
    basis = CosineBasis(
      size: size,
      indices: prior.basis.indices + others.prefix(max(0, Self.mostFunctions - own.count)))
  }

  /// The network's prediction, its values times a weight.
  func residual(_ inputs: ResidualInputs, weight: Float) -> ResidualPrediction {
    var result = network.residual(of: inputs, mirrors: mirrors)
    for index in result.values.indices { result.values[index] *= weight }
    return result
  }
}
