import ImagePriors

/// One line of an evaluation: a method on all test pictures from one number of observed pixels.
public struct EvaluationRow: Sendable, Equatable {
  /// Name of the method.
  public var method: String
  /// Observed pixels a picture, as asked for: a `MaskKind.block` may observe some more or fewer.
  public var points: Int
  /// Number of pictures.
  public var images: Int
  /// Mean squared error over all pixels, averaged over the pictures; values clipped to 0...1.
  ///
  /// With 10, 100 and 1,000 random pixels of 32x32 pictures this is what the table of Sitzmann et
  /// al. 2020 (arXiv 2006.09661) reports.
  public var mse: Double
  /// Mean squared error over the unobserved pixels, averaged over the pictures that have any; nil
  /// when none has.
  public var mseUnobserved: Double?
  /// Peak signal to noise ratio, in dB, of `mse` (not the mean of the pictures' ratios, which one
  /// perfect picture makes infinite); nil when the error is 0.
  public var psnr: Double?
  /// Structural similarity, averaged over the pictures; nil for pictures too small for it.
  public var ssim: Double?
  /// How well the variances fit, averaged over the pictures that have unobserved pixels; nil when
  /// none has or the method gives no variances.
  public var calibration: Calibration?
  /// Seconds a picture, wall clock of the method alone, while as many pictures are in work as
  /// there are threads.
  public var seconds: Double

  /// A row from its parts.
  public init(
    method: String, points: Int, images: Int, mse: Double, mseUnobserved: Double?, psnr: Double?,
    ssim: Double?, calibration: Calibration?, seconds: Double
  ) {
    self.method = method
    self.points = points
    self.images = images
    self.mse = mse
    self.mseUnobserved = mseUnobserved
    self.psnr = psnr
    self.ssim = ssim
    self.calibration = calibration
    self.seconds = seconds
  }
}

/// A method on one test picture from one number of observed pixels.
public struct ImageEvaluation: Sendable, Equatable {
  /// Name of the method.
  public var method: String
  /// Observed pixels, as asked for.
  public var points: Int
  /// Index of the picture, from 0.
  public var image: Int
  /// Mean squared error over all pixels; values clipped to 0...1.
  public var mse: Double
  /// Mean squared error over the unobserved pixels; nil when all are observed.
  public var mseUnobserved: Double?
  /// Structural similarity; nil for a picture too small for it.
  public var ssim: Double?
  /// How well the variances fit; nil when all pixels are observed or the method gives none.
  public var calibration: Calibration?
  /// Wall clock of the method alone.
  public var seconds: Double
}
