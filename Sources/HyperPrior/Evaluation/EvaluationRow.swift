/// One line of an evaluation: a method on all test pictures from one number of observed pixels.
///
/// The JSON keys are `method`, `points`, `images`, `mse`, `mse_unobserved`, `psnr`, `ssim`,
/// `coverage90` and `seconds`; a quantity that does not exist is left out.
public struct EvaluationRow: Codable, Sendable, Equatable {
  /// Name of the method.
  public var method: String
  /// Observed pixels a picture.
  public var points: Int
  /// Number of pictures.
  public var images: Int
  /// Mean squared error over all pixels, averaged over the pictures; values clipped to 0...1.
  public var mse: Double
  /// Mean squared error over the unobserved pixels, averaged over the pictures that have any; nil
  /// when none has.
  public var mseUnobserved: Double?
  /// Peak signal to noise ratio, in dB, of `mse` (not the mean of the pictures' ratios, which one
  /// perfect picture makes infinite); nil when the error is 0.
  public var psnr: Double?
  /// Structural similarity, averaged over the pictures; nil for pictures too small for it.
  public var ssim: Double?
  /// Share of the unobserved values within the method's central 90% interval, mean over pictures.
  ///
  /// 0.9 is right, less is overconfident. Nil when the method gives no variances.
  public var coverage90: Double?
  /// Seconds a picture, wall clock of the method alone, while as many pictures are in work as
  /// there are threads.
  public var seconds: Double

  /// A row from its parts.
  public init(
    method: String, points: Int, images: Int, mse: Double, mseUnobserved: Double?, psnr: Double?,
    ssim: Double?, coverage90: Double?, seconds: Double
  ) {
    self.method = method
    self.points = points
    self.images = images
    self.mse = mse
    self.mseUnobserved = mseUnobserved
    self.psnr = psnr
    self.ssim = ssim
    self.coverage90 = coverage90
    self.seconds = seconds
  }

  /// The keys in JSON.
  public enum CodingKeys: String, CodingKey {
    case method, points, images, mse
    case mseUnobserved = "mse_unobserved"
    case psnr, ssim, coverage90, seconds
  }
}

/// A method on one test picture from one number of observed pixels.
///
/// The JSON keys are those of `EvaluationRow`, with `image` in place of `images`.
public struct ImageEvaluation: Codable, Sendable, Equatable {
  /// Name of the method.
  public var method: String
  /// Observed pixels.
  public var points: Int
  /// Index of the picture, from 0.
  public var image: Int
  /// Mean squared error over all pixels; values clipped to 0...1.
  public var mse: Double
  /// Mean squared error over the unobserved pixels; nil when all are observed.
  public var mseUnobserved: Double?
  /// Structural similarity; nil for a picture too small for it.
  public var ssim: Double?
  /// Share of the unobserved values within the method's central 90% interval.
  public var coverage90: Double?
  /// Wall clock of the method alone.
  public var seconds: Double

  /// The keys in JSON.
  public enum CodingKeys: String, CodingKey {
    case method, points, image, mse
    case mseUnobserved = "mse_unobserved"
    case ssim, coverage90, seconds
  }
}
