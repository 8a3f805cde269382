import Foundation
import Signals

/// Colours for numbers.
public enum ColorMap: Sendable, Equatable, CaseIterable {
  /// Black to white.
  case grey
  /// Blue below the middle, white at it, red above: for numbers with a sign.
  case diverging
  /// Dark violet over teal to yellow, lightness rising evenly: for amounts.
  case sequential

  /// The colour of a number, red, green and blue 0...1.
  ///
  /// - Parameter fraction: 0 for the first colour, 1 for the last; numbers outside are limited to
  ///   0...1.
  public func colour(at fraction: Float) -> (Float, Float, Float) {
    let stops: [(Float, Float, Float)] =
      switch self {
      case .grey: [(0, 0, 0), (1, 1, 1)]
      case .diverging:
        [
          (0.07, 0.22, 0.45), (0.36, 0.58, 0.80), (0.97, 0.97, 0.96), (0.88, 0.48, 0.36),
          (0.50, 0.09, 0.14),
        ]
      case .sequential:
        [
          (0.15, 0.07, 0.28), (0.24, 0.29, 0.54), (0.15, 0.51, 0.56), (0.30, 0.72, 0.46),
          (0.96, 0.90, 0.30),
        ]
      }
    let place = min(1, max(0, fraction.isNaN ? 0 : fraction)) * Float(stops.count - 1)
    let lower = min(stops.count - 2, Int(place))
    let (a, b, t) = (stops[lower], stops[lower + 1], place - Float(lower))
    return (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t, a.2 + (b.2 - a.2) * t)
  }

  /// A picture of numbers in colours, 3 channels.
  ///
  /// - Parameters:
  ///   - numbers: `width * height`, row-major.
  ///   - range: the numbers of the first and the last colour; nil takes all except the outermost
  ///     1%. For the diverging colours the range is symmetric about 0.
  public func picture(
    of numbers: [Float], width: Int, height: Int, range: ClosedRange<Float>? = nil
  ) -> Image {
    precondition(
      numbers.count == width * height, "\(numbers.count) numbers for \(width)x\(height) pixels")
    let range = range ?? usualRange(of: numbers)
    let length = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
    var image = Image(width: width, height: height, channels: 3)
    for (pixel, number) in numbers.enumerated() {
      let (red, green, blue) = colour(at: (number - range.lowerBound) / length)
      image.values[3 * pixel] = red
      image.values[3 * pixel + 1] = green
      image.values[3 * pixel + 2] = blue
    }
    return image
  }

  private func usualRange(of numbers: [Float]) -> ClosedRange<Float> {
    let finite = numbers.filter(\.isFinite)
    if self == .diverging {
      let sizes = finite.map(abs).sorted()
      let limit =
        sizes.isEmpty ? 1 : max(sizes[(sizes.count - 1) * 99 / 100], .leastNormalMagnitude)
      return -limit...limit
    }
    let sorted = finite.sorted()
    guard let last = sorted.indices.last else { return 0...1 }
    return sorted[last / 200]...max(sorted[last / 200], sorted[last - last / 200])
  }

  /// The direction and length of vectors as hue and brightness, 3 channels.
  ///
  /// - Parameters:
  ///   - vectors: `width * height` pairs (down, right), row-major.
  public static func directions(of vectors: [Float], width: Int, height: Int) -> Image {
    precondition(
      vectors.count == 2 * width * height, "\(vectors.count) numbers for \(width)x\(height) pairs")
    let lengths = stride(from: 0, to: vectors.count, by: 2).map {
      hypot(vectors[$0], vectors[$0 + 1])
    }
    let sorted = lengths.filter(\.isFinite).sorted()
    let limit =
      sorted.isEmpty ? 1 : max(sorted[(sorted.count - 1) * 99 / 100], .leastNormalMagnitude)
    var image = Image(width: width, height: height, channels: 3)
    for (pixel, length) in lengths.enumerated() {
      let angle = atan2(-vectors[2 * pixel], vectors[2 * pixel + 1])
      let strength = min(1, length.isFinite ? length / limit : 0).squareRoot()
      for channel in 0..<3 {
        // Three cosines a third of a turn apart: a wheel of colours of about equal lightness.
        let wheel = 0.5 + 0.45 * cos(angle - Float(channel) * 2 * .pi / 3)
        image.values[3 * pixel + channel] = strength * wheel
      }
    }
    return image
  }
}
