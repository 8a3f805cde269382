import Numerics
import Signals

/// One training window, as the network sees it, with what it should predict.
package struct GridExample: Sendable {
  /// Side of the window in pixels.
  package let side: Int
  /// `[side, side, features]`.
  package let features: [Float]
  /// The true values minus the linear interpolation, relative to the local deviation, `[side, side]`.
  package let missing: [Float]
  /// 1 where a value is not known, else 0, `[side, side]`.
  package let unknown: [Float]
  /// The local deviation, `[side, side]`.
  package let deviation: [Float]

  /// A window of one component; nil if all observed values are equal.
  ///
  /// - Parameters:
  ///   - truth: the true values, `[side, side]`.
  ///   - mask: the observed pixels, at least one.
  ///   - observed: the measured values of all pixels, which differ from the true ones by noise; nil without noise.
  /// - Throws: `InpaintingMethodError` if a value is not finite.
  package init?(_ truth: [Float], _ mask: PixelMask, observed: [Float]? = nil) throws {
    let side = mask.width
    let picture = Image(width: side, height: side, channels: 1, values: observed ?? truth)
    let grid = try EncoderGrid(mask.observations(of: picture), width: side, height: side)
    guard grid.axes.count == 1 else { return nil }
    let part = grid.part(0, rows: 0..<side, columns: 0..<side)
    let mean = grid.axes.mean[0]
    let sign = grid.axes.axes[0][0]
    self.side = side
    features = part.features
    deviation = part.deviation
    // Noisy values are not known even where they were observed.
    unknown = grid.isKnown.map { $0 && observed == nil ? 0 : 1 }
    missing = truth.indices.map {
      (sign * (truth[$0] - mean) - grid.interpolated[0][$0]) / part.deviation[$0]
    }
  }
}
