import DifferentiableCore
import Fields
import Fitting
import Numerics
import TestSupport
import Testing

@Suite("Fields of one sine layer on a grid") struct SeparatedFieldTests {
  /// A field whose units take the given number of vertical frequencies in turn.
  private func field(
    width: Int, frequencies: Int, outputs: Int, hiddenLayers: Int = 0, seed: UInt64 = 3
  ) -> Siren {
    var random = Xoshiro256(seed: seed)
    var field = Siren(
      SirenArchitecture(
        hiddenWidth: width, hiddenLayers: hiddenLayers, outputs: outputs, omegaFirst: 20),
      random: &random)
    for unit in 0..<width {
      let level = Float(unit % frequencies)
      field.parameters.values[2 * unit] = level / 4 - 0.5
      // Some units share their phase too.
      field.parameters.values[2 * unit + 1] = Float(unit % 7) / 3 - 1
    }
    return field
  }

  /// The largest difference over the largest expected number, or over 1 if that is less.
  private func error(_ found: [Float], _ expected: [Float]) -> Double {
    maximumDifference(found, expected) / Double(expected.reduce(1) { max($0, abs($1)) })
  }

  @Test(
    "Values and derivatives on a grid equal those at its points",
    arguments: [(1, 1, 1), (40, 1, 3), (40, 13, 3), (64, 32, 2), (30, 30, 1)], [(1, 9), (35, 4)])
  func values(shape: (width: Int, frequencies: Int, outputs: Int), size: (rows: Int, columns: Int))
    throws
  {
    let field = field(width: shape.width, frequencies: shape.frequencies, outputs: shape.outputs)
    var random = Xoshiro256(seed: 8)
    let rows = (0..<size.rows).map { _ in 3 * random.uniform(in: -1...1) }
    let columns = (0..<size.columns).map { _ in 3 * random.uniform(in: -1...1) }
    let points = rows.flatMap { row in columns.flatMap { [row, $0] } }
    for derivatives in FieldDerivatives.allCases {
      let found = try #require(
        SeparatedField(field, columns: columns, derivatives: derivatives)
      ).evaluate(rows: rows)
      let expected = field.evaluate(at: points, derivatives: derivatives)
      #expect(found.points == 0..<size.rows * size.columns)
      #expect(error(found.value, expected.value) < 1e-4)
      // Derivatives that were not requested are empty.
      for (own, other) in [
        (found.gradient, expected.gradient), (found.laplacian, expected.laplacian),
      ] where !(own.isEmpty && other.isEmpty) {
        #expect(error(own, other) < 1e-4)
      }
      #expect(found.gradient.isEmpty == (derivatives == .none))
      #expect(found.laplacian.isEmpty == (derivatives != .laplacian))
    }
    #expect(
      error(
        FieldRenderer.values(of: field, rows: rows, columns: columns),
        field.evaluate(at: points).value) < 1e-4)
  }

  @Test("Networks that cannot be separated are evaluated point by point")
  func others() {
    for other in [
      field(width: 40, frequencies: 20, outputs: 3),
      field(width: 40, frequencies: 2, outputs: 3, hiddenLayers: 1),
    ] {
      #expect(SeparatedField(other, columns: [0, 1]) == nil)
      #expect(
        FieldRenderer.values(of: other, rows: [0.5, -1], columns: [0, 1])
          == other.evaluate(at: [0.5, 0, 0.5, 1, -1, 0, -1, 1]).value)
    }
    // Tables that would fill the memory.
    let long = [Float](repeating: 0, count: 1 << 21)
    #expect(SeparatedField(field(width: 60, frequencies: 20, outputs: 1), columns: long) == nil)
    var random = Xoshiro256(seed: 1)
    let sound = Siren(SirenArchitecture(coordinates: 1, hiddenLayers: 0), random: &random)
    #expect(SeparatedField(sound, columns: [0]) == nil)
  }
}
