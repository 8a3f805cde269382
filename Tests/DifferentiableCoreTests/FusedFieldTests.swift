import CKernels
import DifferentiableCore
import Foundation
import Numerics
import TestSupport
import Testing

/// The fused kernels against a double-precision network, on every instruction set of this machine.
@Suite struct FusedFieldTests {
  /// Portable, and whatever else this processor has.
  static let levels = Array(0...Int(ck_instruction_level()))

  struct Shape: Sendable, CustomStringConvertible {
    var coordinates: Int
    var widths: [Int]
    var endsInSine = false
    var omegas: [Float?] {
      widths.indices.map { $0 == widths.count - 1 && !endsInSine ? nil : 30 }
    }
    var description: String { "\(coordinates) -> \(widths)\(endsInSine ? " sine" : "")" }
  }

  static let shapes: [Shape] =
    [1, 31, 32, 33, 255, 256, 257].enumerated().flatMap {
      index, width -> [Shape] in
      let layers = [Int](repeating: width, count: width < 100 ? 3 : 2)
      return (0..<(width < 100 ? 4 : 1)).map { more in
        Shape(coordinates: 1 + (index + more) % 4, widths: layers + [1 + (index + 2 * more) % 3])
      }
    } + [
      Shape(coordinates: 2, widths: [40, 24, 64]), Shape(coordinates: 3, widths: [20, 70]),
      Shape(coordinates: 7, widths: [24, 24, 2]),
    ]

  private struct Case {
    let network: DoubleSineNetwork
    let field: FusedField
    let parameters: [Float]
    let coordinates: [Float]
    let points: Int
  }

  private func makeCase(
    _ shape: Shape, points: Int, level: Int, omegas: [Float?]? = nil
  ) throws -> Case {
    let omegas = omegas ?? shape.omegas
    var random = Xoshiro256(seed: UInt64(points + shape.widths[0]))
    var parameters: [Float] = []
    var inputs = shape.coordinates
    for (index, width) in shape.widths.enumerated() {
      let bound = index == 0 ? 1 / Float(inputs) : (6 / Float(inputs)).squareRoot() / 30
      parameters += (0..<width * inputs).map { _ in random.uniform(in: -bound...bound) }
      let bias = 1 / Float(inputs).squareRoot()
      parameters += (0..<width).map { _ in random.uniform(in: -bias...bias) }
      inputs = width
    }
    let field = try #require(
      FusedField(
        coordinates: shape.coordinates, widths: shape.widths, omegas: omegas, level: level))
    return Case(
      network: DoubleSineNetwork(
        coordinates: shape.coordinates, widths: shape.widths,
        omegas: omegas.map { $0.map(Double.init) }, parameters: parameters.map(Double.init)),
      field: field, parameters: parameters,
      coordinates: (0..<points * shape.coordinates).map { _ in random.uniform(in: -1...1) },
      points: points)
  }

  /// Weights of the outputs in a made-up loss: derivatives count less, being larger.
  private func cotangents(_ item: Case, _ mode: FusedField.Mode) -> FieldTileValues {
    var random = Xoshiro256(seed: 5)
    var result = FieldTileValues(
      item.points, outputs: item.field.outputs, coordinates: item.field.coordinates, mode)
    result.value = result.value.map { _ in random.uniform(in: -1...1) }
    result.gradient = result.gradient.map { _ in random.uniform(in: -0.1...0.1) }
    result.laplacian = result.laplacian.map { _ in random.uniform(in: -0.001...0.001) }
    return result
  }

  private func loss(_ network: DoubleSineNetwork, _ item: Case, _ weights: FieldTileValues)
    -> Double
  {
    let (d, c) = (item.field.coordinates, item.field.outputs)
    var total = 0.0
    for point in 0..<item.points {
      let outputs = network.outputs(
        at: item.coordinates[point * d..<(point + 1) * d].map(Double.init))
      for channel in 0..<c {
        total += Double(weights.value[point * c + channel]) * outputs.value[channel]
        if !weights.gradient.isEmpty {
          for axis in 0..<d {
            total +=
              Double(weights.gradient[(point * c + channel) * d + axis])
              * outputs.gradient[channel][axis]
          }
        }
        if !weights.laplacian.isEmpty {
          total += Double(weights.laplacian[point * c + channel]) * outputs.laplacian[channel]
        }
      }
    }
    return total
  }

  @Test(arguments: shapes, levels)
  func outputsAndGradientsFollowTheDoubleNetwork(shape: Shape, level: Int) throws {
    let counts = shape.widths[0] > 100 ? [13] : [1, 11, 12, 13, 50]
    for points in counts {
      for mode in FusedField.Mode.allCases {
        let item = try makeCase(shape, points: points, level: level)
        let weights = cotangents(item, mode)
        let found = run(item, mode, weights)
        expectOutputs(found.outputs, item, "\(shape), \(points) points, \(mode), level \(level)")

        // The derivative along a random direction, by central differences in double.
        var random = Xoshiro256(seed: 17)
        let direction = item.parameters.map { _ in Double(random.uniform(in: -1...1)) }
        let moved = { (distance: Double) -> Double in
          var network = item.network
          for index in direction.indices {
            network.parameters[index] += distance * direction[index]
          }
          return loss(network, item, weights)
        }
        let step = 1e-6
        let numerical = (moved(step) - moved(-step)) / (2 * step)
        let analytic = pairs(direction, found.gradient).reduce(0) { $0 + $1.0 * Double($1.1) }
        let length = found.gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(
          abs(numerical - analytic) <= 5e-5 * length + 1e-7,
          "\(shape), \(points) points, \(mode), level \(level): \(numerical) and \(analytic)")
      }
    }
  }

  private func run(
    _ item: Case, _ mode: FusedField.Mode, _ weights: FieldTileValues
  ) -> (outputs: FieldTileValues, gradient: [Float]) {
    let (d, c) = (item.field.coordinates, item.field.outputs)
    let packed = item.field.packed(item.parameters)
    let coordinates = item.coordinates
    let collected = Collected(
      FieldTileValues(item.points, outputs: c, coordinates: d, mode), coordinates: d, outputs: c)
    let (_, gradient) = item.field.lossGradient(
      of: item.points, packed, mode,
      coordinates: { Array(coordinates[$0.lowerBound * d..<$0.upperBound * d]) }
    ) { points, outputs, slopes in
      collected.put(outputs, at: points)
      slopes.value = Array(weights.value[points.lowerBound * c..<points.upperBound * c])
      if !slopes.gradient.isEmpty {
        slopes.gradient = Array(
          weights.gradient[points.lowerBound * c * d..<points.upperBound * c * d])
      }
      if !slopes.laplacian.isEmpty {
        slopes.laplacian = Array(weights.laplacian[points.lowerBound * c..<points.upperBound * c])
      }
      return 0
    }
    return (collected.values, gradient)
  }

  private func expectOutputs(_ found: FieldTileValues, _ item: Case, _ what: String) {
    let (d, c) = (item.field.coordinates, item.field.outputs)
    var worst = (value: 0.0, gradient: 0.0, laplacian: 0.0)
    var largest = (gradient: 1.0, laplacian: 1.0)
    for point in 0..<item.points {
      let truth = item.network.outputs(
        at: item.coordinates[point * d..<(point + 1) * d].map(Double.init))
      for channel in 0..<c {
        let at = point * c + channel
        worst.value = larger(worst.value, abs(Double(found.value[at]) - truth.value[channel]))
        if !found.gradient.isEmpty {
          for axis in 0..<d {
            let exact = truth.gradient[channel][axis]
            largest.gradient = max(largest.gradient, abs(exact))
            worst.gradient = larger(
              worst.gradient, abs(Double(found.gradient[at * d + axis]) - exact))
          }
        }
        if !found.laplacian.isEmpty {
          let exact = truth.laplacian[channel]
          largest.laplacian = max(largest.laplacian, abs(exact))
          worst.laplacian = larger(worst.laplacian, abs(Double(found.laplacian[at]) - exact))
        }
      }
    }
    #expect(worst.value <= 2e-5, "\(what): value")
    #expect(worst.gradient <= 3e-5 * largest.gradient, "\(what): gradient")
    #expect(worst.laplacian <= 6e-5 * largest.laplacian, "\(what): Laplacian")
  }

  @Test(arguments: FusedField.Mode.allCases)
  func resultsDoNotDependOnTheNumberOfThreads(mode: FusedField.Mode) throws {
    let shape = Shape(coordinates: 2, widths: [33, 40, 2])
    let item = try makeCase(shape, points: 3_001, level: Int(ck_instruction_level()))
    let weights = cotangents(item, mode)
    expectSameResult {
      let (outputs, gradient) = run(item, mode, weights)
      return [gradient, outputs.value, outputs.gradient, outputs.laplacian]
    }
  }

  /// A network that is just sin(omega x): the sine inside the kernels, over what omega 3000 reaches.
  @Test(arguments: levels, [Float(30), 3_000, 98_000])
  func theSineIsCorrectToTwoUnits(level: Int, omega: Float) throws {
    let field = try #require(
      FusedField(coordinates: 1, widths: [1, 1], omegas: [omega, nil], level: level))
    var random = Xoshiro256(seed: 3)
    let inputs = (0..<(omega == 3_000 ? 1_000_000 : 100_000)).map { _ in
      random.uniform(in: -1...1)
    }
    let collected = Collected(
      FieldTileValues(inputs.count, outputs: 1, coordinates: 1, .gradient), coordinates: 1,
      outputs: 1)
    field.forEachTile(
      of: inputs.count, field.packed([1, 0, 1, 0]), .gradient, coordinates: { Array(inputs[$0]) }
    ) { collected.put($1, at: $0) }
    let results = collected.values
    var worst = (sine: 0.0, cosine: 0.0)
    for (index, input) in inputs.enumerated() {
      let phase = Double(input * omega)
      let unit = { (truth: Double) in max(0x1p-24, Double(Float(abs(truth)).ulp)) }
      worst.sine = larger(
        worst.sine, abs(Double(results.value[index]) - sin(phase)) / unit(sin(phase)))
      // The derivative is omega cos, rounded once more.
      let cosine = Double(results.gradient[index]) / Double(omega)
      worst.cosine = larger(worst.cosine, abs(cosine - cos(phase)) / unit(cos(phase)))
    }
    #expect(worst.sine <= 2 && worst.cosine <= 3, "\(worst)")
  }

  @Test(arguments: levels)
  func hugePhasesInfinitiesAndNaN(level: Int) throws {
    let field = try #require(
      FusedField(coordinates: 1, widths: [1, 1], omegas: [1, nil], level: level))
    let inputs: [Float] = [1e6, -3e9, 1e30, .infinity, -.infinity, .nan, 0.5, 0, 2e5]
    let collected = Collected(
      FieldTileValues(inputs.count, outputs: 1, coordinates: 1, .value), coordinates: 1, outputs: 1)
    field.forEachTile(
      of: inputs.count, field.packed([1, 0, 1, 0]), .value, coordinates: { Array(inputs[$0]) }
    ) { collected.put($1, at: $0) }
    for (input, result) in pairs(inputs, collected.values.value) {
      let truth = sin(Double(input))
      #expect(
        (truth.isNaN && result.isNaN) || abs(Double(result) - truth) <= 1.2e-7, "sin \(input)")
    }
  }

  @Test func shapesBeyondTheKernelsAreRefused() {
    #expect(FusedField(coordinates: 65, widths: [8, 1], omegas: [30, nil]) == nil)
    #expect(FusedField(coordinates: 0, widths: [8, 1], omegas: [30, nil]) == nil)
    #expect(FusedField(coordinates: 2, widths: [1], omegas: [nil]) == nil)
    #expect(FusedField(coordinates: 2, widths: [8, 8, 1], omegas: [30, nil, nil]) == nil)
    #expect(FusedField(coordinates: 2, widths: [8, 1], omegas: [30, nil]) != nil)
  }
}

/// Gathers tiles from several threads; each writes its own points.
private final class Collected: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var values: FieldTileValues
  private let coordinates: Int
  private let outputs: Int

  init(_ zeros: FieldTileValues, coordinates: Int, outputs: Int) {
    values = zeros
    self.coordinates = coordinates
    self.outputs = outputs
  }

  func put(_ tile: FieldTileValues, at points: Range<Int>) {
    lock.withLock {
      let put = { (all: inout [Float], own: [Float], width: Int) in
        if own.isEmpty { return }
        all.replaceSubrange(points.lowerBound * width..<points.upperBound * width, with: own)
      }
      put(&values.value, tile.value, outputs)
      put(&values.gradient, tile.gradient, outputs * coordinates)
      put(&values.laplacian, tile.laplacian, outputs)
    }
  }
}
