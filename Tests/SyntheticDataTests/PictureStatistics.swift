import Foundation
import Signals

/// What photographs have in common, measured of a square RGB picture.
struct PictureStatistics {
  /// Mean and standard deviation of brightness.
  private(set) var mean = 0.0
  private(set) var deviation = 0.0
  /// Kurtosis of the steps between neighbours: 3 for a normal distribution, far above it for photographs.
  private(set) var kurtosis = 0.0
  /// Mean correlation of two channels.
  private(set) var correlation = 0.0
  /// Exponent of frequency in the spectrum of power.
  private(set) var slope = 0.0

  init(_ image: Image) {
    let count = image.width * image.height
    let red = (0..<count).map { Double(image.values[3 * $0]) }
    let green = (0..<count).map { Double(image.values[3 * $0 + 1]) }
    let blue = (0..<count).map { Double(image.values[3 * $0 + 2]) }
    let grey = (0..<count).map { 0.299 * red[$0] + 0.587 * green[$0] + 0.114 * blue[$0] }
    mean = grey.reduce(0, +) / Double(count)
    deviation = Self.covariance(grey, grey).squareRoot()
    correlation =
      (Self.correlation(red, green) + Self.correlation(green, blue) + Self.correlation(red, blue))
      / 3
    var squares = 0.0
    var fourths = 0.0
    for row in 0..<image.height {
      for column in 1..<image.width {
        let step = grey[row * image.width + column] - grey[row * image.width + column - 1]
        squares += step * step
        fourths += step * step * step * step
      }
    }
    kurtosis = fourths * Double(image.height * (image.width - 1)) / max(squares * squares, 1e-12)
    slope = Self.spectralSlope(grey.map { $0 - mean }, size: image.width)
  }

  private static func covariance(_ a: [Double], _ b: [Double]) -> Double {
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    return zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) } / count
  }

  private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    covariance(a, b) / max(covariance(a, a) * covariance(b, b), 1e-18).squareRoot()
  }

  /// The slope of log power over log frequency, of rows and columns under a Hann window.
  private static func spectralSlope(_ grey: [Double], size: Int) -> Double {
    let window = (0..<size).map {
      0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(size))
    }
    // Octaves of frequencies from 3 cycles a frame to 0.4 cycles a pixel.
    var bands: [(frequency: Double, power: Double)] = []
    var low = 3
    while low * 3 / 2 <= size * 2 / 5 {
      let high = low * 3 / 2 + 1
      var power = 0.0
      for frequency in low..<high {
        for line in 0..<size {
          for step in [1, size] {
            let start = step == 1 ? line * size : line
            var (real, imaginary) = (0.0, 0.0)
            for position in 0..<size {
              let value = grey[start + position * step] * window[position]
              let angle = 2 * Double.pi * Double(frequency * position % size) / Double(size)
              real += value * cos(angle)
              imaginary += value * sin(angle)
            }
            power += real * real + imaginary * imaginary
          }
        }
      }
      let middle = Double(low + high - 1) / 2
      bands.append((log(middle), log(power / Double(high - low) + 1e-12)))
      low = high
    }
    // A line across a picture with power 1/f^a in the plane has power 1/f^(a - 1).
    let count = Double(bands.count)
    let (x, y) = (
      bands.reduce(0) { $0 + $1.frequency } / count, bands.reduce(0) { $0 + $1.power } / count
    )
    let across = bands.reduce(0) { $0 + ($1.frequency - x) * ($1.power - y) }
    let along = bands.reduce(0) { $0 + ($1.frequency - x) * ($1.frequency - x) }
    return across / along - 1
  }
}
