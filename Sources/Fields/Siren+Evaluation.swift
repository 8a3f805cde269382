import DifferentiableCore

extension Siren {
  /// Points of one tile: its activations stay in the second-level cache.
  static let tilePoints = 192

  /// The field at many points, on all threads, in tiles: memory does not grow with their number
  /// beyond the results.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: what to compute beside the value.
  /// - Returns: all n points.
  public func evaluate(
    at coordinates: [Float], derivatives: FieldDerivatives = .none
  ) -> FieldBlock {
    let (d, c) = (architecture.coordinates, architecture.outputs)
    precondition(
      coordinates.count % d == 0,
      "\(coordinates.count) values do not fill rows of \(d) coordinates")
    let count = coordinates.count / d
    let tiles = Parallel.map((count + Self.tilePoints - 1) / Self.tilePoints) { tile in
      let points = tile * Self.tilePoints..<min(count, (tile + 1) * Self.tilePoints)
      let input = Array(coordinates[points.lowerBound * d..<points.upperBound * d])
      return plainBlock(points, input, derivatives, parameters.views()).block
    }
    var all = FieldBlock(points: 0..<count, coordinates: d, outputs: c, .none)
    all.value = tiles.flatMap(\.value)
    all.gradient = tiles.flatMap(\.gradient)
    all.laplacian = tiles.flatMap(\.laplacian)
    return all
  }

  /// A loss on the field at many points, and its derivative with respect to the parameters.
  ///
  /// Work goes tile by tile: a tile is evaluated, `loss` says how its outputs should change, and its
  /// share of the derivative is added; so memory does not grow with the number of points. The result
  /// does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - pointCount: number n of points.
  ///   - derivatives: what the loss needs beside the value.
  ///   - coordinates: the coordinates of some points, `[count, d]`, row-major. Called on any thread.
  ///   - loss: given a tile's outputs, writes the loss's derivatives with respect to them into the
  ///     second argument (zeros at first, same shape) and returns the tile's share of the loss.
  ///     Called on any thread.
  /// - Returns: the sum of the shares, and the derivative, flat, in the order of `parameters`.
  public func lossGradient(
    pointCount: Int, derivatives: FieldDerivatives = .none,
    coordinates: @Sendable (Range<Int>) -> [Float],
    loss: @Sendable (FieldBlock, inout FieldBlock) -> Double
  ) -> (loss: Double, gradient: [Float]) {
    let tiles = (pointCount + Self.tilePoints - 1) / Self.tilePoints
    let parts = Parallel.map(tiles) { tile -> (Double, [Float]) in
      let points = tile * Self.tilePoints..<min(pointCount, (tile + 1) * Self.tilePoints)
      let views = parameters.views(tracked: true)
      let (block, tensors) = plainBlock(points, coordinates(points), derivatives, views)
      var cotangent = FieldBlock(
        points: points, coordinates: architecture.coordinates, outputs: architecture.outputs,
        derivatives)
      let share = loss(block, &cotangent)
      let seeds = [cotangent.value, cotangent.gradient, cotangent.laplacian]
      let total = zip(tensors, seeds).map { ($0 * Tensor($1, shape: $0.shape)).sum() }
      return (share, views.gradient(of: total.dropFirst().reduce(total[0]) { $0 + $1 }))
    }
    var gradient = [Float](repeating: 0, count: parameters.values.count)
    for part in parts { for index in gradient.indices { gradient[index] += part.1[index] } }
    return (parts.reduce(0) { $0 + $1.0 }, gradient)
  }

  /// The plain composition: the oracle of the fused path.
  private func plainBlock(
    _ points: Range<Int>, _ input: [Float], _ derivatives: FieldDerivatives, _ views: ParameterViews
  ) -> (block: FieldBlock, tensors: [Tensor]) {
    let (n, d, c) = (points.count, architecture.coordinates, architecture.outputs)
    var block = FieldBlock(points: points, coordinates: d, outputs: c, derivatives)
    var x = Tensor(input, shape: [n, d])
    if derivatives != .none { x = x.tracked() }
    let values = Siren.values(at: x, architecture, views)
    block.value = values.values
    var tensors = [values]
    if derivatives != .none {
      let slopes = jacobian(of: values, at: x)
      block.gradient = slopes.values
      tensors.append(slopes)
    }
    if derivatives == .laplacian {
      let curvature = Tensor.concatenated(
        (0..<c).map { laplacian(of: values, at: x, channel: $0) }, axis: 1)
      block.laplacian = curvature.values
      tensors.append(curvature)
    }
    return (block, tensors)
  }
}
