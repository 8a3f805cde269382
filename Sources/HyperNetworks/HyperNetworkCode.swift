import DifferentiableCore
import Numerics

/// The code of one picture in a hypernetwork prior.
struct HyperNetworkCode: Sendable {
  /// The encoder's latent vector, `[1, latentCount]`.
  let latent: Tensor
  /// The change of the output layer that fits it to the observations, `[width + 1, c]`; nil for none.
  let change: DoubleMatrix?
}

extension HyperNetworkCode {
  /// `(1 - share) self + share other`; a missing change counts as 0.
  func mixed(with other: HyperNetworkCode, share: Double) -> HyperNetworkCode {
    let latent = latent * Float(1 - share) + other.latent * Float(share)
    let change: DoubleMatrix?
    switch (self.change, other.change) {
    case (let own?, let theirs?): change = own.mixed(with: theirs, share: share)
    case (let own?, nil):
      change = own.mixed(with: DoubleMatrix(rows: own.rows, columns: own.columns), share: share)
    case (nil, let theirs?):
      change = DoubleMatrix(rows: theirs.rows, columns: theirs.columns)
        .mixed(with: theirs, share: share)
    case (nil, nil): change = nil
    }
    return HyperNetworkCode(latent: latent, change: change)
  }
}
