/// The factor that clips a gradient of some length to `limit`; 1 for one that is short enough or not finite.
///
/// Optimizers take it as `scale`, which saves a pass over the gradient.
public func clippingFactor(length: Double, limit: Float) -> Float {
  length > Double(limit) && length.isFinite ? Float(Double(limit) / length) : 1
}
