import DifferentiableCore
import Foundation

/// A network of one sine layer over two coordinates, taken apart for the points of a grid.
///
/// Since `sin(a y + t) = sin(a y) cos(t) + cos(a y) sin(t)`, what the columns contribute is summed over all units
/// of the same vertical frequency a once, and every row is a product of matrices with these sums. Of the fields
/// that priors generate, whose thousands of units have some dozens of frequencies, that takes a hundredth of
/// the operations.
public struct SeparatedField: Sendable {
  /// What the columns contribute: for each vertical frequency the cosines' sums and the sines' sums,
  /// `[2 frequencies, columns * outputs]`.
  private let columns: SingleMatrix
  /// In radians a coordinate unit.
  private let frequencies: [Double]
  /// Of the last layer, `[outputs]`.
  private let biases: [Float]

  /// Rows that one piece of work takes.
  private static let rowsAPiece = 16
  /// The most numbers of a table: 256 MB.
  private static let mostNumbers = 1 << 26

  /// Takes a network apart; nil for one of several sine layers, or whose units have so many vertical frequencies
  /// that it is better evaluated point by point, or whose tables would be larger than 256 MB.
  ///
  /// - Parameters:
  ///   - field: from (row, column) to values.
  ///   - columns: of the grid, each usually in -1...1.
  public init?(_ field: Siren, columns: [Float]) {
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
    let largest = max(members.count * outputs, phases.distinct.count)
    guard members.count * outputs <= units,
      2 * largest * columns.count <= Self.mostNumbers
    else { return nil }
    frequencies = members.map { omega * Double(weights[2 * $0[0]]) }

    let waves = phases.waves(omega: omega, columns: columns)
    let count = columns.count
    let sums = Parallel.map(members.count) { [members] group -> [Float] in
      let own = members[group]
      var result: [Float] = []
      for part in [waves.cosines, waves.sines] {
        let mixed = SingleMatrix(
          rows: outputs, columns: own.count,
          values: (0..<outputs).flatMap { output in own.map { outer[output * units + $0] } }
        ).multiplied(by: part.rows(own.map { phases.places[$0] }))
        for column in 0..<count {
          for output in 0..<outputs { result.append(mixed.values[output * count + column]) }
        }
      }
      return result
    }
    self.columns = SingleMatrix(
      rows: 2 * members.count, columns: count * outputs, values: Array(sums.joined()))
  }

  /// The values of some rows of the grid.
  ///
  /// - Parameter rows: their coordinates, each usually in -1...1.
  /// - Returns: `[rows, columns, outputs]`.
  public func values(rows: [Float]) -> [Float] {
    let pieces = (rows.count + Self.rowsAPiece - 1) / Self.rowsAPiece
    let parts = Parallel.map(pieces) { piece -> [Float] in
      let own = rows[piece * Self.rowsAPiece..<min(rows.count, (piece + 1) * Self.rowsAPiece)]
      let waves = own.flatMap { row in
        frequencies.flatMap { frequency -> [Float] in
          let angle = frequency * Double(row)
          return [Float(sin(angle)), Float(cos(angle))]
        }
      }
      var values = SingleMatrix(rows: own.count, columns: 2 * frequencies.count, values: waves)
        .multiplied(by: columns).values
      for index in values.indices { values[index] += biases[index % biases.count] }
      return values
    }
    return Array(parts.joined())
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
