import DifferentiableCore
import Fields
import Foundation
import Numerics

/// Products of cosines over the square -1...1: the smooth functions that a prior's pictures are
/// sums of, and that one sine layer computes.
///
/// With a grid of `size` samples an axis and the position `i` in samples, function (u, v) is
///
///     c_u c_v cos(pi u (i_y + 1/2) / size) cos(pi v (i_x + 1/2) / size),
///
/// `c_0 = 1/sqrt(size)` and `c_u = sqrt(2/size)`: orthonormal on the grid (the discrete cosine
/// transform, Ahmed, Natarajan and Rao 1974), and defined between the samples as well. A product of
/// cosines is half the sum of two plane waves, `cos a cos b = (cos(a + b) + cos(a - b)) / 2`, and a
/// plane wave is one unit `sin(omega (W x + b))`. So every sum of these functions is exactly a SIREN
/// of one sine layer.
struct CosineBasis: Sendable, Equatable {
  /// Samples along an axis of the grid.
  let size: Int
  /// `u * size + v` of each function in use.
  let indices: [Int]

  /// Number K of functions.
  var count: Int { indices.count }

  /// All functions of a grid.
  init(size: Int) { self.init(size: size, indices: Array(0..<size * size)) }

  /// Some functions of a grid.
  init(size: Int, indices: [Int]) {
    precondition(
      indices.allSatisfy { (0..<size * size).contains($0) },
      "a function outside the \(size)x\(size) of the grid")
    self.size = size
    self.indices = indices
  }

  /// 1 for functions that a left-right mirror leaves alone, -1 for those that it turns around.
  var mirrorSigns: [Double] { indices.map { $0 % size % 2 == 0 ? 1 : -1 } }

  /// The functions at points.
  ///
  /// - Parameter coordinates: `[n, 2]`, (row, column) in -1...1.
  /// - Returns: `[n, K]`.
  func values(at coordinates: [Float]) -> DoubleMatrix {
    let points = coordinates.count / 2
    var result = DoubleMatrix(rows: points, columns: count)
    let (rows, columns) = (indices.map { $0 / size }, indices.map { $0 % size })
    for point in 0..<points {
      let vertical = axisValues(at: Double(coordinates[2 * point]))
      let horizontal = axisValues(at: Double(coordinates[2 * point + 1]))
      result.values.withUnsafeMutableBufferPointer { values in
        for index in 0..<count {
          values[point * count + index] = vertical[rows[index]] * horizontal[columns[index]]
        }
      }
    }
    return result
  }

  /// `c_u cos(u angle)` for every u, by the recurrence of the cosines.
  private func axisValues(at coordinate: Double) -> [Double] {
    let angle = Double.pi * ((coordinate + 1) * Double(size - 1) / 2 + 0.5) / Double(size)
    let scale = (2 / Double(size)).squareRoot()
    var cosines = [Double](repeating: 1, count: size)
    if size > 1 { cosines[1] = cos(angle) }
    for order in stride(from: 2, to: size, by: 1) {
      cosines[order] = 2 * cosines[1] * cosines[order - 1] - cosines[order - 2]
    }
    return cosines.enumerated().map { $1 * ($0 == 0 ? scale * 0.5.squareRoot() : scale) }
  }

  /// `[size, size]`: row u holds `c_u cos(...)` at the samples.
  private var transform: DoubleMatrix {
    var matrix = DoubleMatrix(rows: size, columns: size)
    for sample in 0..<size {
      let coordinate = size > 1 ? 2 * Double(sample) / Double(size - 1) - 1 : 0
      for (order, value) in axisValues(at: coordinate).enumerated() {
        matrix[order, sample] = value
      }
    }
    return matrix
  }

  /// A function that gives the coefficients of pictures on the grid.
  ///
  /// - Returns: for values `[size, size, c]` the coefficients `[c, K]`.
  func analyzer(channels: Int) -> @Sendable ([Float]) -> [Double] {
    let (size, indices, matrix) = (size, indices, transform)
    return { picture in
      let columns = size * channels
      let vertical = matrix.multiplied(
        by: DoubleMatrix(rows: size, columns: columns, values: picture.map(Double.init)))
      var turned = DoubleMatrix(rows: size, columns: columns)
      for u in 0..<size {
        for column in 0..<size {
          for channel in 0..<channels {
            turned.values[column * columns + u * channels + channel] =
              vertical.values[u * columns + column * channels + channel]
          }
        }
      }
      let both = matrix.multiplied(by: turned)
      return (0..<channels).flatMap { channel in
        indices.map { both.values[$0 % size * columns + $0 / size * channels + channel] }
      }
    }
  }

  /// The sum of the functions at the samples of the grid.
  ///
  /// - Parameter coefficients: `[c, K]`.
  /// - Returns: row-major `[size, size, c]`.
  func picture(_ coefficients: DoubleMatrix) -> [Float] {
    let places = transform
    return picture(coefficients, rows: places, columns: places)
  }

  /// The same at the places of another grid; see ``sums(_:rows:columns:)``.
  ///
  /// - Returns: row-major `[rows, columns, c]`.
  func picture(
    _ coefficients: DoubleMatrix, rows: DoubleMatrix, columns: DoubleMatrix
  ) -> [Float] {
    let channels = coefficients.rows
    var picture = [Float](repeating: 0, count: rows.columns * columns.columns * channels)
    for channel in 0..<channels {
      let values = sums(coefficients.row(channel), rows: rows, columns: columns)
      for (pixel, value) in values.enumerated() {
        picture[pixel * channels + channel] = Float(value)
      }
    }
    return picture
  }

  /// The sum of the functions at all pairs of some places.
  ///
  /// - Parameters:
  ///   - coefficients: `[K]`.
  ///   - places: `[size, p]`: row u holds function u of an axis at the places.
  /// - Returns: `[p * p]`, the row's place first.
  func sums(_ coefficients: [Double], at places: DoubleMatrix) -> [Double] {
    sums(coefficients, rows: places, columns: places)
  }

  /// The sum of the functions at the places of a grid, `[rows, columns]`; see ``sums(_:at:)``.
  func sums(_ coefficients: [Double], rows: DoubleMatrix, columns: DoubleMatrix) -> [Double] {
    var spectrum = DoubleMatrix(rows: size, columns: size)
    for (index, value) in zip(indices, coefficients) { spectrum.values[index] = value }
    return rows.transposedMultiplied(by: spectrum.multiplied(by: columns)).values
  }

  /// Functions of one axis at places, -1...1: `[size, p]`.
  func axisFunctions(at places: [Float]) -> DoubleMatrix {
    var matrix = DoubleMatrix(rows: size, columns: places.count)
    for (place, coordinate) in places.enumerated() {
      for (order, value) in axisValues(at: Double(coordinate)).enumerated() {
        matrix[order, place] = value
      }
    }
    return matrix
  }

  /// The sum of the functions as a network.
  ///
  /// - Parameters:
  ///   - coefficients: `[c, K]`.
  ///   - offsets: added to each channel.
  /// - Returns: a SIREN of one sine layer, exact up to rounding.
  func siren(_ coefficients: DoubleMatrix, offsets: [Double]) -> Siren? {
    let channels = coefficients.rows
    let omega = 30.0
    var weights: [Float] = []
    var biases: [Float] = []
    var outputs: [[Float]] = Array(repeating: [], count: channels)
    var constants = offsets
    let step = Double.pi * Double(size - 1) / (2 * Double(size))
    let root = (1 / Double(size)).squareRoot()
    for (position, index) in indices.enumerated() {
      let (u, v) = (index / size, index % size)
      let scale = root * root * (u == 0 ? 1 : 2.0.squareRoot()) * (v == 0 ? 1 : 2.0.squareRoot())
      if u == 0 && v == 0 {
        for channel in 0..<channels {
          constants[channel] += scale * coefficients[channel, position]
        }
        continue
      }
      let signs: [Double] = u == 0 || v == 0 ? [1] : [1, -1]
      for sign in signs {
        weights.append(Float(step * Double(u) / omega))
        weights.append(Float(sign * step * Double(v) / omega))
        // The phase is a multiple of a quarter turn.
        let quarters = ((u + Int(sign) * v + 1) % 4 + 4) % 4
        biases.append(Float(Double.pi / 2 * Double(quarters) / omega))
        for channel in 0..<channels {
          outputs[channel].append(
            Float(scale * coefficients[channel, position] / Double(signs.count)))
        }
      }
    }
    if biases.isEmpty {
      // A constant needs a unit all the same.
      weights = [0, 0]
      biases = [0]
      outputs = Array(repeating: [0], count: channels)
    }
    let architecture = SirenArchitecture(
      coordinates: 2, hiddenWidth: biases.count, hiddenLayers: 0, outputs: channels,
      omegaFirst: Float(omega), omegaHidden: Float(omega))
    let values = weights + biases + outputs.flatMap { $0 } + constants.map { Float($0) }
    guard values.areFinite else { return nil }
    return Siren(
      architecture,
      parameters: Parameters(layout: Siren.layout(of: architecture), values: values))
  }
}
