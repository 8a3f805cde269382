import Foundation

/// The agreement of a picture with another.
public struct ImageQuality: Sendable, Equatable {
  /// Mean squared error, on values clipped to 0...1.
  public var mse: Double
  /// Peak signal-to-noise ratio in dB; infinite for equal pictures.
  public var psnr: Double
  /// Structural similarity, -1...1; nil for pictures with a side below 7.
  public var ssim: Double?

  /// A quality from its values.
  public init(mse: Double, psnr: Double, ssim: Double?) {
    self.mse = mse
    self.psnr = psnr
    self.ssim = ssim
  }

  /// Measures a picture against the true one, of the same size and channels.
  public init(of image: Image, comparedWith truth: Image) {
    let mse = Quality.meanSquaredError(image, truth)
    self.init(
      mse: mse, psnr: Quality.peakSignalToNoise(meanSquaredError: mse),
      ssim: Quality.structuralSimilarity(image, truth))
  }
}

extension ImageQuality: Codable {
  private enum CodingKeys: String, CodingKey { case mse, psnr, ssim }

  /// Decodes; a `psnr` that is null is infinite.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mse = try container.decode(Double.self, forKey: .mse)
    psnr = try container.decodeIfPresent(Double.self, forKey: .psnr) ?? .infinity
    ssim = try container.decodeIfPresent(Double.self, forKey: .ssim)
  }

  /// Encodes all three keys always; an infinite `psnr`, which JSON cannot hold, is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(mse, forKey: .mse)
    try container.encode(psnr.isFinite ? psnr : nil, forKey: .psnr)
    try container.encode(ssim, forKey: .ssim)
  }
}

/// Measures of the difference between two pictures of the same size.
public enum Quality {
  /// The mean squared difference over pixels and channels, values clipped to 0...1 first.
  ///
  /// - Parameter mask: `[height * width]`; only pixels with true count. Not a number when none
  ///   does.
  public static func meanSquaredError(
    _ a: Image, _ b: Image, where mask: [Bool]? = nil
  ) -> Double {
    requireSameShape(a, b)
    if let mask {
      precondition(
        mask.count == a.pixelCount,
        "a mask of \(a.pixelCount) pixels is needed, got \(mask.count)")
    }
    var sum = 0.0
    var pixels = 0
    for pixel in 0..<a.pixelCount where mask?[pixel] ?? true {
      pixels += 1
      for index in pixel * a.channels..<(pixel + 1) * a.channels {
        let difference = Double(clipped(a.values[index])) - Double(clipped(b.values[index]))
        sum += difference * difference
      }
    }
    return sum / Double(pixels * a.channels)
  }

  /// Peak signal to noise for values in 0...1: `-10 log10(mse)` dB, +infinity for 0.
  public static func peakSignalToNoise(meanSquaredError: Double) -> Double {
    meanSquaredError == 0 ? .infinity : -10 * log10(meanSquaredError)
  }

  /// Peak signal to noise of values in any unit: the peak is the range of the true ones.
  ///
  /// - Returns: `20 log10(range / rmse)` dB; +infinity for no error, -infinity for a truth without
  ///   any range.
  public static func peakSignalToNoise(_ values: [Float], _ truth: [Float]) -> Double {
    let mse = meanSquaredError(values, truth)
    guard mse > 0 else { return .infinity }
    let range = Double(truth.max() ?? 0) - Double(truth.min() ?? 0)
    return 10 * log10(range * range / mse)
  }

  static func clipped(_ value: Float) -> Float { min(max(value, 0), 1) }

  static func requireSameShape(_ a: Image, _ b: Image) {
    precondition(
      a.width == b.width && a.height == b.height && a.channels == b.channels,
      "pictures of one shape are compared, got \(a.width)x\(a.height)x\(a.channels) and "
        + "\(b.width)x\(b.height)x\(b.channels)")
  }
}
