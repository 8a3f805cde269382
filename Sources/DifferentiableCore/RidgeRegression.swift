import Numerics

/// Ridge regression of values on features and a constant, for one item.
///
/// It finds the W that minimizes
///
///     sum over points |[x 1] W - r|^2 + sum over rows d_j |W_j|^2
///
/// This is Bayesian linear regression with precisions d relative to the noise (Bishop, Pattern Recognition and
/// Machine Learning, equations 3.53 and 3.54). The sums are computed in single precision and the system is
/// solved in double precision.
///
/// Let e = r - [x 1] W be the error, and let S be the solution of the system with the cotangent of W in place
/// of `X^T R`. The derivatives are then `e S^T - (X S) W^T` for the features, `X S` for the values, and `-S W`,
/// row by row, for the precisions. The reverse pass therefore needs no second product as large as the Gram
/// matrix.
struct RidgeRegression: Sendable {
  let points: Int
  let features: Int
  let channels: Int

  /// The number of unknowns per channel.
  var order: Int { features + 1 }
  var featureCount: Int { points * features }
  var valueCount: Int { points * channels }
  var weightCount: Int { order * channels }

  /// Whether the system has one equation per point instead of one per unknown.
  ///
  /// The system is `K V = R` with `K = X D^-1 X^T + I` in the first case, and `(X^T X + D) W = X^T R` in the
  /// second.
  private var isDual: Bool { points < order }

  /// The values of the forward pass that the reverse pass needs.
  struct Kept: Sendable {
    /// The Cholesky factor of the system's matrix; nil if it is not positive definite.
    var factor: CholeskyFactor?
    /// V, which equals the error, `[n, c]`; empty if the system has one equation per unknown.
    var error: [Float] = []
  }

  // MARK: Forward

  /// Solves the regression.
  ///
  /// - Parameters:
  ///   - x: the features, `[n, k]`.
  ///   - r: the values, `[n, c]`.
  ///   - precision: d, `[k + 1]`, with the constant's precision last.
  /// - Returns: W, `[k + 1, c]`, with the constant's row last; NaN if the system cannot be solved.
  func forward(
    _ x: UnsafePointer<Float>, _ r: [Float], _ precision: UnsafePointer<Float>
  ) -> (weights: [Float], kept: Kept) {
    isDual ? forwardByPoints(x, r, precision) : forwardByUnknowns(x, r, precision)
  }

  private func forwardByUnknowns(
    _ x: UnsafePointer<Float>, _ r: [Float], _ precision: UnsafePointer<Float>
  ) -> (weights: [Float], kept: Kept) {
    let gram = TensorBuffer(count: features * features)
    MatrixKernel.lowerGram(x, gram.pointer, rows: points, columns: features)
    // A column of ones beside the values yields the sums of the features in the same product.
    let (right, width) = (TensorBuffer(count: points * (channels + 1)), channels + 1)
    for point in 0..<points {
      for channel in 0..<channels {
        right.pointer[point * width + channel] = r[point * channels + channel]
      }
      right.pointer[point * width + channels] = 1
    }
    let products = TensorBuffer(count: features * width)
    MatrixKernel(
      rows: features, columns: width, shared: points, transposeLeft: true, transposeRight: false
    ).multiply(x, right.pointer, products.pointer)
    var matrix = DoubleMatrix(rows: order, columns: order)
    var target = [Float](repeating: 0, count: weightCount)
    for row in 0..<features {
      for column in 0...row {
        matrix.values[row * order + column] = Double(gram.pointer[row * features + column])
      }
      matrix.values[row * order + row] += Double(precision[row])
      matrix.values[features * order + row] = Double(products.pointer[row * width + channels])
      for channel in 0..<channels {
        target[row * channels + channel] = products.pointer[row * width + channel]
      }
    }
    matrix.values[order * order - 1] = Double(points) + Double(precision[features])
    for channel in 0..<channels {
      target[features * channels + channel] = Float(
        (0..<points).reduce(0.0) { $0 + Double(r[$1 * channels + channel]) })
    }
    withExtendedLifetime((gram, right, products)) {}
    let factor = try? LinearAlgebra.choleskyFactor(matrix)
    return (solved(factor, target, rows: order), Kept(factor: factor))
  }

  private func forwardByPoints(
    _ x: UnsafePointer<Float>, _ r: [Float], _ precision: UnsafePointer<Float>
  ) -> (weights: [Float], kept: Kept) {
    let roots = (0..<features).map { 1 / precision[$0].squareRoot() }
    let (scaled, gram) = (TensorBuffer(count: featureCount), TensorBuffer(count: points * points))
    for point in 0..<points {
      for feature in 0..<features {
        scaled.pointer[point * features + feature] = x[point * features + feature] * roots[feature]
      }
    }
    MatrixKernel.lowerGram(
      scaled.pointer, gram.pointer, rows: points, columns: features, ofRows: true)
    var matrix = DoubleMatrix(rows: points, columns: points)
    let constant = 1 / Double(precision[features])
    for row in 0..<points {
      for column in 0...row {
        matrix.values[row * points + column] =
          Double(gram.pointer[row * points + column]) + constant
      }
      matrix.values[row * points + row] += 1
    }
    withExtendedLifetime((scaled, gram)) {}
    let factor = try? LinearAlgebra.choleskyFactor(matrix)
    let error = solved(factor, r, rows: points)
    var weights = [Float](repeating: 0, count: weightCount)
    layer.transposedProduct(x, error, &weights)
    for position in 0..<weightCount { weights[position] /= precision[position / channels] }
    return (weights, Kept(factor: factor, error: error))
  }

  // MARK: Reverse

  /// The terms of the derivatives: S, `[k + 1, c]`; `X S`, the derivative of the values, `[n, c]`; and e, `[n,
  /// c]`.
  struct Slopes {
    var solution: [Float]
    var perValue: [Float]
    var error: [Float]
  }

  func reverse(
    _ kept: Kept, _ x: UnsafePointer<Float>, _ r: [Float], _ precision: UnsafePointer<Float>,
    weights: [Float], cotangent: [Float]
  ) -> Slopes {
    var slopes = Slopes(
      solution: Array(repeating: .nan, count: weightCount),
      perValue: Array(repeating: .nan, count: valueCount), error: kept.error)
    if isDual {
      let weighted = (0..<weightCount).map { cotangent[$0] / precision[$0 / channels] }
      layer.forward(x, weighted, &slopes.perValue)
      slopes.perValue = solved(kept.factor, slopes.perValue, rows: points)
      layer.transposedProduct(x, slopes.perValue, &slopes.solution)
      for position in 0..<weightCount {
        slopes.solution[position] =
          weighted[position] - slopes.solution[position] / precision[position / channels]
      }
    } else {
      slopes.solution = solved(kept.factor, cotangent, rows: order)
      layer.forward(x, slopes.solution, &slopes.perValue)
      slopes.error = Array(repeating: 0, count: valueCount)
      layer.forward(x, weights, &slopes.error)
      for position in 0..<valueCount {
        slopes.error[position] = r[position] - slopes.error[position]
      }
    }
    return slopes
  }

  /// The solution of the factored system; NaN without a factor.
  private func solved(_ factor: CholeskyFactor?, _ right: [Float], rows: Int) -> [Float] {
    let right = DoubleMatrix(rows: rows, columns: channels, values: right.map { Double($0) })
    return factor?.solve(right).values.map { Float($0) }
      ?? Array(repeating: .nan, count: right.values.count)
  }

  /// `[X 1]` as a dense layer.
  private var layer: DenseLayer { DenseLayer(rows: points, inputs: features, outputs: channels) }
}
