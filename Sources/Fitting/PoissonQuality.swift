import DifferentiableCore
import Fields
import Signals

/// The agreement of a picture and its derivatives with the true ones.
public struct PoissonQuality: Sendable, Equatable {
  /// The quality of the picture, on values clipped to 0...1.
  public var image: ImageQuality
  /// PSNR in dB of both Sobel responses together; the peak is the range of the true ones.
  public var gradientPSNR: Double
  /// PSNR in dB of the five-point Laplacian; the peak is the range of the true one.
  public var laplacianPSNR: Double

  /// Measures a picture; its derivatives are taken with the same filters as those of the truth.
  public init(of found: Image, comparedWith truth: Image) {
    image = ImageQuality(of: found, comparedWith: truth)
    let responses = { (image: Image) -> [Float] in
      let (y, x) = image.sobel()
      return y.values + x.values
    }
    gradientPSNR = Quality.peakSignalToNoise(responses(found), responses(truth))
    laplacianPSNR = Quality.peakSignalToNoise(found.laplacian().values, truth.laplacian().values)
  }
}
