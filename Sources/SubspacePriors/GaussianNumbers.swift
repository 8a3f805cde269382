import Numerics

/// The numbers of a prior's Gaussian, in single precision, with which other programs compute its posterior.
///
/// They are those of equation 2 of Docs/SUBSPACE.md. Neighbours, residual network and calibration are not among them.
package struct GaussianNumbers: Sendable {
  /// Side s of the square pictures, in pixels.
  package let size: Int
  /// Number c of channels.
  package let channels: Int
  /// `u * s + v` of each of the K functions.
  package let functions: [Int]
  /// Number J of a code's numbers.
  package let codeLength: Int
  /// Variance of an observed value; values 0...1.
  package let noise: Double
  /// `[c, c]`, one axis per row.
  package let channelAxes: [Float]
  /// `[c]`.
  package let channelScales: [Float]
  /// `[c, K]`.
  package let mean: [Float]
  /// `[K]`.
  package let residualVariance: [Float]
  /// `[c, K, J]`.
  package let loadings: [Float]

  /// The numbers of a prior.
  package init(_ prior: SubspacePrior) {
    let single = { (values: [Double]) in values.map { Float($0) } }
    size = prior.imageSize
    channels = prior.channels
    functions = prior.basis.indices
    codeLength = prior.codeLength
    noise = prior.noise
    channelAxes = single(prior.channelAxes.values)
    channelScales = single(prior.channelScales)
    mean = single(prior.mean.values)
    residualVariance = single(prior.residualVariance)
    loadings = prior.loadings.flatMap(\.values)
  }
}
