import DifferentiableCore
import Fields
import Foundation
import Numerics
import TestSupport
import Testing

@Suite("Grids of SIRENs with windows of sine squared") struct SineSquaredAxisTests {
  /// Rows with two windows at a place and columns with up to three.
  private static let grid: CellGrid? = {
    guard let rows = CellAxis(samples: 13, starts: [0, 4, 7], size: 6),
      let columns = CellAxis(samples: 10, starts: [0, 2, 4], size: 7)
    else { return nil }
    return CellGrid([rows, columns])
  }()
  private static let shape = SirenArchitecture(
    hiddenWidth: 6, hiddenLayers: 1, outputs: 2, omegaFirst: 4, omegaHidden: 3)
  private static let weights: [Float] = [3, 1, 7, 2, 0.5, 4, 1, 9, 2.5]

  private func field(weights: [Float]? = Self.weights) throws -> SirenGrid {
    let grid = try #require(Self.grid)
    let random = SirenGrid(grid, Self.shape, seed: 5)
    return try #require(
      SirenGrid(grid, Self.shape, parameters: random.parameters, cellWeights: weights))
  }

  @Test("The weights at a point sum to 1, and their derivatives to 0", arguments: [true, false])
  func sums(weighted: Bool) throws {
    // A constant network in every cell gives the constant everywhere, beyond the ends as well.
    var field = try field(weights: weighted ? Self.weights : nil)
    let count = Self.shape.parameterCount
    for index in field.parameters.indices {
      field.parameters[index] = index % count >= count - 2 ? 0.75 : 0
    }
    let points = (0..<400).flatMap { index -> [Double] in
      [Double(index * 37 % 401) / 160 - 1.25, Double(index * 91 % 397) / 160 - 1.24]
    }
    let block = field.evaluate(at: points, derivatives: .laplacian)
    #expect(block.value.allSatisfy { abs($0 - 0.75) < 1e-6 })
    #expect(block.gradient.allSatisfy { abs($0) < 1e-4 })
    #expect(block.laplacian.allSatisfy { abs($0) < 1e-2 })
  }

  /// Places in samples: with one, two and three windows along an axis, at the edge and beyond it.
  private static let places: [[Double]] = [
    [1.2, 0.3], [4.1, 2.6], [6.9, 4.7], [8.3, 5.2], [0, 0], [12, 9], [-0.8, 9.9], [5, 3],
  ]

  @Test("Value, gradient and Laplacian equal the definition's", arguments: [true, false])
  func derivatives(weighted: Bool) throws {
    let field = try field(weights: weighted ? Self.weights : nil)
    let reference = SineSquaredReference(field)
    let points = Self.places.map { place in
      zip(place, field.grid.axes).map { 2 * $0 / Double($1.samples - 1) - 1 }
    }
    let block = field.evaluate(at: points.flatMap { $0 }, derivatives: .laplacian)
    expectDerivatives(
      of: block, at: points, named: Self.places,
      values: reference.values)
  }

  @Test("Value and gradient are continuous at the edges of windows")
  func seams() throws {
    let field = try field()
    // The second row of windows begins at 3.5 and the first one ends at 5.5.
    for edge in [3.5, 5.5] {
      let near = [-1e-4, 1e-4].flatMap { [(edge + $0) / 6 - 1, 0.1] }
      let block = field.evaluate(at: near, derivatives: .gradient)
      for channel in 0..<2 {
        #expect(abs(block.value[channel] - block.value[2 + channel]) < 1e-3)
        for axis in 0..<2 {
          let place = 2 * channel + axis
          #expect(abs(block.gradient[place] - block.gradient[4 + place]) < 0.05)
        }
      }
    }
  }

  @Test("Scaled coordinates scale the field's derivatives")
  func stretched() throws {
    let field = try field()
    let factors: [Float] = [0.5, 0.25]
    let points: [Float] = [0.2, -1.5, 0.9, 3.1, -1.1, 0.3]
    let own = field.evaluate(
      at: points.enumerated().map { $1 * factors[$0 % 2] }, derivatives: .gradient)
    let other = field.scalingCoordinates(by: factors).evaluate(at: points, derivatives: .gradient)
    expectClose(actual: other.value, expected: own.value, absolute: 1e-5)
    expectClose(
      actual: other.gradient,
      expected: own.gradient.enumerated().map { $1 * factors[$0 % 2] }, absolute: 1e-4)
  }

  @Test("A point's values depend neither on the number of threads nor on other points")
  func alone() throws {
    let field = try field()
    let points: [Float] = (0..<400).map { Float($0 * 37 % 101) / 45 - 1.1 }
    let all = expectSameResult { field.evaluate(at: points, derivatives: .gradient) }
    let few = field.evaluate(at: Array(points[100..<106]), derivatives: .gradient)
    #expect(few.value == Array(all.value[100..<106]))
    #expect(few.gradient == Array(all.gradient[200..<212]))
  }

  @Test("Every sample lies in the support of a cell, and a cell may extend beyond the samples")
  func supports() throws {
    let axis = try #require(CellAxis(samples: 13, starts: [0, 4, 7], size: 6))
    #expect((0..<3).map { axis.support(of: $0) } == [0..<6, 4..<10, 7..<13])
    #expect(axis.cells == 3 && axis.length == 6 && axis.middle(of: 1) == 6.5)
    #expect(axis.local(9.5, in: 1) == 1)
    #expect(CellAxis(samples: 5, starts: [0], size: 8)?.support(of: 0) == 0..<5)
  }

  @Test(
    "Starts that do not form an axis are refused",
    arguments: [
      (13, [], 6), (13, [0, 4, 4, 7], 6), (13, [0, 7, 4], 6), (13, [0, 6, 7], 6),
      (13, [1, 4, 7], 6),
      (13, [-1, 4, 7], 6), (13, [0, 4], 6), (13, [0, 4, 7, 13], 7), (9, [0, 1, 2, 3, 4], 5),
      (0, [0], 6), (13, [0, 4, 7], 0), (13, [0], 65_537), (Int.max, [0, Int.max - 1], 6),
      (13, [0, Int.max], 6), (13, [Int.min, 4], 6),
    ] as [(Int, [Int], Int)])
  func refused(samples: Int, starts: [Int], size: Int) {
    #expect(CellAxis(samples: samples, starts: starts, size: size) == nil)
  }

  @Test("Weights of cells must be positive, one per cell, and belong to windows of sine squared")
  func weights() throws {
    let grid = try #require(Self.grid)
    let parameters = SirenGrid(grid, Self.shape, seed: 5).parameters
    for wrong in [[], [1, 2], [Float](repeating: 0, count: 9), [Float](repeating: .nan, count: 9)] {
      #expect(SirenGrid(grid, Self.shape, parameters: parameters, cellWeights: wrong) == nil)
    }
    let quintic = CellGrid([
      CellAxis(samples: 13, cells: 3, overlap: 1), CellAxis(samples: 10, cells: 3, overlap: 1),
    ])
    #expect(
      SirenGrid(quintic, Self.shape, parameters: parameters, cellWeights: Self.weights) == nil)
  }

  @Test("Additional units with zero weights do not change the field")
  func widened() {
    var random = Xoshiro256(seed: 4)
    let siren = Siren(
      SirenArchitecture(hiddenWidth: 5, hiddenLayers: 2, outputs: 3, omegaFirst: 6),
      random: &random)
    let wide = siren.widened(to: 9)
    #expect(wide.architecture.hiddenWidth == 9 && siren.widened(to: 5) == siren)
    let points: [Float] = (0..<60).map { _ in random.uniform(in: -1...1) }
    expectClose(
      actual: wide.evaluate(at: points, derivatives: .none).value,
      expected: siren.evaluate(at: points, derivatives: .none).value, absolute: 1e-6)
  }
}

/// The definition in double precision, written for clarity.
private struct SineSquaredReference {
  let field: SirenGrid
  let starts: [[Int]] = [[0, 4, 7], [0, 2, 4]]
  let sizes = [6, 7]

  init(_ field: SirenGrid) { self.field = field }

  func values(at point: [Double]) -> [Double] {
    let shape = field.architecture
    var sum = [Double](repeating: 0, count: shape.outputs)
    var total = 0.0
    for cell in 0..<field.grid.count {
      var weight = Double(field.cellWeights?[cell] ?? 1)
      var local: [Double] = []
      for (axis, index) in field.grid.indices(of: cell).enumerated() {
        let samples = Double(field.grid.axes[axis].samples)
        let place = (point[axis] + 1) / 2 * (samples - 1)
        let t = (place - Double(starts[axis][index]) + 0.5) / Double(sizes[axis])
        // Beyond the ends the outermost cell continues.
        let isBeyond =
          (index == 0 && place < -0.5) || (index + 1 == starts[axis].count && place > samples - 0.5)
        if isBeyond {
          weight *= 1
        } else if t <= 0 || t >= 1 {
          weight = 0
        } else {
          weight *= max(1e-6, sin(Double.pi * t) * sin(Double.pi * t))
        }
        local.append(2 * t - 1)
      }
      if weight == 0 { continue }
      total += weight
      for (channel, value) in network(cell, local).enumerated() { sum[channel] += weight * value }
    }
    return sum.map { $0 / total }
  }

  private func network(_ cell: Int, _ input: [Double]) -> [Double] {
    let shape = field.architecture
    var start = cell * shape.parameterCount
    let parameters = field.parameters
    var values = input
    for layer in shape.layers {
      let outputs = (0..<layer.outputs).map { output -> Double in
        var sum = Double(parameters[start + layer.inputs * layer.outputs + output])
        for input in 0..<layer.inputs {
          sum += Double(parameters[start + output * layer.inputs + input]) * values[input]
        }
        return layer.omega.map { sin(Double($0) * sum) } ?? sum
      }
      start += (layer.inputs + 1) * layer.outputs
      values = outputs
    }
    return values
  }
}
