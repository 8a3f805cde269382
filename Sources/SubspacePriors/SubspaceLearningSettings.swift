import ImagePriors

/// How large a subspace prior becomes.
public struct SubspaceLearningSettings: Sendable, Equatable {
  /// The most functions of the position, K.
  public var functions = 1_024
  /// The most components, J.
  public var components = 384
  /// The most training codes that are kept; more pictures than that still make the components.
  public var codes = 7_000
  /// Whether a mirrored picture is as likely as the picture.
  public var mirrors = true
  /// Variance of an observed value, 0...1, around the functions when none was dropped.
  public var noise = 1e-4
  /// What the training pictures are.
  public var scope = PriorScope.picture
  /// Decides which codes are kept.
  public var seed: UInt64 = 1

  /// The defaults: a file below 10 MB, restored from in some ten milliseconds.
  public init() {}
}
