import DifferentiableCore
import Numerics

/// What a residual network is shown of one picture, on the grid of the training pictures.
package struct ResidualInputs: Sendable {
  /// The Gaussian posterior's picture, row-major `[size, size, c]`, 0...1 but for overshoots.
  package var gaussian: [Float]
  /// Its deviation, averaged over the channels, `[size, size]`.
  package var deviation: [Float]
  /// What was observed of each pixel, `[size, size, c]`; 0 where nothing was.
  package var observed: [Float]
  /// 1 where a pixel was observed, else 0, `[size, size]`.
  package var mask: [Float]
  /// What neighbours make of the observations; nil if that is not shown.
  package var neighbours: NeighbourDepartures?

  /// Centres and widths that bring what is seen to about -1...1; chosen, not tuned.
  private static let valueScale: Float = 3
  private static let deviationScale: Float = 8

  /// Writes what the network takes, `[size, size, 2 c + 2]`, or with neighbours `[size, size, 3 c + 2]`.
  ///
  /// - Parameter size: side of the picture.
  func appendFeatures(to features: inout [Float], size: Int) {
    let channels = observed.count / mask.count
    let grid = NeighbourGrid(size: size)
    for pixel in mask.indices {
      for channel in 0..<channels {
        features.append((gaussian[pixel * channels + channel] - 0.5) * Self.valueScale)
      }
      features.append(deviation[pixel] * Self.deviationScale)
      features.append(mask[pixel])
      for channel in 0..<channels {
        features.append(
          (observed[pixel * channels + channel] - 0.5) * Self.valueScale * mask[pixel])
      }
      if let neighbours {
        let place = grid.place(ofPixel: pixel)
        features += neighbours.values[place * channels..<(place + 1) * channels]
      }
    }
  }

  /// What a residual network of 1 is worth at each pixel: the deviation, and nothing where it was observed.
  var scale: [Float] { zip(deviation, mask).map { $0 * (1 - $1) } }
}

/// What a network says about one picture, on the grid of the training pictures.
struct ResidualPrediction: Sendable {
  /// What to add, row-major `[size, size, c]`.
  var values: [Float]
  /// The logarithm of the factor on the deviation of each pixel, `[size, size]`, -3...3.
  var logarithms: [Float]
}

extension ResidualPrediction {
  /// The same seen in a mirror.
  fileprivate func mirrored(size: Int) -> ResidualPrediction {
    ResidualPrediction(
      values: values.mirrored(size: size), logarithms: logarithms.mirrored(size: size))
  }

  /// The mean of two.
  fileprivate func averaged(with other: ResidualPrediction) -> ResidualPrediction {
    ResidualPrediction(
      values: zip(values, other.values).map { ($0 + $1) / 2 },
      logarithms: zip(logarithms, other.logarithms).map { ($0 + $1) / 2 })
  }
}

extension ResidualNetwork {
  /// What to add to the Gaussian posterior's picture.
  ///
  /// - Parameters:
  ///   - inputs: what the network is shown.
  ///   - mirrors: whether a mirrored picture is as likely as the picture. If so the network looks at both
  ///     and the mean counts, which errs less than either (measured: 1 to 2%).
  func residual(of inputs: ResidualInputs, mirrors: Bool) -> ResidualPrediction {
    guard mirrors else { return residual(of: inputs) }
    let size = configuration.size
    let both = Parallel.map(2) { number in
      number == 0
        ? residual(of: inputs)
        : residual(of: inputs.mirrored(size: size)).mirrored(size: size)
    }
    return both[0].averaged(with: both[1])
  }

  private func residual(of inputs: ResidualInputs) -> ResidualPrediction {
    let size = configuration.size
    var features: [Float] = []
    features.reserveCapacity(size * size * configuration.inputs)
    inputs.appendFeatures(to: &features, size: size)
    let result = Self.corrections(
      Tensor(features, shape: [1, size, size, configuration.inputs]), configuration,
      parameters.views()
    ).values
    let (scale, channels, outputs) = (
      inputs.scale, configuration.channels, configuration.outputs
    )
    return ResidualPrediction(
      values: (0..<size * size * channels).map {
        result[$0 / channels * outputs + $0 % channels] * scale[$0 / channels]
      },
      logarithms: (0..<size * size).map { min(max(result[$0 * outputs + channels], -3), 3) })
  }
}
