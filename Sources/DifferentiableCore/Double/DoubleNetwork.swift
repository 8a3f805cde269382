import Numerics

/// A small dense network in double precision: hidden layers `s(omega (W x + b))` and a linear last layer.
///
/// It is for equations that are solved to more digits than single precision has. The parameters are W `[outputs, inputs]`
/// and b of each layer in turn, as in a SIREN's file.
public struct DoubleNetwork: Sendable, Equatable {
  /// The activation of the hidden layers.
  public enum Activation: String, Sendable, CaseIterable {
    /// A sine, as in a SIREN.
    case sine
    /// The hyperbolic tangent.
    case tanh
  }

  /// The shape of a network.
  public struct Shape: Sendable, Equatable {
    /// Number of coordinates.
    public var coordinates: Int
    /// Units of every hidden layer.
    public var width: Int
    /// Number of hidden layers, at least 1.
    public var layers: Int
    /// Number of values.
    public var outputs: Int
    /// The activation of the hidden layers.
    public var activation: Activation
    /// The factor inside the first activation.
    public var omegaFirst: Double
    /// The factor inside the other activations.
    public var omegaHidden: Double

    /// A shape; every size is at least 1.
    public init(
      coordinates: Int, width: Int, layers: Int = 1, outputs: Int = 1,
      activation: Activation = .sine, omegaFirst: Double = 3, omegaHidden: Double = 1
    ) {
      precondition(
        coordinates >= 1 && width >= 1 && layers >= 1 && outputs >= 1,
        "a network of \(coordinates) coordinates, \(layers) layers of \(width), \(outputs) outputs")
      self.coordinates = coordinates
      self.width = width
      self.layers = layers
      self.outputs = outputs
      self.activation = activation
      self.omegaFirst = omegaFirst
      self.omegaHidden = omegaHidden
    }

    /// Number of weights and biases.
    public var parameterCount: Int { dense.reduce(0) { $0 + ($1.inputs + 1) * $1.outputs } }

    /// Number of weights and biases of the last layer, which are the last parameters.
    public var lastLayerCount: Int { (width + 1) * outputs }

    /// One dense layer and where its weights begin.
    struct Dense {
      let inputs: Int
      let outputs: Int
      /// 1 for the last layer.
      let omega: Double
      let start: Int
      var biasStart: Int { start + inputs * outputs }
    }

    /// The layers, first to last.
    var dense: [Dense] {
      var result: [Dense] = []
      var start = 0
      for index in 0...layers {
        let isLast = index == layers
        let layer = Dense(
          inputs: index == 0 ? coordinates : width, outputs: isLast ? outputs : width,
          omega: isLast ? 1 : index == 0 ? omegaFirst : omegaHidden, start: start)
        result.append(layer)
        start = layer.biasStart + layer.outputs
      }
      return result
    }
  }

  /// The shape.
  public let shape: Shape
  /// The weights and biases of all layers.
  public var parameters: [Double]

  /// A network with given parameters.
  public init(_ shape: Shape, parameters: [Double]) {
    precondition(
      parameters.count == shape.parameterCount,
      "\(parameters.count) parameters, expected \(shape.parameterCount)")
    self.shape = shape
    self.parameters = parameters
  }

  /// A network with random weights.
  ///
  /// The first layer's weights are uniform in -1...1 and the other hidden layers' in plus or minus
  /// `sqrt(6 / n) / omega`, so that omega sets the frequencies (arXiv 2006.09661, section 3.2). Biases turn every sine
  /// by a random angle. The last layer starts small.
  public init(_ shape: Shape, random: inout Xoshiro256) {
    var values: [Double] = []
    let uniform = { (bound: Double, random: inout Xoshiro256) in bound * (2 * random.uniform() - 1)
    }
    for (index, layer) in shape.dense.enumerated() {
      let isLast = index == shape.layers
      let scale =
        index == 0
        ? 1
        : isLast
          ? 0.1 / Double(layer.inputs).squareRoot()
          : (6 / Double(layer.inputs)).squareRoot() / layer.omega
      for _ in 0..<layer.inputs * layer.outputs { values.append(uniform(scale, &random)) }
      let turn = shape.activation == .sine ? Double.pi / layer.omega : 1
      for _ in 0..<layer.outputs { values.append(isLast ? 0 : uniform(turn, &random)) }
    }
    self.init(shape, parameters: values)
  }

  /// The jets at points, `[planes, n, outputs]`.
  ///
  /// - Parameter points: `[n, d]`, row-major.
  public func jets(at points: [Double], _ space: JetSpace) -> [Double] {
    let (d, outputs) = (shape.coordinates, shape.outputs)
    let count = points.count / d
    precondition(points.count == count * d, "\(points.count) numbers for \(d) coordinates")
    var result = [Double](repeating: 0, count: space.planes * count * outputs)
    let tile = DoubleNetworkTile.points
    result.withUnsafeMutableBufferPointer { result in
      guard let base = result.baseAddress else { return }
      // Safe to share: every tile writes points of its own.
      nonisolated(unsafe) let target = base
      Parallel.forEach((count + tile - 1) / tile) { index in
        let range = index * tile..<min(count, (index + 1) * tile)
        let work = DoubleNetworkTile(self, space)
        work.forward(points, range)
        for plane in 0..<space.planes {
          for point in 0..<range.count {
            for output in 0..<outputs {
              target[(plane * count + range.lowerBound + point) * outputs + output] =
                work.jet(plane, point, output)
            }
          }
        }
      }
    }
    return result
  }

  /// The values at points, `[n, outputs]`.
  public func values(at points: [Double]) -> [Double] { jets(at: points, .value) }
}
