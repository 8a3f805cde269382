/// How close a field is to its signal.
public struct FitQuality: Sendable, Equatable {
  /// What decibels are called: `PSNR` of pictures and videos, `SNR` of sounds.
  public var measure: String
  /// The quality, in decibels.
  public var decibels: Double
  /// Mean squared error: of a picture or a video on values 0...1, of a sound on values divided by its peak.
  public var mse: Double
  /// Structural similarity, of a picture.
  public var similarity: Double?

  /// A quality from its parts.
  public init(measure: String, decibels: Double, mse: Double, similarity: Double? = nil) {
    self.measure = measure
    self.decibels = decibels
    self.mse = mse
    self.similarity = similarity
  }
}
