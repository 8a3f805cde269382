import DifferentiableCore
import Numerics

extension Siren {
  /// The fused kernels for this shape.
  ///
  /// They exist for every `SirenArchitecture` within their limits. Other shapes use the plain composition.
  private var fused: FusedField? { FusedField(architecture) }

  private func mode(_ derivatives: FieldDerivatives) -> FusedField.Mode {
    switch derivatives {
    case .none: .value
    case .gradient:
      .gradient(outputs: architecture.outputs, coordinates: architecture.coordinates)
    case .laplacian: .laplacian
    }
  }

  /// Evaluates the field at many points, in tiles on all threads.
  ///
  /// Apart from the results, memory does not grow with the number of points.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: the derivatives to compute besides the value.
  /// - Returns: the field at all n points.
  public func evaluate(
    at coordinates: [Float], derivatives: FieldDerivatives = .none
  ) -> FieldBlock {
    let d = architecture.coordinates
    precondition(
      coordinates.count % d == 0,
      "\(coordinates.count) values do not fill rows of \(d) coordinates")
    let count = coordinates.count / d
    let all = Guarded(
      FieldBlock(points: 0..<count, coordinates: d, outputs: architecture.outputs, derivatives))
    evaluate(
      pointCount: count, derivatives: derivatives,
      coordinates: { Array(coordinates[$0.lowerBound * d..<$0.upperBound * d]) }
    ) { tile in
      all.withLock { $0.replace(by: tile) }
    }
    return all.withLock { $0 }
  }

  /// Evaluates the field at many points and passes on each tile as it is completed.
  ///
  /// Memory does not grow with the number of points.
  ///
  /// - Parameters:
  ///   - pointCount: number n of points.
  ///   - derivatives: the derivatives to compute besides the value.
  ///   - coordinates: returns the coordinates of some points, `[count, d]`, row-major. Called on any thread.
  ///   - body: receives every tile once, in no particular order. Called on any thread.
  public func evaluate(
    pointCount: Int, derivatives: FieldDerivatives = .none,
    coordinates: @Sendable (Range<Int>) -> [Float], _ body: @Sendable (FieldBlock) -> Void
  ) {
    guard let fused else {
      let tiles = plainTiles(of: pointCount)
      Parallel.forEach(tiles.count) { tile in
        body(
          plainBlock(tiles[tile], coordinates(tiles[tile]), derivatives, parameters.views()).block)
      }
      return
    }
    let (d, c) = (architecture.coordinates, architecture.outputs)
    fused.forEachTile(
      of: pointCount, fused.packed(parameters.values), mode(derivatives), coordinates: coordinates
    ) { points, values in
      body(FieldBlock(points: points, coordinates: d, outputs: c, values))
    }
  }

  /// Returns a loss on the field at many points and its derivative with respect to the parameters.
  ///
  /// The work is done tile by tile: a tile is evaluated, `loss` gives the derivative with respect to its outputs, and
  /// the tile's share of the derivative is added. Memory does not grow with the number of points. The result does not
  /// depend on the number of threads.
  ///
  /// - Parameters:
  ///   - pointCount: number n of points.
  ///   - derivatives: the derivatives that the loss needs besides the value.
  ///   - coordinates: returns the coordinates of some points, `[count, d]`, row-major. Called on any thread.
  ///   - loss: receives a tile's outputs, writes the derivatives of the loss with respect to them into the second
  ///     argument (initially zeros, same shape) and returns the tile's share of the loss. Called on any thread.
  /// - Returns: the sum of the shares, and the derivative as a flat array in the order of `parameters`.
  public func lossGradient(
    pointCount: Int, derivatives: FieldDerivatives = .none,
    coordinates: @Sendable (Range<Int>) -> [Float],
    loss: @Sendable (FieldBlock, inout FieldBlock) -> Double
  ) -> (loss: Double, gradient: [Float]) {
    guard let fused else {
      return plainLossGradient(
        pointCount: pointCount, derivatives: derivatives, coordinates: coordinates, loss: loss)
    }
    let (d, c) = (architecture.coordinates, architecture.outputs)
    return fused.lossGradient(
      of: pointCount, fused.packed(parameters.values), mode(derivatives), coordinates: coordinates
    ) { points, outputs, cotangents in
      let block = FieldBlock(points: points, coordinates: d, outputs: c, outputs)
      var slopes = FieldBlock(points: points, coordinates: d, outputs: c, cotangents)
      let share = loss(block, &slopes)
      cotangents.value = slopes.value
      cotangents.gradient = slopes.gradient
      cotangents.laplacian = slopes.laplacian
      return share
    }
  }

  /// Computes ``lossGradient(pointCount:derivatives:coordinates:loss:)`` by the plain composition.
  ///
  /// This is the reference for the fused kernels and the fallback for shapes that they do not support.
  package func plainLossGradient(
    pointCount: Int, derivatives: FieldDerivatives,
    coordinates: @Sendable (Range<Int>) -> [Float],
    loss: @Sendable (FieldBlock, inout FieldBlock) -> Double
  ) -> (loss: Double, gradient: [Float]) {
    let tiles = plainTiles(of: pointCount)
    let parts = Parallel.map(tiles.count) { tile -> (Double, ParameterGradient) in
      let points = tiles[tile]
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
    let gradient = ParameterGradient.sum(parts.map(\.1), layout: parameters.layout)
    return (parts.reduce(0) { $0 + $1.0 }, gradient.flat)
  }

  private func plainTiles(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: 192).map { $0..<min(count, $0 + 192) }
  }

  /// Evaluates some points with the plain composition.
  package func plainBlock(
    _ points: Range<Int>, _ input: [Float], _ derivatives: FieldDerivatives, _ views: ParameterViews
  ) -> (block: FieldBlock, tensors: [Tensor]) {
    let (n, d, c) = (points.count, architecture.coordinates, architecture.outputs)
    var block = FieldBlock(points: points, coordinates: d, outputs: c, derivatives)
    var x = Tensor(input, shape: [n, d])
    if derivatives != .none { x = x.tracked() }
    let values = Siren.composition(at: x, architecture, views)
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
