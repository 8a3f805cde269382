import Foundation
import Signals

/// The error of a restored picture.
public struct InpaintingQuality: Sendable {
  /// Mean squared error over all pixels whose truth is known, values clipped to 0...1.
  public let all: Double
  /// The same over the unobserved pixels; nil if there are none.
  public let unobserved: Double?
  /// Structural similarity; nil for pictures smaller than its window, and where a part of the truth
  /// is unknown.
  public let structuralSimilarity: Double?

  /// Measures a result.
  ///
  /// - Parameters:
  ///   - mask: the observed pixels.
  ///   - known: the pixels whose truth is known, at least one; nil where all are.
  public init(_ result: Image, truth: Image, _ mask: PixelMask, known: PixelMask? = nil) {
    all = Quality.meanSquaredError(result, truth, where: known?.observed)
    var missing = mask.missing
    if let known { missing = zip(missing, known.observed).map { $0 && $1 } }
    unobserved =
      missing.contains(true) ? Quality.meanSquaredError(result, truth, where: missing) : nil
    structuralSimilarity = known == nil ? Quality.structuralSimilarity(result, truth) : nil
  }

  /// One line of text with the error and its PSNR.
  public func line(_ label: String, _ error: Double, _ similarity: Double?) -> String {
    let ratio = Quality.peakSignalToNoise(meanSquaredError: error)
    var line = String(format: "  %@  MSE %.5f  PSNR %.2f dB", label, error, ratio)
    if let similarity { line += String(format: "  SSIM %.3f", similarity) }
    return line
  }
}
