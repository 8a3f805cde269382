import Numerics

extension Tensor {
  /// The outputs of the given last layers at some points, before and after fitting them to values observed at
  /// others.
  ///
  /// G are the given layers, and W is the ridge regression of their residuals at the observed points. The
  /// result is `[x 1] (G + W)` and `[x 1] G` side by side. The fused operation has derivatives that need
  /// neither a second Gram matrix nor a second factorization, and that write the derivative of each feature
  /// once. Derivatives of higher order are those of the composition.
  ///
  /// - Parameters:
  ///   - observed: `[b, n, c]`, at the first n >= 1 points of the features `self`, `[b, n + m, k]`; m >= 1.
  ///   - layers: G, `[b, k + 1, c]`, with the constant's row last.
  ///   - precision: the precisions of W's rows relative to the noise, `[k + 1]`, positive.
  /// - Returns: `[b, m, 2 c]`; NaN if the system cannot be solved.
  package func ridgeFittedOutput(
    observed values: Tensor, layers: Tensor, precision: Tensor
  ) -> Tensor {
    precondition(
      rank == 3 && values.rank == 3 && shape[0] == values.shape[0]
        && (1..<shape[1]).contains(values.shape[1])
        && layers.shape == [shape[0], shape[2] + 1, values.shape[2]]
        && precision.shape == [shape[2] + 1],
      "no output layer for \(shape) fitted to \(values.shape) from \(layers.shape), \(precision.shape)"
    )
    let fitted = RidgeFittedLayer(
      observed: values.shape[1], targets: shape[1] - values.shape[1], features: shape[2],
      channels: values.shape[2])
    let items = shape[0]
    let result = Tensor.writing([items, fitted.targets, 2 * fitted.channels]) { _ in }
    let kept = Parallel.map(items) { item in
      fitted.forward(
        buffer.pointer + item * fitted.featureCount,
        observed: values.buffer.pointer + item * fitted.observedCount,
        layers: layers.buffer.pointer + item * fitted.layerCount, precision.buffer.pointer,
        result.buffer.pointer + item * fitted.outputCount)
    }
    return result.recorded(
      from: [self, values, layers, precision],
      composition: {
        $0[0].ridgeFittedOutputComposition(observed: $0[1], layers: $0[2], precision: $0[3])
      }
    ) { pull in
      let slopes = pull.inputs[..<3].map { Tensor.writing($0.shape) { _ in } }
      let perPrecision = Tensor.writing([items, fitted.features + 1]) { _ in }
      Parallel.forEach(items) { item in
        let feature = item * fitted.featureCount
        let layer = item * fitted.layerCount
        fitted.reverse(
          kept[item], pull.inputs[0].buffer.pointer + feature,
          layers: pull.inputs[2].buffer.pointer + layer, pull.inputs[3].buffer.pointer,
          cotangent: pull.cotangent.buffer.pointer + item * fitted.outputCount,
          perFeature: slopes[0].buffer.pointer + feature,
          perValue: slopes[1].buffer.pointer + item * fitted.observedCount,
          perLayer: slopes[2].buffer.pointer + layer,
          perPrecision: perPrecision.buffer.pointer + item * (fitted.features + 1))
      }
      return slopes + [perPrecision.sum(axes: [0])]
    }
  }

  /// The plain composition, the reference for ``ridgeFittedOutput(observed:layers:precision:)``.
  ///
  /// It also accepts a mask.
  ///
  /// - Parameter mask: the mask of the observed points, `[b, n]`: 1 for a point, 0 for padding; nil if all are
  ///   points.
  package func ridgeFittedOutputComposition(
    observed values: Tensor, layers: Tensor, precision: Tensor, mask: Tensor? = nil
  ) -> Tensor {
    let (batch, points) = (shape[0], values.shape[1])
    let extended = withConstant
    var features = extended.sliced(axis: 1, 0..<points)
    var residuals = values - features.matrixProduct(layers)
    if let weight = mask?.reshaped([batch, points, 1]) {
      features = features * weight
      residuals = residuals * weight
    }
    let change = features.ridgeRegression(of: residuals, precision: precision)
    return extended.sliced(axis: 1, points..<shape[1])
      .matrixProduct(.concatenated([layers + change, layers], axis: 2))
  }

  /// The rows with a constant appended, `[b, n, k + 1]` for `self` of shape `[b, n, k]`.
  package var withConstant: Tensor {
    Tensor.concatenated([self, .ones([shape[0], shape[1], 1])], axis: 2)
  }

  /// Ridge regression in plain operations, without an added constant.
  ///
  /// With fewer points than features, it uses `(X^T X + D)^-1 X^T R = D^-1 X^T (X D^-1 X^T + I)^-1 R`.
  ///
  /// - Parameters:
  ///   - values: R, `[b, n, c]` for features X, `self`, of shape `[b, n, k]`.
  ///   - precision: D, `[k]`, positive.
  /// - Returns: `[b, k, c]`.
  package func ridgeRegression(of values: Tensor, precision: Tensor) -> Tensor {
    let (points, features) = (shape[1], shape[2])
    if points < features {
      let weighted = self / precision
      let kernel = weighted.matrixProduct(self, transposingRight: true) + .identity(points)
      return weighted.matrixProduct(kernel.positiveDefiniteSolution(values), transposingLeft: true)
    }
    let gram = gram() + .identity(features) * precision
    return gram.positiveDefiniteSolution(matrixProduct(values, transposingLeft: true))
  }

  private static func identity(_ size: Int) -> Tensor {
    var values = [Float](repeating: 0, count: size * size)
    for position in 0..<size { values[position * size + position] = 1 }
    return Tensor(values, shape: [size, size])
  }
}

/// The work of ``Tensor/ridgeFittedOutput(observed:layers:precision:)`` for one item.
private struct RidgeFittedLayer: Sendable {
  let observed: Int
  let targets: Int
  let features: Int
  let channels: Int

  var featureCount: Int { (observed + targets) * features }
  var observedCount: Int { observed * channels }
  var layerCount: Int { (features + 1) * channels }
  var outputCount: Int { 2 * targets * channels }

  private var regression: RidgeRegression {
    RidgeRegression(points: observed, features: features, channels: channels)
  }
  /// G at the observed points.
  private var atObserved: DenseLayer {
    DenseLayer(rows: observed, inputs: features, outputs: channels)
  }
  /// G + W and G at the target points.
  private var atTargets: DenseLayer {
    DenseLayer(rows: targets, inputs: features, outputs: 2 * channels)
  }

  /// The values of the forward pass that the reverse pass needs.
  struct Kept: Sendable {
    /// The residuals of the observed values with respect to G, `[n, c]`.
    let residuals: [Float]
    /// W, `[k + 1, c]`.
    let change: [Float]
    let regression: RidgeRegression.Kept
  }

  func forward(
    _ x: UnsafePointer<Float>, observed values: UnsafePointer<Float>,
    layers: UnsafePointer<Float>, _ precision: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>
  ) -> Kept {
    var residuals = [Float](repeating: 0, count: observedCount)
    atObserved.forward(x, layers, &residuals)
    for position in 0..<observedCount {
      residuals[position] = values[position] - residuals[position]
    }
    let (change, kept) = regression.forward(x, residuals, precision)
    atTargets.forward(x + observed * features, both(layers, change), output)
    return Kept(residuals: residuals, change: change, regression: kept)
  }

  /// G + W and G side by side.
  private func both(_ layers: UnsafePointer<Float>, _ change: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: 2 * layerCount)
    for row in 0...features {
      for channel in 0..<channels {
        let (from, to) = (row * channels + channel, 2 * row * channels + channel)
        result[to] = layers[from] + change[from]
        result[to + channels] = layers[from]
      }
    }
    return result
  }

  func reverse(
    _ kept: Kept, _ x: UnsafePointer<Float>, layers: UnsafePointer<Float>,
    _ precision: UnsafePointer<Float>, cotangent: UnsafePointer<Float>,
    perFeature: UnsafeMutablePointer<Float>, perValue: UnsafeMutablePointer<Float>,
    perLayer: UnsafeMutablePointer<Float>, perPrecision: UnsafeMutablePointer<Float>
  ) {
    let targetFeatures = observed * features
    var perBoth = [Float](repeating: 0, count: 2 * layerCount)
    atTargets.reverse(
      x + targetFeatures, both(layers, kept.change), cotangent,
      perInput: perFeature + targetFeatures, perWeight: &perBoth)
    var perChange = [Float](repeating: 0, count: layerCount)
    for row in 0...features {
      for channel in 0..<channels {
        let (to, from) = (row * channels + channel, 2 * row * channels + channel)
        perChange[to] = perBoth[from]
        perLayer[to] = perBoth[from] + perBoth[from + channels]
      }
    }
    let slopes = regression.reverse(
      kept.regression, x, kept.residuals, precision, weights: kept.change, cotangent: perChange)
    perValue.update(from: slopes.perValue, count: observedCount)
    // The features of the observed points also enter the residuals through G.
    var ofResiduals = [Float](repeating: 0, count: layerCount)
    atObserved.transposedProduct(x, slopes.perValue, &ofResiduals)
    for position in 0..<layerCount { perLayer[position] -= ofResiduals[position] }
    differentiate(slopes, layers, kept.change, perFeature)
    for row in 0...features {
      perPrecision[row] = (0..<channels).reduce(0) {
        $0 - slopes.solution[row * channels + $1] * kept.change[row * channels + $1]
      }
    }
  }

  /// The derivative with respect to the observed points' features, as one product.
  ///
  /// It is `e S^T - (X S) (G + W)^T` without the constant.
  private func differentiate(
    _ slopes: RidgeRegression.Slopes, _ layers: UnsafePointer<Float>, _ change: [Float],
    _ perFeature: UnsafeMutablePointer<Float>
  ) {
    var left = [Float](repeating: 0, count: 2 * observedCount)
    for point in 0..<observed {
      for channel in 0..<channels {
        let position = point * channels + channel
        left[2 * point * channels + channel] = slopes.error[position]
        left[(2 * point + 1) * channels + channel] = -slopes.perValue[position]
      }
    }
    var right = [Float](repeating: 0, count: 2 * channels * features)
    for channel in 0..<channels {
      for feature in 0..<features {
        let position = feature * channels + channel
        right[channel * features + feature] = slopes.solution[position]
        right[(channels + channel) * features + feature] = layers[position] + change[position]
      }
    }
    MatrixKernel(
      rows: observed, columns: features, shared: 2 * channels, transposeLeft: false,
      transposeRight: false
    ).multiply(left, right, perFeature)
  }
}
