import CKernels
import Numerics

/// Jets of a network at a few points, and the derivatives of combinations of them with respect to its parameters.
///
/// The memory of all layers stays in the core's cache. Use it on one thread.
package final class DoubleNetworkTile {
  /// The most points of a tile.
  package static let points = 32

  private let network: DoubleNetwork
  private let space: JetSpace
  private let layers: [DoubleNetwork.Shape.Dense]
  private let second: [Double]
  private var count = 0
  /// The inputs of each layer, `[planes, points, inputs]`.
  private var inputs: [UnsafeMutablePointer<Double>] = []
  /// What each hidden layer's activation gets, and what it keeps for the reverse pass.
  private var sums: [UnsafeMutablePointer<Double>] = []
  private var slopes: [UnsafeMutablePointer<Double>] = []
  /// The network's outputs, `[planes, points, outputs]`.
  private let outputs: UnsafeMutablePointer<Double>
  private let cotangent: UnsafeMutablePointer<Double>
  private let spare: UnsafeMutablePointer<Double>
  private var memory: [UnsafeMutablePointer<Double>] = []

  package init(_ network: DoubleNetwork, _ space: JetSpace) {
    precondition(
      space.dimensions == 0 || space.dimensions == network.shape.coordinates,
      "derivatives along \(space.dimensions) of \(network.shape.coordinates) coordinates")
    self.network = network
    self.space = space
    layers = network.shape.dense
    second = space.operators.flatMap { $0 }
    let rows = space.planes * Self.points
    var memory: [UnsafeMutablePointer<Double>] = []
    let allocate = { (size: Int) -> UnsafeMutablePointer<Double> in
      let block = UnsafeMutablePointer<Double>.allocate(capacity: max(1, size))
      block.initialize(repeating: 0, count: max(1, size))
      memory.append(block)
      return block
    }
    for layer in layers { inputs.append(allocate(rows * layer.inputs)) }
    for layer in layers.dropLast() {
      sums.append(allocate(rows * layer.outputs))
      slopes.append(allocate((3 + space.operators.count) * Self.points * layer.outputs))
    }
    let widest = layers.map { max($0.inputs, $0.outputs) }.max() ?? 1
    outputs = allocate(rows * network.shape.outputs)
    cotangent = allocate(rows * widest)
    spare = allocate(rows * widest)
    self.memory = memory
  }

  deinit { for block in memory { block.deallocate() } }

  private func withShape(_ body: (UnsafePointer<ck_jet_shape>) -> Void) {
    second.withUnsafeBufferPointer { second in
      var shape = ck_jet_shape(
        dimensions: Int32(space.dimensions), operators: Int32(space.operators.count),
        second: second.baseAddress,
        activation: network.shape.activation == .sine ? CK_JET_SINE : CK_JET_TANH)
      body(&shape)
    }
  }

  /// Computes the jets at points `range` of `[n, d]`, at most ``points``.
  package func forward(_ points: [Double], _ range: Range<Int>) {
    precondition(range.count <= Self.points, "\(range.count) points in a tile")
    count = range.count
    let d = network.shape.coordinates
    let first = inputs[0]
    first.update(repeating: 0, count: space.planes * count * d)
    for index in 0..<count * d { first[index] = points[range.lowerBound * d + index] }
    for axis in 0..<space.dimensions {
      for point in 0..<count { first[((1 + axis) * count + point) * d + axis] = 1 }
    }
    network.parameters.withUnsafeBufferPointer { parameters in
      guard let weights = parameters.baseAddress else { return }
      withShape { shape in
        for (index, layer) in layers.enumerated() {
          let isLast = index == layers.count - 1
          let target = isLast ? outputs : sums[index]
          LinearAlgebra.multiply(
            inputs[index], weights + layer.start, into: target, rows: space.planes * count,
            columns: layer.outputs, shared: layer.inputs, transposed: true, scale: layer.omega)
          for point in 0..<count {
            for unit in 0..<layer.outputs {
              target[point * layer.outputs + unit] += layer.omega * weights[layer.biasStart + unit]
            }
          }
          if !isLast {
            ck_jet_activate(
              shape, target, inputs[index + 1], slopes[index], count * layer.outputs)
          }
        }
      }
    }
  }

  /// A number of a point's jet.
  package func jet(_ plane: Int, _ point: Int, _ output: Int) -> Double {
    outputs[(plane * count + point) * network.shape.outputs + output]
  }

  /// Writes the derivatives of one number per point, a combination of the point's jet, with respect to all parameters.
  ///
  /// - Parameters:
  ///   - factors: `[planes, points, outputs]`: the number's derivatives with respect to the jet.
  ///   - rows: where the first point's derivatives begin.
  ///   - line: the distance from one point's to the next point's.
  ///   - lastLayerOnly: whether only the derivatives for the last layer are written, from the start of a row on.
  package func reverse(
    _ factors: UnsafePointer<Double>, to rows: UnsafeMutablePointer<Double>, line: Int,
    lastLayerOnly: Bool = false
  ) {
    if lastLayerOnly {
      guard let last = layers.last, let input = inputs.last else { return }
      ck_jet_derivative(
        factors, input, space.planes, count, last.outputs, last.inputs, last.omega, rows, line)
      return
    }
    cotangent.update(from: factors, count: space.planes * count * network.shape.outputs)
    network.parameters.withUnsafeBufferPointer { parameters in
      guard let weights = parameters.baseAddress else { return }
      withShape { shape in
        for (index, layer) in layers.enumerated().reversed() {
          if index < layers.count - 1 {
            ck_jet_reverse(shape, sums[index], slopes[index], cotangent, count * layer.outputs)
          }
          ck_jet_derivative(
            cotangent, inputs[index], space.planes, count, layer.outputs, layer.inputs, layer.omega,
            rows + layer.start, line)
          guard index > 0 else { break }
          LinearAlgebra.multiply(
            cotangent, weights + layer.start, into: spare, rows: space.planes * count,
            columns: layer.inputs, shared: layer.outputs, transposed: false, scale: layer.omega)
          cotangent.update(from: spare, count: space.planes * count * layer.inputs)
        }
      }
    }
  }
}
