/// Scaled dot-product attention of few queries to many points.
///
/// Source: Vaswani et al., arXiv 1706.03762, section 3.2. Keys and values of the points are never formed. A
/// score is q (W_k x) = (q W_k) x, and a mixture of values is W_v applied to the mixture of the points. With
/// few queries and many points, this order takes half the multiply-adds and reads the points in place. A bias
/// of the keys would add the same number to all scores of a query, and the softmax would cancel it. A bias of
/// the values would pass through to the result. This implementation therefore omits both.
package enum Attention {
  /// The attention of each query to the points.
  ///
  /// - Parameters:
  ///   - points: `[b, n, inputs]`.
  ///   - queries: `[b, t, width]`, the heads' shares side by side.
  ///   - heads: a divisor of the width.
  ///   - mask: `[b, 1, n]`, 1 for a point, 0 for padding; nil if all are points.
  ///   - key: weights of the keys, `[width, inputs]`.
  ///   - value: weights of the values, `[width, inputs]`.
  /// - Returns: `[b, t, width]`.
  package static func mixture(
    of points: Tensor, for queries: Tensor, heads: Int, mask: Tensor? = nil, key: Tensor,
    value: Tensor
  ) -> Tensor {
    let (batch, count, width) = (queries.shape[0], queries.shape[1], queries.shape[2])
    let (part, inputs) = (width / heads, points.shape[2])
    let perHead = { (matrix: Tensor) in matrix.reshaped([heads, part, inputs]) }
    // The queries per head, [heads, b t, part], mapped to the points' space.
    let asked = (queries * (1 / Float(part).squareRoot()))
      .reshaped([batch * count, heads, part]).permuted([1, 0, 2])
      .matrixProduct(perHead(key))
      .reshaped([heads, batch, count, inputs]).permuted([1, 0, 2, 3])
      .reshaped([batch, heads * count, inputs])
    let mixed =
      mask == nil
      ? asked.softmaxMixture(of: points)
      : asked.softmaxMixtureComposition(of: points, mask: mask)
    // The mixtures per head, [heads, b t, inputs].
    let perHeadMixed = mixed.reshaped([batch, heads, count, inputs]).permuted([1, 0, 2, 3])
      .reshaped([heads, batch * count, inputs])
    return perHeadMixed.matrixProduct(perHead(value), transposingRight: true)
      .permuted([1, 0, 2]).reshaped([batch, count, width])
  }
}
