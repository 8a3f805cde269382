import Numerics
import Signals

/// What a prior says of the values at some points before anything is observed.
///
/// It takes half of the work of their variances, so it is worked out once where many pictures or windows
/// share the points.
struct PriorTargets: Sendable {
  /// `[m, 2]` in -1...1.
  let coordinates: [Float]
  /// Along each channel axis: the values' dependence on the code, `[m, J]`.
  fileprivate let loadings: [SingleMatrix]
  /// The functions at the points times the residual's variances, `[K, m]`.
  fileprivate let weighted: SingleMatrix
  /// The residual variance at each point along an axis of scale 1, `[m]`.
  fileprivate let unexplained: [Double]

  /// - Parameter coordinates: `[m, 2]` in -1...1.
  init(_ prior: SubspacePrior, _ coordinates: [Float]) {
    self.coordinates = coordinates
    let functions = prior.basis.values(at: coordinates)
    let count = prior.basis.count
    var weighted = functions
    var unexplained = [Double](repeating: 0, count: functions.rows)
    for point in 0..<functions.rows {
      for index in point * count..<(point + 1) * count {
        weighted.values[index] *= prior.residualVariance[index - point * count]
        unexplained[point] += weighted.values[index] * functions.values[index]
      }
    }
    let single = SingleMatrix(functions)
    loadings = prior.loadings.map { single.multiplied(by: $0) }
    self.weighted = SingleMatrix(weighted.transposed())
    self.unexplained = unexplained
  }
}

extension SubspacePrior {
  /// The pixels of a picture, or of a window, of the prior's size.
  var gridTargets: PriorTargets {
    PriorTargets(self, CoordinateGrid.points(height: imageSize, width: imageSize))
  }
}

/// How the values at some points depend on the code, given the observations.
///
/// In single precision but for what is solved for: variances are wanted to a part of the noise.
struct TargetLoadings {
  /// Along each channel axis `[m, J]`.
  private let loadings: [SingleMatrix]
  /// What is left of the residual variance along each axis, `[m]`.
  private let residualVariance: [[Double]]
  private let channelAxes: DoubleMatrix

  init(_ prior: SubspacePrior, _ evidence: SubspaceEvidence, _ targets: PriorTargets) {
    let cross = DoubleMatrix(SingleMatrix(evidence.functions).multiplied(by: targets.weighted))
    channelAxes = prior.channelAxes
    var loadings = targets.loadings
    var residualVariance: [[Double]] = []
    for axis in 0..<prior.channels {
      let own = evidence.axes[axis]
      let scale = prior.channelScales[axis]
      var variance = targets.unexplained.map { scale * $0 }
      if evidence.functions.rows > 0 {
        let explained = own.factor.solveLower(cross)
        loadings[axis].add(
          SingleMatrix(explained).transposedMultiplied(by: SingleMatrix(own.loadings)),
          times: Float(-scale))
        for row in 0..<explained.rows {
          for point in 0..<explained.columns {
            let part = scale * explained.values[row * explained.columns + point]
            variance[point] -= part * part
          }
        }
      }
      residualVariance.append(variance.map { max(0, $0) })
    }
    self.loadings = loadings
    self.residualVariance = residualVariance
  }

  /// The mixture of the axes with given weights: loadings and variance of the residual.
  private func mixed(_ weights: [Double]) -> (loadings: SingleMatrix, residualVariance: [Double]) {
    var result = SingleMatrix(rows: loadings[0].rows, columns: loadings[0].columns)
    var rest = [Double](repeating: 0, count: result.rows)
    for (axis, weight) in weights.enumerated() {
      result.add(loadings[axis], times: Float(weight))
      for point in rest.indices { rest[point] += weight * weight * residualVariance[axis][point] }
    }
    return (result, rest)
  }

  /// Of the mean over the channels.
  func channelMean() -> (loadings: SingleMatrix, residualVariance: [Double]) {
    mixed(
      (0..<channelAxes.rows).map { axis in
        channelAxes.row(axis).reduce(0, +) / Double(channelAxes.columns)
      })
  }

  /// `[m, c]` for a covariance of the code.
  func variances(_ covariance: DoubleMatrix) -> [Double] {
    let channels = channelAxes.columns
    let covariance = SingleMatrix(covariance)
    var result = [Double](repeating: 0, count: loadings[0].rows * channels)
    for channel in 0..<channels {
      let (own, rest) = mixed((0..<channelAxes.rows).map { channelAxes[$0, channel] })
      let spread = own.multiplied(by: covariance).rowProducts(with: own)
      for point in 0..<own.rows {
        result[point * channels + channel] = max(0, rest[point] + spread[point])
      }
    }
    return result
  }
}
