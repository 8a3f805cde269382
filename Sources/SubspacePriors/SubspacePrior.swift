import Foundation
import ImagePriors
import Numerics

/// A prior in closed form: principal components of a collection, each picture a code, and for every
/// new picture a Gaussian of its own, made from the training codes that agree with what was observed.
///
/// A picture is `mean + loadings code + residual`, all in coefficients of a cosine basis (see
/// `CosineBasis`), so it is a SIREN of one sine layer at every size. The code has J numbers, of mean
/// 0 and variance 1 over the collection; the residual is Gaussian and independent between functions.
/// With the code's prior N(0, 1) this is the Gaussian posterior; `SubspacePosterior` says how
/// the training codes sharpen it. Docs/SUBSPACE.md has the mathematics, Docs/EXPERIMENTS.md the
/// measurements.
public struct SubspacePrior: Sendable, Equatable {
  /// Side of the square training pictures, in pixels.
  public let imageSize: Int
  /// Channels of a picture.
  public let channels: Int
  /// The functions of a position that pictures are sums of, K of them.
  let basis: CosineBasis
  /// Orthonormal `[c, c]`: row e is the mixture of channels in which the residuals are independent.
  let channelAxes: DoubleMatrix
  /// Relative variance of the residual along each axis; their mean is 1.
  let channelScales: [Double]
  /// Coefficients of the mean picture along each channel axis, `[c, K]`.
  let mean: DoubleMatrix
  /// For each channel axis `[K, J]`: coefficients from codes.
  ///
  /// Millions of numbers, and most of a inpainting's work, which single precision is good enough for.
  let loadings: [SingleMatrix]
  /// Variance of the residual of each function, `[K]`.
  let residualVariance: [Double]
  /// Variance of an observed value around the sum of functions, above 0; values 0...1.
  let noise: Double
  /// Codes of training pictures, `[N, J]`.
  ///
  /// Not every inpainting looks at them, so they wait in single precision.
  let codes: SingleMatrix
  /// What a mirror does to each number of a code, 1 or -1; nil if pictures must not be mirrored.
  let mirror: [Double]?
  /// What validation pictures decided, by number of observed points, ascending; at least one.
  var settings: [CalibrationEntry]
  /// Whether it knows whole pictures or windows of larger ones.
  public internal(set) var scope = PriorScope.picture
  /// Power of the observed points' fill-distance ratio in the width of intervals.
  ///
  /// Under a hole a picture is less certain than its Gaussian is; see ``FillDistance``.
  var fillDistanceExponent = 0.0

  /// What a network says about the Gaussian posterior's picture; nil without one.
  var residualNetwork: PictureResidual?

  /// Number J of a code's numbers.
  public var codeLength: Int { codes.columns }
  /// Number of training codes that are kept.
  public var codeCount: Int { codes.rows }

  /// The mean picture's field and those of components are known everywhere; more observations than
  /// this are averaged in cells before they are used: beyond it they add nothing that the functions
  /// could show.
  static let observationLimit = 4_096

  /// How many training codes take part in the Gaussian of a picture, in effective numbers.
  static let neighbourhoods: [Double] = [20, 50, 100, 200, 400, 1_000, 2_000]

  /// The neighbourhoods that leave some code out, and the whole collection last.
  ///
  /// Of windows there is the collection alone: their neighbours are worth 3 to 6% of the error and
  /// take a thousand times the time of the formula (measured on 16x16 windows of photographs), and a
  /// picture has hundreds of windows.
  var mixtureComponents: [Double?] {
    if scope == .window { return [nil] }
    return Self.neighbourhoods(codes: codes.rows, mirrors: mirror != nil).map { $0 } + [nil]
  }

  /// The neighbourhoods that leave out half of the codes or more.
  static func neighbourhoods(codes: Int, mirrors: Bool) -> [Double] {
    let total = Double(codes * (mirrors ? 2 : 1))
    return neighbourhoods.filter { $0 <= total / 2 }
  }

}

extension SubspacePrior {
  /// The same prior without neighbourhoods: the Gaussian posterior of the collection, to compare
  /// with.
  public var gaussian: SubspacePrior {
    var result = self
    result.settings = [
      CalibrationEntry(points: 1, stackingWeights: mixtureComponents.map { $0 == nil ? 1 : 0 })
    ]
    result.fillDistanceExponent = 0
    result.residualNetwork = nil
    return result
  }

  /// The setting for a number of points: between those decided, linear in its logarithm.
  func setting(points: Int) -> CalibrationEntry {
    let wanted = Double(max(1, points))
    guard let next = settings.firstIndex(where: { $0.points >= wanted }), next > 0 else {
      return wanted <= settings[0].points ? settings[0] : settings[settings.count - 1]
    }
    return settings[next - 1].mixed(with: settings[next], at: wanted)
  }
}
