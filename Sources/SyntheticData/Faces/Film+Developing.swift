import Foundation
import Signals

extension Film {
  /// The picture that a camera makes of linear light: lens, exposure, tone curve and grain.
  ///
  /// - Parameter light: linear colours of the pixels, row by row.
  func develop(_ light: [Vector3], side: Int) -> Image {
    let sharp = blurred(light, side: side)
    let curve = toneCurve()
    var values = [Float](repeating: 0, count: side * side * 3)
    let scale = 1 / Float(side)
    for row in 0..<side {
      for column in 0..<side {
        let index = row * side + column
        let fromCentre = SIMD2(
          (Float(column) + 0.5) * scale - 0.5, (Float(row) + 0.5) * scale - 0.5)
        let corner = (fromCentre * fromCentre).sum() * 2
        let factor = exposure * (1 - vignette * corner * corner.squareRoot())
        var colour = sharp[index] * whiteBalance * factor + haze
        let grey = Vector3(repeating: luminance(colour))
        colour = pointwiseMax(mix(grey, colour, saturation), .zero)
        let speckle = grain * grainAt(column, row)
        for channel in 0..<3 {
          let chroma = 0.35 * grain * grainAt(column + 9_973 * (channel + 1), row)
          let toned = Self.lookUp(colour[channel], in: curve)
          values[index * 3 + channel] = saturate(toned + speckle + chroma)
        }
      }
    }
    return Image(width: side, height: side, channels: 3, values: values)
  }

  /// Grain of mean 0 and deviation about 1.
  private func grainAt(_ column: Int, _ row: Int) -> Float {
    let (a, b) = (Int32(truncatingIfNeeded: column), Int32(truncatingIfNeeded: row))
    return (noise.cell(a, b) + noise.cell(a &+ 70_001, b) + noise.cell(a, b &+ 70_001) - 1.5) * 2
  }

  private static let curveEnd: Float = 6

  /// Display values for linear light: a shoulder for highlights, gamma, then contrast.
  private func toneCurve() -> [Float] {
    (0...512).map { step in
      let root = Float(step) / 512
      let light = root * root * Self.curveEnd
      let shoulder = (1 - expf(-1.25 * light)) * 1.03
      let display = powf(min(shoulder, 1), 1 / 2.2)
      let steep = display * display * (3 - 2 * display)
      return mix(display, steep, contrast)
    }
  }

  private static func lookUp(_ light: Float, in curve: [Float]) -> Float {
    let place = (min(light, curveEnd * 0.999) / curveEnd).squareRoot() * 512
    let lower = Int(place)
    return mix(curve[lower], curve[lower + 1], place - Float(lower))
  }

  /// A separable blur; a radius well below a pixel does nothing.
  private func blurred(_ light: [Vector3], side: Int) -> [Vector3] {
    let deviation = blur * Float(side)
    guard deviation > 0.25 else { return light }
    let reach = max(1, Int((deviation * 2.5).rounded(.up)))
    var weights = (-reach...reach).map { expf(-0.5 * Float($0 * $0) / (deviation * deviation)) }
    let total = weights.reduce(0, +)
    weights = weights.map { $0 / total }
    func pass(_ source: [Vector3], _ stride: Int, _ other: Int) -> [Vector3] {
      var result = source
      for line in 0..<side {
        for position in 0..<side {
          var sum = Vector3.zero
          for offset in -reach...reach {
            let place = min(max(position + offset, 0), side - 1)
            sum += source[line * other + place * stride] * weights[offset + reach]
          }
          result[line * other + position * stride] = sum
        }
      }
      return result
    }
    return pass(pass(light, 1, side), side, 1)
  }
}
