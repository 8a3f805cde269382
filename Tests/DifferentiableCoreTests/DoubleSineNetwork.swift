import DifferentiableCore
import Foundation

/// A sine network in double precision, written for clarity.
///
/// Value, gradient and Laplacian travel forward together. The oracle of the fused kernels; its derivatives come from central differences.
struct DoubleSineNetwork {
  let coordinates: Int
  let widths: [Int]
  let omegas: [Double?]
  /// W `[outputs, inputs]` and b `[outputs]` of each layer in turn.
  var parameters: [Double]

  init(coordinates: Int, widths: [Int], omegas: [Double?], parameters: [Double]) {
    var (inputs, needed) = (coordinates, 0)
    for width in widths {
      needed += width * (inputs + 1)
      inputs = width
    }
    precondition(omegas.count == widths.count && parameters.count == needed, "sizes don't fit")
    self.coordinates = coordinates
    self.widths = widths
    self.omegas = omegas
    self.parameters = parameters
  }

  struct Outputs {
    /// `[c]`.
    var value: [Double]
    /// `[c][d]`.
    var gradient: [[Double]]
    /// `[c]`.
    var laplacian: [Double]
  }

  func outputs(at x: [Double]) -> Outputs {
    var value = x
    var slopes = (0..<coordinates).map { axis in
      (0..<coordinates).map { $0 == axis ? 1.0 : 0.0 }
    }
    var curvature = [Double](repeating: 0, count: coordinates)
    var offset = 0
    for (width, omega) in zip(widths, omegas) {
      let weights = parameters[offset..<offset + width * value.count]
      let biases = parameters[(offset + width * value.count)...].prefix(width)
      offset += width * (value.count + 1)
      let multiply = { (vector: [Double]) -> [Double] in
        (0..<width).map { unit in
          let row = weights[(weights.startIndex + unit * vector.count)...].prefix(vector.count)
          return zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 }
        }
      }
      var z = zip(multiply(value), biases).map { $0 + $1 }
      var zSlopes = slopes.map(multiply)
      var zCurvature = multiply(curvature)
      if let omega {
        z = z.map { omega * $0 }
        zSlopes = zSlopes.map { $0.map { omega * $0 } }
        zCurvature = zCurvature.map { omega * $0 }
        curvature = (0..<width).map { unit in
          let squares = zSlopes.reduce(0) { $0 + $1[unit] * $1[unit] }
          return cos(z[unit]) * zCurvature[unit] - sin(z[unit]) * squares
        }
        slopes = zSlopes.map { slope in (0..<width).map { cos(z[$0]) * slope[$0] } }
        value = z.map { sin($0) }
      } else {
        (value, slopes, curvature) = (z, zSlopes, zCurvature)
      }
    }
    return Outputs(
      value: value,
      gradient: value.indices.map { unit in slopes.map { $0[unit] } }, laplacian: curvature)
  }
}
