/// The kernel that averages and interpolates pixels when a picture is resized.
public enum ResizingKernel: Sendable {
  /// Whole ratios shrink by exact area averages, everything else goes by the bicubic kernel.
  case standard
  /// The linear kernel, as Pillow's BILINEAR and torchvision's `Resize` have it: softer than areas.
  case bilinear
}

/// The weights with which one axis is resampled.
///
/// Sample `i` of the result is the sum of `weights[i * tapsPerSample + k] * source[first[i] + k]`.
struct ResamplingFilter {
  /// First source index for each sample of the result.
  let first: [Int]
  /// `[newSize, tapsPerSample]`; each row sums to 1.
  let weights: [Float]
  let tapsPerSample: Int

  /// Kernels are stretched by the ratio when shrinking so that no detail folds back (as Pillow does).
  init(size: Int, newSize: Int, _ kernel: ResizingKernel) {
    switch kernel {
    case .standard where size.isMultiple(of: newSize):
      self.init(averaging: size / newSize, newSize: newSize)
    case .standard: self.init(from: size, to: newSize, support: 2, Self.catmullRom)
    case .bilinear: self.init(from: size, to: newSize, support: 1) { max(0, 1 - abs($0)) }
    }
  }

  private init(averaging ratio: Int, newSize: Int) {
    first = (0..<newSize).map { $0 * ratio }
    weights = [Float](repeating: 1 / Float(ratio), count: newSize * ratio)
    tapsPerSample = ratio
  }

  private init(
    from size: Int, to newSize: Int, support radius: Double, _ kernel: (Double) -> Double
  ) {
    let scale = Double(size) / Double(newSize)
    let stretch = max(scale, 1)
    let support = radius * stretch
    let taps = min(size, Int(support.rounded(.up)) * 2 + 1)
    var first: [Int] = []
    var weights: [Float] = []
    weights.reserveCapacity(newSize * taps)
    for index in 0..<newSize {
      let center = (Double(index) + 0.5) * scale
      let start = min(max(Int((center - support + 0.5).rounded(.down)), 0), size - taps)
      // The kernel is cut at the border and normalized, so that a constant stays that constant.
      let row = (0..<taps).map {
        kernel((Double(start + $0) + 0.5 - center) / stretch)
      }
      let sum = row.reduce(0, +)
      first.append(start)
      weights.append(contentsOf: row.map { Float($0 / sum) })
    }
    self.first = first
    self.weights = weights
    self.tapsPerSample = taps
  }

  /// The cubic convolution kernel with a = -1/2 (Keys 1981, "Cubic convolution interpolation for
  /// digital image processing", equation 15), which is the Catmull-Rom spline.
  private static func catmullRom(_ distance: Double) -> Double {
    let x = abs(distance)
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
    return 0
  }
}
