import DifferentiableCore
import Fields
import Foundation
import Numerics
import TestSupport
import Testing

@Suite("Grids of SIRENs") struct SirenGridTests {
  /// Cells of about 4 x 5 samples, overlapping by 1.2 on each side of a border.
  private static let grid = CellGrid([
    CellAxis(samples: 13, cells: 3, overlap: 1.2), CellAxis(samples: 10, cells: 2, overlap: 1.2),
  ])
  private static let field = SirenGrid(
    grid,
    SirenArchitecture(
      hiddenWidth: 6, hiddenLayers: 1, outputs: 2, omegaFirst: 4, omegaHidden: 3), seed: 5)

  /// Places in samples: within a cell, in an overlap of two, in the corner of four, on a border, on and
  /// beyond the edge of the signal.
  private static let places: [[Double]] = [
    [1.5, 2.0], [4.1, 2.0], [3.6, 4.7], [3.8333, 4.5], [8.3, 4.2], [0, 0], [12, 9], [-0.8, 9.9],
  ]

  private func coordinates(_ place: [Double]) -> [Double] {
    zip(place, Self.grid.axes).map { 2 * $0 / Double($1.samples - 1) - 1 }
  }

  @Test("The weights at a point sum to 1, and their derivatives to 0")
  func windows() {
    let axis = CellAxis(samples: 31, cells: 4, overlap: 2)
    // A constant network in every cell gives the constant everywhere.
    let shape = SirenArchitecture(coordinates: 1, hiddenWidth: 3, hiddenLayers: 0, outputs: 1)
    var field = SirenGrid(CellGrid([axis]), shape, seed: 1)
    for index in field.parameters.indices { field.parameters[index] = 0 }
    let count = shape.parameterCount
    for cell in 0..<4 { field.parameters[(cell + 1) * count - 1] = 0.75 }
    let block = field.evaluate(
      at: (0...600).map { Float($0) / 250 - 1.2 }, derivatives: .laplacian)
    #expect(block.value.allSatisfy { abs($0 - 0.75) < 1e-6 })
    #expect(block.gradient.allSatisfy { abs($0) < 1e-4 })
    #expect(block.laplacian.allSatisfy { abs($0) < 1e-2 })
  }

  @Test("Every sample lies in the support of a cell, and supports extend by the overlap")
  func supports() {
    let axis = CellAxis(samples: 31, cells: 4, overlap: 2)
    let supports = (0..<4).map { axis.support(of: $0) }
    #expect(Set(supports.flatMap { Array($0) }) == Set(0..<31))
    // Borders lie at 7.25, 15 and 22.75.
    #expect(supports == [0..<10, 6..<17, 14..<25, 21..<31])
    #expect(CellAxis(samples: 4, cells: 4, overlap: 9).overlap == 0.5)
    #expect(CellAxis(samples: 1, cells: 1, overlap: 1).support(of: 0) == 0..<1)
  }

  @Test("Far outside, where no integer counts the cells, the outermost cell contributes")
  func farOutside() {
    let axis = CellAxis(samples: 31, cells: 4, overlap: 2)
    for place in [1e20, 1e300, Double.greatestFiniteMagnitude] {
      #expect(axis.contributions(at: -place).map { [Double($0.cell), $0.weight] } == [[0, 1]])
      #expect(axis.contributions(at: place).map { [Double($0.cell), $0.weight] } == [[3, 1]])
    }
    let far = Self.field.evaluate(at: [Float(-1e20), 1e38, 3e38, -3e38], derivatives: .laplacian)
    #expect(far.value.count == 4)
  }

  @Test("Value, gradient and Laplacian equal the definition's, in cells and in overlaps")
  func derivatives() {
    let points = Self.places.map { coordinates($0) }
    let block = Self.field.evaluate(
      at: points.flatMap { $0.map { Float($0) } }, derivatives: .laplacian)
    let reference = DoubleGrid(Self.field)
    expectDerivatives(
      of: block, at: points.map { $0.map { Double(Float($0)) } }, named: Self.places,
      values: reference.values)
  }

  @Test("Value and gradient are continuous at borders and at the ends of overlaps")
  func seams() {
    let axis = Self.grid.axes[0]
    let borders = [axis.length - 0.5, axis.length - 0.5 - 1.2, axis.length - 0.5 + 1.2]
    for border in borders {
      let near = [-1e-4, 1e-4].flatMap { step in
        coordinates([border + step, 3.3]).map { Float($0) }
      }
      let block = Self.field.evaluate(at: near, derivatives: .laplacian)
      for channel in 0..<2 {
        #expect(abs(block.value[channel] - block.value[2 + channel]) < 1e-3)
        #expect(abs(block.gradient[2 * channel] - block.gradient[4 + 2 * channel]) < 0.05)
        #expect(abs(block.laplacian[channel] - block.laplacian[2 + channel]) < 2)
      }
    }
  }

  @Test(
    "A grid of one cell is its SIREN", arguments: [FieldDerivatives.none, .gradient, .laplacian])
  func one(derivatives: FieldDerivatives) {
    var random = Xoshiro256(seed: 4)
    let siren = Siren(
      SirenArchitecture(hiddenWidth: 9, hiddenLayers: 1, outputs: 2, omegaFirst: 6),
      random: &random)
    let grid = SirenGrid(siren, samples: [7, 12])
    let points: [Float] = (0..<80).map { _ in random.uniform(in: -1.3...1.3) }
    let (own, other) = (
      siren.evaluate(at: points, derivatives: derivatives),
      grid.evaluate(at: points, derivatives: derivatives)
    )
    expectClose(actual: other.value, expected: own.value, absolute: 1e-5)
    if derivatives != .none {
      expectClose(actual: other.gradient, expected: own.gradient, absolute: 1e-3, relative: 1e-3)
    }
    if derivatives == .laplacian {
      expectClose(actual: other.laplacian, expected: own.laplacian, absolute: 5e-2, relative: 1e-3)
    }
  }

  @Test("Scaled coordinates scale the field's derivatives")
  func stretched() {
    let factors: [Float] = [0.5, 0.25]
    let stretched = Self.field.scalingCoordinates(by: factors)
    let points: [Float] = [0.2, -1.5, 0.9, 3.1, -1.1, 0.3]
    let own = Self.field.evaluate(
      at: points.enumerated().map { $1 * factors[$0 % 2] }, derivatives: .gradient)
    let other = stretched.evaluate(at: points, derivatives: .gradient)
    expectClose(actual: other.value, expected: own.value, absolute: 1e-5)
    expectClose(
      actual: other.gradient,
      expected: own.gradient.enumerated().map { $1 * factors[$0 % 2] }, absolute: 1e-4)
  }

  @Test("A point's values depend neither on the number of threads nor on other points")
  func alone() {
    let points: [Float] = (0..<400).map { Float($0 * 37 % 101) / 45 - 1.1 }
    let all = expectSameResult { Self.field.evaluate(at: points, derivatives: .gradient) }
    let few = Self.field.evaluate(at: Array(points[100..<106]), derivatives: .gradient)
    #expect(few.value == Array(all.value[100..<106]))
    #expect(few.gradient == Array(all.gradient[200..<212]))
  }
}

/// The definition in double precision, written for clarity.
private struct DoubleGrid {
  let grid: CellGrid
  let shape: SirenArchitecture
  let parameters: [Double]

  init(_ field: SirenGrid) {
    grid = field.grid
    shape = field.architecture
    parameters = field.parameters.map { Double($0) }
  }

  func values(at point: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: shape.outputs)
    for cell in 0..<grid.count {
      let indices = grid.indices(of: cell)
      var weight = 1.0
      var local: [Double] = []
      for (axis, index) in zip(grid.axes.indices, indices) {
        let own = grid.axes[axis]
        let place = (point[axis] + 1) / 2 * Double(own.samples - 1)
        let start = Double(index) * own.length - 0.5
        if index > 0 { weight *= step((place - start) / own.overlap) }
        if index + 1 < own.cells { weight *= 1 - step((place - start - own.length) / own.overlap) }
        local.append(2 * (place - start) / own.length - 1)
      }
      if weight == 0 { continue }
      for (channel, value) in network(cell, local).enumerated() { sum[channel] += weight * value }
    }
    return sum
  }

  /// From 0 at -1 to 1 at 1.
  private func step(_ place: Double) -> Double {
    let t = min(1, max(0, (place + 1) / 2))
    return t * t * t * (t * (6 * t - 15) + 10)
  }

  private func network(_ cell: Int, _ input: [Double]) -> [Double] {
    var start = cell * shape.parameterCount
    var values = input
    for layer in shape.layers {
      let outputs = (0..<layer.outputs).map { output -> Double in
        var sum = parameters[start + layer.inputs * layer.outputs + output]
        for input in 0..<layer.inputs {
          sum += parameters[start + output * layer.inputs + input] * values[input]
        }
        return layer.omega.map { sin(Double($0) * sum) } ?? sum
      }
      start += (layer.inputs + 1) * layer.outputs
      values = outputs
    }
    return values
  }
}
