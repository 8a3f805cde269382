// The derivatives of a field, a function of coordinates [n, d] with values [n, c]. Each row of the values
// depends only on the same row of the coordinates, so one reverse pass serves all rows. The notation follows
// Sitzmann et al. 2020 (arXiv 2006.09661), section 3.

/// The derivative of one channel of `values` along each coordinate.
///
/// - Parameters:
///   - values: `[n, c]`, computed from `coordinates` row by row.
///   - coordinates: tracked, `[n, d]`.
///   - channel: 0..<c.
///   - differentiable: whether the result can be differentiated again, as a loss that uses it requires.
/// - Returns: `[n, d]`, in value units per coordinate unit.
public func gradient(
  of values: Tensor, at coordinates: Tensor, channel: Int = 0, differentiable: Bool = true
) -> Tensor {
  precondition(
    values.rank == 2 && channel >= 0 && channel < values.shape[1],
    "channel \(channel) does not exist in values of shape \(values.shape)")
  var seed = Tensor.zeros(values.shape)
  let channels = values.shape[1]
  seed.withMutableValues { seed in
    for row in stride(from: channel, to: seed.count, by: channels) { seed[row] = 1 }
  }
  return gradients(
    of: values, withRespectTo: [coordinates], seed: seed, differentiable: differentiable)[0]
}

/// The derivative of every channel along every coordinate, `[n, c, d]`.
///
/// It takes one reverse pass per channel. The parameters are those of
/// ``gradient(of:at:channel:differentiable:)``.
public func jacobian(
  of values: Tensor, at coordinates: Tensor, differentiable: Bool = true
) -> Tensor {
  let rows = (0..<values.shape[1]).map { channel in
    gradient(of: values, at: coordinates, channel: channel, differentiable: differentiable)
      .reshaped([coordinates.shape[0], 1, coordinates.shape[1]])
  }
  return Tensor.concatenated(rows, axis: 1)
}

/// The divergence of a vector field, `[n, 1]`.
///
/// It is the sum over axes k of the derivative of channel k along coordinate k.
///
/// - Parameters:
///   - vectors: `[n, d]`, computed from `coordinates` row by row.
///   - coordinates: tracked, `[n, d]`.
public func divergence(
  of vectors: Tensor, at coordinates: Tensor, differentiable: Bool = true
) -> Tensor {
  precondition(
    vectors.shape == coordinates.shape,
    "a vector field has one channel an axis: \(vectors.shape) against \(coordinates.shape)")
  let terms = (0..<vectors.shape[1]).map { axis in
    gradient(of: vectors, at: coordinates, channel: axis, differentiable: differentiable)
      .sliced(axis: 1, axis..<axis + 1)
  }
  return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
}

/// The Laplacian of one channel, `[n, 1]`.
///
/// It is the divergence of the channel's gradient, the sum of its second derivatives along each coordinate. The
/// parameters are those of ``gradient(of:at:channel:differentiable:)``.
public func laplacian(
  of values: Tensor, at coordinates: Tensor, channel: Int = 0, differentiable: Bool = true
) -> Tensor {
  let slope = gradient(of: values, at: coordinates, channel: channel, differentiable: true)
  return divergence(of: slope, at: coordinates, differentiable: differentiable)
}
