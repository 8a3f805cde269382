import DifferentiableCore
import Foundation
import Numerics

/// A network of one sine layer over two coordinates, taken apart for the points of a grid.
///
/// Since `sin(a y + t) = sin(a y) cos(t) + cos(a y) sin(t)`, what the columns contribute is summed over all units
/// of the same vertical frequency a once, and every row is a product of matrices with these sums; so it is with
/// derivatives, which multiply units by their frequencies. Of the fields that priors generate, whose thousands
/// of units have some dozens of frequencies, that takes a hundredth of the operations.
public struct SeparatedField: Sendable {
  /// What the columns contribute to the value: for each vertical frequency the cosines' sums and the sines' sums,
  /// `[2 frequencies, columns * outputs]`.
  private let value: SingleMatrix
  /// To the derivative along the columns, and to the Laplacian; nil unless asked for.
  private let slope: SingleMatrix?
  private let laplacian: SingleMatrix?
  private let derivatives: FieldDerivatives
  /// In radians a coordinate unit.
  private let frequencies: [Double]
  /// Of the last layer, `[outputs]`.
  private let biases: [Float]

  /// Rows that one piece of work takes.
  private static let rowsAPiece = 16
  /// The most numbers of all tables: 256 MB.
  private static let mostNumbers = 1 << 26

  /// Takes a network apart; nil for one of several sine layers, or whose units have so many vertical frequencies
  /// that it is better evaluated point by point, or whose tables would be larger than 256 MB.
  ///
  /// - Parameters:
  ///   - field: from (row, column) to values.
  ///   - columns: of the grid, each usually in -1...1.
  ///   - derivatives: what will be asked for.
  public init?(_ field: Siren, columns: [Float], derivatives: FieldDerivatives = .none) {
    let architecture = field.architecture
    guard architecture.coordinates == 2, architecture.hiddenLayers == 0,
      architecture.layers.count == 2
    else { return nil }
    let (first, last) = (architecture.layers[0], architecture.layers[1])
    guard let scale = first.omega else { return nil }
    let omega = Double(scale)
    let parameters = field.parameters.views()
    let weights = parameters[first.weightName].values
    let shifts = parameters[first.biasName].values
    let outer = parameters[last.weightName].values
    biases = parameters[last.biasName].values
    self.derivatives = derivatives
    let (units, outputs) = (first.outputs, last.outputs)

    var groups: [Float: Int] = [:]
    var members: [[Int]] = []
    for unit in 0..<units {
      let group = groups[weights[2 * unit], default: members.count]
      if group == members.count {
        groups[weights[2 * unit]] = group
        members.append([])
      }
      members[group].append(unit)
    }
    let phases = Phases(weights: weights, shifts: shifts)
    let tables = derivatives == .none ? 1 : derivatives == .gradient ? 2 : 3
    let largest = max(members.count * outputs, phases.distinct.count)
    guard members.count * outputs <= units,
      2 * largest * columns.count * tables <= Self.mostNumbers
    else { return nil }
    frequencies = members.map { omega * Double(weights[2 * $0[0]]) }

    let waves = phases.waves(omega: omega, columns: columns)
    let count = columns.count
    // The sums of waves over the units of each vertical frequency, times the last layer and a factor of the unit.
    let table = {
      [members] (parts: [(waves: SingleMatrix, factors: [Float])]) -> SingleMatrix in
      let sums = Parallel.map(members.count) { group -> [Float] in
        let own = members[group]
        return parts.flatMap { part -> [Float] in
          let mixed = SingleMatrix(
            rows: outputs, columns: own.count,
            values: (0..<outputs).flatMap { output in
              own.map { outer[output * units + $0] * part.factors[$0] }
            }
          ).multiplied(by: part.waves.rows(own.map { phases.places[$0] }))
          return (0..<count * outputs).map { mixed.values[$0 % outputs * count + $0 / outputs] }
        }
      }
      return SingleMatrix(
        rows: 2 * members.count, columns: count * outputs, values: Array(sums.joined()))
    }
    let own = (0..<units).map { unit in
      (down: omega * Double(weights[2 * unit]), right: omega * Double(weights[2 * unit + 1]))
    }
    let ones = [Float](repeating: 1, count: units)
    value = table([(waves.cosines, ones), (waves.sines, ones)])
    let turned = [
      (waves.sines, own.map { Float(-$0.right) }), (waves.cosines, own.map { Float($0.right) }),
    ]
    slope = derivatives == .none ? nil : table(turned)
    let squares = own.map { Float(-$0.down * $0.down - $0.right * $0.right) }
    laplacian =
      derivatives == .laplacian ? table([(waves.cosines, squares), (waves.sines, squares)]) : nil
  }

  /// The values of some rows of the grid, and the derivatives that were asked for.
  ///
  /// - Parameter rows: their coordinates, each usually in -1...1.
  /// - Returns: the points row by row.
  public func evaluate(rows: [Float]) -> FieldBlock {
    let columns = value.columns / max(1, biases.count)
    var result = FieldBlock(
      points: 0..<rows.count * columns, coordinates: 2, outputs: biases.count, derivatives)
    let pieces = (rows.count + Self.rowsAPiece - 1) / Self.rowsAPiece
    let parts = Parallel.map(pieces) { piece -> FieldBlock in
      let own = piece * Self.rowsAPiece..<min(rows.count, (piece + 1) * Self.rowsAPiece)
      return evaluate(
        rows: Array(rows[own]), points: own.lowerBound * columns..<own.upperBound * columns)
    }
    for part in parts { result.replace(by: part) }
    return result
  }

  private func evaluate(rows: [Float], points: Range<Int>) -> FieldBlock {
    var result = FieldBlock(points: points, coordinates: 2, outputs: biases.count, derivatives)
    let waves = waves(rows)
    result.value = waves.multiplied(by: value).values
    for index in result.value.indices { result.value[index] += biases[index % biases.count] }
    if let slope {
      let down = slopes(of: waves).multiplied(by: value).values
      let right = waves.multiplied(by: slope).values
      for index in down.indices {
        result.gradient[2 * index] = down[index]
        result.gradient[2 * index + 1] = right[index]
      }
    }
    if let laplacian { result.laplacian = waves.multiplied(by: laplacian).values }
    return result
  }

  /// The sine and the cosine of each row at each vertical frequency, `[rows, 2 frequencies]`.
  private func waves(_ rows: [Float]) -> SingleMatrix {
    SingleMatrix(
      rows: rows.count, columns: 2 * frequencies.count,
      values: rows.flatMap { row in
        frequencies.flatMap { frequency -> [Float] in
          let angle = frequency * Double(row)
          return [Float(sin(angle)), Float(cos(angle))]
        }
      })
  }

  /// Their derivatives along the rows.
  private func slopes(of waves: SingleMatrix) -> SingleMatrix {
    var result = waves
    for index in stride(from: 0, to: waves.values.count, by: 2) {
      let frequency = Float(frequencies[index / 2 % frequencies.count])
      result.values[index] = frequency * waves.values[index + 1]
      result.values[index + 1] = -frequency * waves.values[index]
    }
    return result
  }
}

/// What units do along a row, `omega (b x + c)`: many of them do the same.
private struct Phases: Sendable {
  /// A horizontal weight and a bias.
  struct Phase: Hashable, Sendable {
    let weight: Float
    let bias: Float
  }

  private(set) var distinct: [Phase] = []
  /// The place of each unit's in ``distinct``.
  private(set) var places: [Int] = []

  /// - Parameters:
  ///   - weights: `[units, 2]`.
  ///   - shifts: `[units]`.
  init(weights: [Float], shifts: [Float]) {
    var found: [Phase: Int] = [:]
    for unit in shifts.indices {
      let phase = Phase(weight: weights[2 * unit + 1], bias: shifts[unit])
      let place = found[phase, default: distinct.count]
      if place == distinct.count {
        found[phase] = place
        distinct.append(phase)
      }
      places.append(place)
    }
  }

  /// Cosines and sines at all columns, `[distinct, columns]`.
  func waves(omega: Double, columns: [Float]) -> (cosines: SingleMatrix, sines: SingleMatrix) {
    let angles = distinct.flatMap { phase in
      columns.map { omega * (Double(phase.weight) * Double($0) + Double(phase.bias)) }
    }
    let matrix = { (values: [Float]) in
      SingleMatrix(rows: distinct.count, columns: columns.count, values: values)
    }
    return (matrix(angles.map { Float(cos($0)) }), matrix(angles.map { Float(sin($0)) }))
  }
}
