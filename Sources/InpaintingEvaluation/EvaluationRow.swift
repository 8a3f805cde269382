import ImagePriors
import Numerics

/// The mean results of a method on all pictures at one context size.
public struct EvaluationRow: Sendable, Equatable {
  /// Name of the method.
  public var method: String
  /// The requested number of observed pixels per picture.
  public var points: Int
  /// The number of pixels that were really observed, averaged over the pictures.
  ///
  /// It differs from the request where `MaskKind.lines` observes whole rows, where `MaskKind.block` hides a rectangle,
  /// or where pictures differ in size.
  public var observed: Double
  /// Number of pictures.
  public var images: Int
  /// Mean squared error over all pixels, averaged over the pictures; values clipped to 0...1.
  ///
  /// With 10, 100 and 1,000 random pixels of 32x32 pictures this is the measure in the table of Sitzmann
  /// et al. 2020 (arXiv 2006.09661).
  public var mse: Double
  /// Mean squared error over the unobserved pixels, averaged over the pictures that have any; nil if
  /// there are none.
  public var mseUnobserved: Double?
  /// Peak signal-to-noise ratio of `mse` in dB; nil if the error is 0.
  ///
  /// It is not the mean of the pictures' ratios, which one perfect picture would make infinite.
  public var psnr: Double?
  /// The mean of the pictures' peak signal-to-noise ratios in dB, as image restoration reports it; nil if an error is 0.
  public var meanPSNR: Double?
  /// Structural similarity, averaged over the pictures; nil for pictures smaller than its window.
  public var ssim: Double?
  /// The calibration of the variances, averaged over the pictures that have unobserved pixels; nil if
  /// there are none or the method has no variances.
  public var calibration: Calibration?
  /// Seconds of wall-clock time per picture for the method alone, while every thread works on a picture.
  public var seconds: Double

  /// A row from its parts; without `observed` that is the requested number.
  public init(
    method: String, points: Int, observed: Double? = nil, images: Int, mse: Double,
    mseUnobserved: Double?, psnr: Double?, meanPSNR: Double? = nil, ssim: Double?,
    calibration: Calibration?, seconds: Double
  ) {
    self.method = method
    self.points = points
    self.observed = observed ?? Double(points)
    self.images = images
    self.mse = mse
    self.mseUnobserved = mseUnobserved
    self.psnr = psnr
    self.meanPSNR = meanPSNR
    self.ssim = ssim
    self.calibration = calibration
    self.seconds = seconds
  }
}

/// The results of a method on one picture at one context size.
public struct ImageEvaluation: Sendable, Equatable {
  /// Name of the method.
  public var method: String
  /// The requested number of observed pixels.
  public var points: Int
  /// The number of pixels that were really observed.
  public var observed: Int
  /// Index of the picture, from 0.
  public var image: Int
  /// Mean squared error over all pixels; values clipped to 0...1.
  public var mse: Double
  /// Mean squared error over the unobserved pixels; nil if all are observed.
  public var mseUnobserved: Double?
  /// Structural similarity; nil for a picture smaller than its window.
  public var ssim: Double?
  /// The calibration of the variances; nil if all pixels are observed or the method has no variances.
  public var calibration: Calibration?
  /// Seconds of wall-clock time for the method alone.
  public var seconds: Double
}

extension ImageEvaluation: GroupMessage {
  package func append(to message: inout GroupBytes) {
    method.append(to: &message)
    [points, observed, image].append(to: &message)
    [mse, seconds].append(to: &message)
    [mseUnobserved, ssim].append(to: &message)
    calibration.append(to: &message)
  }

  package init?(from message: inout GroupBytes) {
    guard let method = String(from: &message), let numbers = [Int](from: &message),
      let times = [Double](from: &message), let errors = [Double?](from: &message),
      let calibration = Calibration?(from: &message),
      (numbers.count, times.count, errors.count) == (3, 2, 2)
    else { return nil }
    self.init(
      method: method, points: numbers[0], observed: numbers[1], image: numbers[2], mse: times[0],
      mseUnobserved: errors[0], ssim: errors[1], calibration: calibration, seconds: times[1])
  }
}
