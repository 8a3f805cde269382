import CKernels
import Numerics

extension Tensor {
  /// The softmax along the last axis: positive values that sum to 1.
  ///
  /// - Parameter mask: zeros and ones, in a compatible shape; masked-out entries get 0. A row whose entries are
  ///   all masked out is uniform over all entries.
  public func softmax(mask: Tensor? = nil) -> Tensor {
    precondition(rank >= 1, "softmax needs an axis")
    let scores = mask.map { selected(by: $0, else: Tensor(-1e30)) } ?? self
    let length = shape[rank - 1]
    let result = Tensor.writing(scores.shape) { output in
      ck_softmax(
        scores.buffer.pointer, output, length == 0 ? 0 : scores.count / length, length)
    }
    return result.recorded(from: [scores], keepingOutput: true) {
      [$0.output.softmaxPullback($0.cotangent)]
    }
  }

  /// The derivative with respect to the scores whose softmax this is, `self (g - sum of self g)`, in one pass.
  ///
  /// The sum runs along the last axis.
  private func softmaxPullback(_ g: Tensor) -> Tensor {
    let length = shape[rank - 1]
    let result = Tensor.writing(shape) { output in
      ck_softmax_pullback(
        buffer.pointer, g.buffer.pointer, output, length == 0 ? 0 : count / length, length)
    }
    return result.recorded(from: [self, g]) { pull in
      let (weights, g, slope) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      let sum = { (tensor: Tensor) in tensor.sum(axes: [-1], keepingAxes: true) }
      return [
        pull.needed[0] ? slope * (g - sum(weights * g)) - g * sum(slope * weights) : nil,
        pull.needed[1] ? weights.softmaxPullback(slope) : nil,
      ]
    }
  }

  /// The attention of each row to some points: `softmax(self points^T) points`.
  ///
  /// Items are processed one by one, so that an item's points, scores and derivatives stay in the second-level
  /// cache. Products over whole batches would read and write all of them through memory. Derivatives of higher
  /// order are those of the composition.
  ///
  /// - Parameter points: `[b, n, k]`.
  /// - Returns: `[b, m, k]` for `self` of shape `[b, m, k]`.
  package func softmaxMixture(of points: Tensor) -> Tensor {
    precondition(
      rank == 3 && points.rank == 3 && shape[0] == points.shape[0] && shape[2] == points.shape[2],
      "queries of shape \(shape) do not attend to points of shape \(points.shape)")
    if count * points.count == 0 { return softmaxMixtureComposition(of: points) }
    let mixing = SoftmaxMixing(rows: shape[1], points: points.shape[1], width: shape[2])
    let weights = TensorBuffer(count: shape[0] * mixing.scoreCount)
    let result = Tensor.writing(shape) { output in
      mixing.forward(buffer, points.buffer, weights, output, items: shape[0])
    }
    return result.recorded(
      from: [self, points], composition: { $0[0].softmaxMixtureComposition(of: $0[1]) }
    ) { pull in
      let (rows, points) = (pull.inputs[0], pull.inputs[1])
      let perPoint = TensorBuffer(count: points.count)
      let perRow = Tensor.writing(rows.shape) { output in
        mixing.reverse(
          rows.buffer, points.buffer, weights, pull.cotangent.buffer, output, perPoint,
          items: rows.shape[0])
      }
      return [perRow, Tensor(shape: points.shape, buffer: perPoint)]
    }
  }

  /// The plain composition, the reference for ``softmaxMixture(of:)``.
  ///
  /// It also accepts a mask.
  ///
  /// - Parameter mask: a shape compatible with `[b, m, n]`; 1 for a point, 0 for padding.
  package func softmaxMixtureComposition(of points: Tensor, mask: Tensor? = nil) -> Tensor {
    matrixProduct(points, transposingRight: true).softmax(mask: mask).matrixProduct(points)
  }
}

/// The work of ``Tensor/softmaxMixture(of:)``: each thread processes one item after another.
///
/// Scores are stored with one line per point, `points rows^T`. The many points are then read in place, and the
/// softmax runs along columns.
private struct SoftmaxMixing: Sendable {
  let rows: Int
  let points: Int
  let width: Int

  /// The number of scores per item.
  var scoreCount: Int { rows * points }

  /// `[points, width]` times `[rows, width]` transposed.
  private var scores: MatrixKernel {
    MatrixKernel(
      rows: points, columns: rows, shared: width, transposeLeft: false, transposeRight: true)
  }

  /// `[points, rows]` transposed times `[points, width]`.
  private var mixtures: MatrixKernel {
    MatrixKernel(
      rows: rows, columns: width, shared: points, transposeLeft: true, transposeRight: false)
  }

  /// `[points, rows]` times `[rows, width]`.
  private func perPoint(adds: Bool) -> MatrixKernel {
    MatrixKernel(
      rows: points, columns: width, shared: rows, transposeLeft: false, transposeRight: false,
      adds: adds)
  }

  func forward(
    _ asked: TensorBuffer, _ seen: TensorBuffer, _ weights: TensorBuffer,
    _ output: UnsafeMutablePointer<Float>, items: Int
  ) {
    // Items do not overlap, and no pointer outlives this call.
    nonisolated(unsafe) let output = output
    Parallel.forEach(items) { item in
      let own = weights.pointer + item * scoreCount
      let seen = seen.pointer + item * points * width
      scores.multiply(seen, asked.pointer + item * rows * width, own)
      ck_softmax_columns(own, own, points, rows)
      mixtures.multiply(own, seen, output + item * rows * width)
    }
  }

  func reverse(
    _ asked: TensorBuffer, _ seen: TensorBuffer, _ weights: TensorBuffer, _ slopes: TensorBuffer,
    _ perRow: UnsafeMutablePointer<Float>, _ perPoint: TensorBuffer, items: Int
  ) {
    nonisolated(unsafe) let perRow = perRow
    Parallel.forEach(items) { item in
      let scoreSlopes = TensorBuffer(count: scoreCount)
      let own = weights.pointer + item * scoreCount
      let (row, point) = (item * rows * width, item * points * width)
      scores.multiply(seen.pointer + point, slopes.pointer + row, scoreSlopes.pointer)
      ck_softmax_columns_pullback(
        own, scoreSlopes.pointer, scoreSlopes.pointer, points, rows)
      mixtures.multiply(scoreSlopes.pointer, seen.pointer + point, perRow + row)
      self.perPoint(adds: false)
        .multiply(scoreSlopes.pointer, asked.pointer + row, perPoint.pointer + point)
      self.perPoint(adds: true).multiply(own, slopes.pointer + row, perPoint.pointer + point)
      withExtendedLifetime(scoreSlopes) {}
    }
  }
}
