import Reporting
import Signals

/// One network's fit in the comparison of activations.
struct ComparisonOutcome {
  let name: String
  let ink: Ink
  let picture: Image
  let quality: ImageQuality
  let curve: [(step: Double, psnr: Double)]
  let seconds: Double
  let parameters: Int
}

/// The quality of a network while it is fitted to a picture.
struct ComparisonCurve {
  private let picture: Image
  private let steps: Int
  private var curve: [(step: Double, psnr: Double)] = []
  private var rendered: Image

  /// - Parameters:
  ///   - picture: the picture, one channel.
  ///   - steps: number of updates of the whole fit.
  init(_ picture: Image, steps: Int) {
    self.picture = picture
    self.steps = steps
    rendered = picture
  }

  /// Measures after some of the updates.
  ///
  /// - Parameter values: returns the network's values at all pixels, in -1...1; called only for a
  ///   measurement.
  mutating func add(_ step: Int, values: () -> [Float]) {
    guard isMeasured(step) else { return }
    rendered = Image(
      width: picture.width, height: picture.height, channels: 1,
      values: values().map { min(1, max(0, 0.5 * $0 + 0.5)) })
    let error = Quality.meanSquaredError(rendered, picture)
    curve.append((Double(step), Quality.peakSignalToNoise(meanSquaredError: error)))
  }

  /// The result of the fit.
  func outcome(_ name: String, _ ink: Ink, seconds: Double, parameters: Int) -> ComparisonOutcome {
    ComparisonOutcome(
      name: name, ink: ink, picture: rendered,
      quality: ImageQuality(of: rendered, comparedWith: picture), curve: curve, seconds: seconds,
      parameters: parameters)
  }

  /// About forty measurements per fit, denser at the beginning, where the curves are steep.
  private func isMeasured(_ step: Int) -> Bool {
    step == steps || step % max(1, steps / 32) == 0
      || (step < steps / 16 && step % max(1, steps / 128) == 0)
  }
}
