import Numerics
import Signals

/// A residual network with what it needs of its prior.
struct PictureResidual: Sendable, Equatable {
  let network: ResidualNetwork
  let grid: ResidualGrid
  /// The functions of a corrected picture: the prior's own first, then the slowest of the others, since
  /// a residual network knows edges that components of the collection do not hold.
  let basis: CosineBasis
  /// Whether a mirrored picture is as likely as the picture.
  private let mirrors: Bool

  /// The most functions of a corrected picture.
  private static let mostFunctions = 4_096

  /// A network for a prior's pictures; nil if their size or channels are not the network's, or if it is shown
  /// more neighbours than there are.
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

  /// The residual network, of which a share is to be added.
  func residual(_ inputs: ResidualInputs, share: Float) -> ResidualPrediction {
    var result = network.residual(of: inputs, mirrors: mirrors)
    for index in result.values.indices { result.values[index] *= share }
    return result
  }
}
