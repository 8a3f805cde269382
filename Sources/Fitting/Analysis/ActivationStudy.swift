import DifferentiableCore
import Fields
import Numerics
import Signals

/// The distribution of one quantity in a layer over units and inputs, and its frequencies.
public struct ActivationStatistics: Sendable, Equatable {
  /// The histogram over all units and inputs.
  public var histogram: Histogram
  /// The magnitudes of the Fourier transform of the sum over units, as in the notebook.
  ///
  /// Index k holds k cycles over the whole input.
  public var spectrum: [Double]

  /// The mean frequency, weighted by the squared magnitudes, in cycles over the whole input.
  ///
  /// The constant component is excluded.
  public var meanFrequency: Double {
    var (weighted, total) = (0.0, 0.0)
    for (frequency, magnitude) in spectrum.enumerated().dropFirst() {
      weighted += Double(frequency) * magnitude * magnitude
      total += magnitude * magnitude
    }
    return total > 0 ? weighted / total : 0
  }
}

/// The distributions in one sine layer.
public struct LayerActivations: Sendable, Equatable {
  /// The values before the sine: `omega (W x + b)`.
  public var preactivation: ActivationStatistics
  /// The values after the sine.
  public var activation: ActivationStatistics
  /// The derivative of the mean output with respect to the pre-activation.
  public var preactivationGradient: ActivationStatistics
  /// The derivative of the mean output with respect to the activation.
  public var activationGradient: ActivationStatistics
}

/// The distributions inside a freshly initialized SIREN of one input and one output.
///
/// They are those of arXiv 2006.09661, supplement 1, figure 2, and of the notebook.
public struct ActivationStudy: Sendable, Equatable {
  /// The network and its inputs.
  public let settings: ActivationSettings
  /// The sine layers, first to last.
  public let layers: [LayerActivations]

  /// Number of inputs per tile, few enough that a tile's layers fit into a small part of memory.
  private static let tilePoints = 256

  /// Runs the network forward and backward in tiles of inputs.
  ///
  /// Memory grows with the number of inputs only by four sums per layer and input. The result does not depend on the
  /// number of threads.
  ///
  /// - Parameter progress: receives the number of finished inputs and the total from time to time.
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

/// The layers of a network as tensors, for inspection.
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

  /// The pre-activation, the activation and the corresponding derivatives of the mean output, for each layer.
  ///
  /// The mean output is taken over `total` inputs.
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
    // The output of each input has the weight 1 / total in the mean.
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
