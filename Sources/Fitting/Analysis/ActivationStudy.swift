import DifferentiableCore
import Fields
import Numerics
import Signals

/// How one kind of number in a layer is distributed over units and inputs, and which frequencies it
/// holds.
public struct ActivationStatistics: Sendable, Equatable {
  /// Of all units at all inputs.
  public var histogram: Histogram
  /// The magnitudes of the Fourier transform of the sum over units, as the notebook takes it: at
  /// index k, of k cycles over the whole input.
  public var spectrum: [Double]

  /// The mean frequency, weighted by the squared magnitudes, in cycles over the whole input; the
  /// constant part is left out.
  public var meanFrequency: Double {
    var (weighted, total) = (0.0, 0.0)
    for (frequency, magnitude) in spectrum.enumerated().dropFirst() {
      weighted += Double(frequency) * magnitude * magnitude
      total += magnitude * magnitude
    }
    return total > 0 ? weighted / total : 0
  }
}

/// What goes on in one sine layer.
public struct LayerActivations: Sendable, Equatable {
  /// Before the sine: `omega (W x + b)`.
  public var preactivation: ActivationStatistics
  /// After the sine.
  public var activation: ActivationStatistics
  /// The derivative of the mean output with respect to the pre-activation.
  public var preactivationGradient: ActivationStatistics
  /// The derivative of the mean output with respect to the activation.
  public var activationGradient: ActivationStatistics
}

/// The distributions of everything inside a freshly initialized SIREN of one input and one output
/// (arXiv 2006.09661, supplement 1, figure 2, and the notebook).
public struct ActivationStudy: Sendable, Equatable {
  /// Which network, and where.
  public let settings: ActivationSettings
  /// The sine layers, first to last.
  public let layers: [LayerActivations]

  /// Inputs of one tile: few enough that a tile's layers fit into a small part of memory.
  private static let tilePoints = 256

  /// Runs the network forward and backward in tiles of inputs; memory does not grow with their
  /// number beyond four sums a layer and input.
  ///
  /// The result does not depend on the number of threads.
  ///
  /// - Parameter progress: told from time to time how many of how many inputs are done.
  public init(
    _ settings: ActivationSettings, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    precondition(
      settings.points >= 2 && settings.width >= 1 && settings.hiddenLayers >= 0,
      "a study of \(settings)")
    var random = Xoshiro256(seed: settings.seed)
    let network = LayerStack(Siren(settings.architecture, random: &random))
    let inputs = CoordinateGrid.axis(size: settings.points).map { $0 + settings.shift }
    let tiles = (settings.points + Self.tilePoints - 1) / Self.tilePoints
    var totals = [[TileStatistics]](
      repeating: [TileStatistics](repeating: TileStatistics(), count: 4),
      count: settings.hiddenLayers + 1)
    for group in stride(from: 0, to: tiles, by: 4) {
      let parts = Parallel.map(min(4, tiles - group)) { offset in
        let start = (group + offset) * Self.tilePoints
        let end = min(settings.points, start + Self.tilePoints)
        return network.statistics(
          at: Tensor(Array(inputs[start..<end]), shape: [end - start, 1]), of: settings.points)
      }
      for part in parts {
        for layer in totals.indices {
          for kind in 0..<4 { totals[layer][kind].append(part[layer][kind]) }
        }
      }
      progress(min(settings.points, (group + 4) * Self.tilePoints), settings.points)
    }
    let results = totals.map { $0.map { $0.result(highestFrequency: settings.highestFrequency) } }
    self.settings = settings
    layers = results.map {
      LayerActivations(
        preactivation: $0[0], activation: $0[1], preactivationGradient: $0[2],
        activationGradient: $0[3])
    }
  }
}

/// Histogram and sums over units of consecutive inputs.
private struct TileStatistics: Sendable {
  var histogram = Histogram()
  var sums: [Double] = []

  init() {}

  /// - Parameter values: `[inputs, units]`.
  init(_ values: Tensor) {
    histogram = Histogram(values.values)
    sums = values.sum(axes: [1]).values.map { Double($0) }
  }

  mutating func append(_ next: TileStatistics) {
    histogram.merge(next.histogram)
    sums += next.sums
  }

  func result(highestFrequency: Int) -> ActivationStatistics {
    ActivationStatistics(
      histogram: histogram,
      spectrum: Spectrum.magnitudes(of: sums, count: highestFrequency + 1))
  }
}

/// A network's layers as tensors, to look inside.
private struct LayerStack: Sendable {
  let layers: [SirenLayer]
  let last: Tensor

  init(_ field: Siren) {
    let all = field.architecture.layers
    layers = all.dropLast().map {
      SirenLayer(
        weight: field.parameters[$0.weightName], bias: field.parameters[$0.biasName],
        omega: $0.omega)
    }
    last = field.parameters[all[all.count - 1].weightName]
  }

  /// Pre-activation, activation, and the derivatives of the mean output over `total` inputs with
  /// respect to them, for each layer.
  func statistics(at inputs: Tensor, of total: Int) -> [[TileStatistics]] {
    var preactivations: [Tensor] = []
    var statistics: [[TileStatistics]] = []
    var signal = inputs
    for layer in layers {
      let omega = layer.omega ?? 1
      let sum = (signal.matrixProduct(layer.weight, transposingRight: true) + layer.bias) * omega
      signal = sum.sine()
      preactivations.append(sum)
      statistics.append([TileStatistics(sum), TileStatistics(signal)])
    }
    // Each input's output counts 1 / total in the mean.
    var gradient = Tensor(repeating: 1 / Float(total), shape: [inputs.shape[0], 1])
      .matrixProduct(last)
    for index in layers.indices.reversed() {
      let before = gradient * preactivations[index].cosine()
      statistics[index] += [TileStatistics(before), TileStatistics(gradient)]
      if index > 0 {
        gradient = before.matrixProduct(layers[index].weight) * (layers[index].omega ?? 1)
      }
    }
    return statistics
  }
}
