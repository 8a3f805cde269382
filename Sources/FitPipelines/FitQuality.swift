/// The quality of a field compared with its signal.
public struct FitQuality: Sendable, Equatable {
  /// The name of the measure: `PSNR` for pictures and videos, `SNR` for sounds.
  public var measure: String
  /// The quality, in decibels.
  public var decibels: Double
  /// Mean squared error: for pictures and videos on values 0...1, for sounds on values divided by the peak.
  public var mse: Double
  /// Structural similarity, for pictures only.
  public var similarity: Double?

  /// Creates a quality from its parts.
  public init(measure: String, decibels: Double, mse: Double, similarity: Double? = nil) {
    self.measure = measure
    self.decibels = decibels
    self.mse = mse
    self.similarity = similarity
  }
}
