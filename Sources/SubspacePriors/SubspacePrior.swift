import Foundation
import ImagePriors
import Numerics

/// A prior in closed form: probabilistic principal component analysis of a collection (Tipping and Bishop
/// 1999), sharpened for each new picture by the training codes that agree with the observations.
///
/// A picture is `mean + loadings code + residual`, all in coefficients of a cosine basis (see
/// `CosineBasis`), so it is a SIREN of one sine layer at every size. The code has J numbers of mean
/// 0 and variance 1 over the collection; the residual is Gaussian and independent between functions.
/// With the code's prior N(0, I) the posterior is Gaussian. A mixture over neighbourhoods of training codes
/// (`mixtureComponents`) replaces that prior where validation pictures gain from it. Docs/SUBSPACE.md has
/// the mathematics, Docs/EXPERIMENTS.md the measurements.
public struct SubspacePrior: Sendable, Equatable {
  /// Side of the square training pictures, in pixels.
  public let imageSize: Int
  /// Channels of a picture.
  public let channels: Int
  /// The K functions of the position that pictures are sums of.
  let basis: CosineBasis
  /// Orthonormal `[c, c]`: each row is an axis of the channels, and residuals along different axes are
  /// independent.
  let channelAxes: DoubleMatrix
  /// Relative variance of the residual along each axis; their mean is 1.
  let channelScales: [Double]
  /// Coefficients of the mean picture along each channel axis, `[c, K]`.
  let mean: DoubleMatrix
  /// From codes to coefficients, `[K, J]` for each channel axis.
  ///
  /// Single precision is enough for these millions of numbers, which take most of an inpainting's time.
  let loadings: [SingleMatrix]
  /// Variance of the residual of each function, `[K]`.
  let residualVariance: [Double]
  /// Variance of an observed value around the sum of functions, above 0; values 0...1.
  let noise: Double
  /// Codes of training pictures, `[N, J]`.
  ///
  /// In single precision, as the loadings.
  let codes: SingleMatrix
  /// The sign, 1 or -1, that a left-right mirror gives each number of a code; nil if pictures must not be
  /// mirrored.
  let mirror: [Double]?
  /// The calibration on validation pictures, by ascending number of observed points; at least one
  /// entry.
  var calibration: [CalibrationEntry]
  /// Whether it knows whole pictures or windows of larger ones.
  public internal(set) var scope = PriorScope.picture
  /// Power of the observed points' fill-distance ratio in the width of intervals; see ``FillDistance``.
  ///
  /// In a hole a picture is less certain than the Gaussian predicts.
  var fillDistanceExponent = 0.0

  /// The network that corrects the Gaussian posterior's picture; nil without one.
  var residualNetwork: PictureResidual?

  /// Number J of a code's numbers.
  public var codeLength: Int { codes.columns }
  /// Number of training codes that are kept.
  public var codeCount: Int { codes.rows }

  /// The most distinct positions that are used as they are; more are averaged in the cells of a grid.
  ///
  /// Beyond this number observations add nothing that the functions can show.
  static let observationLimit = 4_096

  /// Effective numbers of training codes in a neighbourhood that are tried.
  static let neighbourhoods: [Double] = [20, 50, 100, 200, 400, 1_000, 2_000]

  /// The components of the mixture that is a code's prior: neighbourhoods by their effective number of codes,
  /// and last, as nil, the Gaussian of the whole collection.
  ///
  /// A prior of windows has the collection alone. Neighbours would lower its error by 3 to 6% in a thousand
  /// times the time (measured on 16x16 windows of photographs), and a picture has hundreds of windows.
  var mixtureComponents: [Double?] {
    if scope == .window { return [nil] }
    return Self.neighbourhoods(codes: codes.rows, mirrors: mirror != nil).map { $0 } + [nil]
  }

  /// The neighbourhoods of at most half of the codes.
  static func neighbourhoods(codes: Int, mirrors: Bool) -> [Double] {
    let total = Double(codes * (mirrors ? 2 : 1))
    return neighbourhoods.filter { $0 <= total / 2 }
  }
}

extension SubspacePrior {
  /// The same prior without neighbourhoods and residual network, for comparison: its posterior is Gaussian.
  public var gaussian: SubspacePrior {
    var result = self
    result.calibration = [
      CalibrationEntry(points: 1, stackingWeights: mixtureComponents.map { $0 == nil ? 1 : 0 })
    ]
    result.fillDistanceExponent = 0
    result.residualNetwork = nil
    return result
  }

  /// The calibration for a number of points: between the entries, linear in its logarithm.
  func calibration(points: Int) -> CalibrationEntry {
    let wanted = Double(max(1, points))
    guard let next = calibration.firstIndex(where: { $0.points >= wanted }), next > 0 else {
      return wanted <= calibration[0].points ? calibration[0] : calibration[calibration.count - 1]
    }
    return calibration[next - 1].mixed(with: calibration[next], at: wanted)
  }

  /// Coefficients of the mean picture along a channel axis, `[K]`.
  func meanCoefficients(_ axis: Int) -> [Double] {
    Array(mean.values[axis * basis.count..<(axis + 1) * basis.count])
  }

  /// ``mirror``, or all 1 if pictures must not be mirrored.
  var mirrorSigns: [Double] { mirror ?? [Double](repeating: 1, count: codeLength) }

  /// The codes among which neighbours are found.
  var trainingCodes: TrainingCodes { TrainingCodes(values: codes, signs: mirrorSigns) }
}
