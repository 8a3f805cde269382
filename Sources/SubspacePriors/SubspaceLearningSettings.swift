import ImagePriors

/// How a subspace prior is learned, and how large it becomes.
public struct SubspaceLearningSettings: Sendable, Equatable {
  /// The most cosine functions, K.
  public var functions = 1_024
  /// The most components, J.
  public var components = 384
  /// The most training codes that are kept; all pictures contribute to the components.
  public var codes = 7_000
  /// Whether a mirrored picture is as likely as the picture.
  public var mirrors = true
  /// Variance of an observed value, 0...1, around the sum of functions; that of the functions left out is
  /// added.
  public var noise = 1e-4
  /// Whether the training pictures are whole pictures or windows.
  public var scope = PriorScope.picture
  /// Decides which codes are kept, and every random choice of the calibration.
  public var seed: UInt64 = 1

  /// The defaults: a file below 10 MB, and about ten milliseconds per inpainting.
  public init() {}
}
