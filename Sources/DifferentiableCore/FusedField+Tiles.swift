import Numerics

/// The outputs of a tile, or the derivatives of a loss with respect to them, as plain arrays.
public struct FieldTileValues: Sendable {
  /// `[n, c]`.
  public var value: [Float]
  /// `[n, c, d]`; empty in mode `value`.
  public var gradient: [Float]
  /// `[n, c]`; empty except in mode `laplacian`.
  public var laplacian: [Float]

  /// Zeros for n points.
  public init(_ points: Int, outputs: Int, coordinates: Int, _ mode: FusedField.Mode) {
    value = [Float](repeating: 0, count: points * outputs)
    gradient = [Float](
      repeating: 0, count: mode == .value ? 0 : points * outputs * coordinates)
    laplacian = [Float](repeating: 0, count: mode == .laplacian ? points * outputs : 0)
  }
}

extension FusedField {
  /// Calls `body` with every tile of 0..<count and its outputs, on all threads, in no particular order.
  ///
  /// - Parameters:
  ///   - count: the number of points.
  ///   - packed: the weights.
  ///   - mode: the outputs to compute.
  ///   - coordinates: returns the coordinates of a range of points, `[n, d]`, row-major.
  ///   - body: must write only data that belongs to its points.
  public func forEachTile(
    of count: Int, _ packed: PackedField, _ mode: Mode,
    coordinates: @Sendable (Range<Int>) -> [Float],
    _ body: @Sendable (Range<Int>, FieldTileValues) -> Void
  ) {
    // Evaluating values alone keeps no activations, so twice as many points fit into the cache.
    let tilePoints = (mode == .value ? 2 : 1) * mode.tilePoints
    // Each thread takes runs of several whole tiles, so it allocates working memory only a few times.
    let run = 8 * tilePoints
    Parallel.forEach((count + run - 1) / run) { number in
      let tile = FieldTile(self, mode, capacity: min(tilePoints, count), isReversed: false)
      var start = number * run
      let end = min(count, start + run)
      while start < end {
        let points = start..<min(end, start + tilePoints)
        var outputs = FieldTileValues(
          points.count, outputs: self.outputs, coordinates: self.coordinates, mode)
        evaluate(tile, packed, coordinates(points), &outputs, points.count)
        body(points, outputs)
        start = points.upperBound
      }
    }
  }

  /// A loss over many points and its derivative with respect to the weights.
  ///
  /// The number of points alone determines how they are divided into groups. The tiles of a group are processed
  /// one after another, and the groups' derivatives are added in order. The result therefore does not depend on
  /// the number of threads. Each group needs memory for one tile and one derivative, whatever the number of
  /// points.
  ///
  /// - Parameters:
  ///   - count: the number of points.
  ///   - packed: the weights.
  ///   - mode: the outputs that the loss uses.
  ///   - coordinates: returns the coordinates of a range of points, `[n, d]`, row-major.
  ///   - loss: receives a tile's outputs, writes the derivatives with respect to them (initially zeros) and
  ///     returns the tile's share of the loss.
  /// - Returns: the sum of the shares, and the derivative in the order of the flat parameters.
  public func lossGradient(
    of count: Int, _ packed: PackedField, _ mode: Mode,
    coordinates: @Sendable (Range<Int>) -> [Float],
    loss: @Sendable (Range<Int>, FieldTileValues, inout FieldTileValues) -> Double
  ) -> (loss: Double, gradient: [Float]) {
    let groups = groups(of: count, tilePoints: mode.tilePoints)
    let parts = Parallel.map(groups.count) { number -> (loss: Double, gradient: FieldGradient) in
      let sum = FieldGradient(self)
      let capacity = min(mode.tilePoints, count)
      let tile = FieldTile(self, mode, capacity: capacity)
      let scratch = FieldScratch(self, mode, capacity: capacity)
      var total = 0.0
      var start = groups[number].lowerBound
      while start < groups[number].upperBound {
        let points = start..<min(groups[number].upperBound, start + mode.tilePoints)
        var outputs = FieldTileValues(
          points.count, outputs: self.outputs, coordinates: self.coordinates, mode)
        var cotangents = outputs
        evaluate(tile, packed, coordinates(points), &outputs, points.count)
        total += loss(points, outputs, &cotangents)
        cotangents.withPointers { value, gradient, laplacian in
          tile.reverse(
            packed, value: value, gradient: gradient, laplacian: laplacian, with: scratch,
            into: sum)
        }
        start = points.upperBound
      }
      return (total, sum)
    }
    var gradient = [Float](repeating: 0, count: parameterCount)
    guard let first = parts.first else { return (0, gradient) }
    first.gradient.add(parts.dropFirst().map(\.gradient))
    gradient.withUnsafeMutableBufferPointer { target in
      if let base = target.baseAddress { first.gradient.write(to: base) }
    }
    return (parts.reduce(0) { $0 + $1.loss }, gradient)
  }

  private func evaluate(
    _ tile: FieldTile, _ packed: PackedField, _ coordinates: [Float],
    _ outputs: inout FieldTileValues, _ points: Int
  ) {
    precondition(
      coordinates.count == points * self.coordinates,
      "\(coordinates.count) numbers for \(points) points of \(self.coordinates) coordinates")
    coordinates.withUnsafeBufferPointer { x in
      outputs.withMutablePointers { value, gradient, laplacian in
        guard let x = x.baseAddress else { return }
        tile.forward(
          packed, points: points, coordinates: x, value: value, gradient: gradient,
          laplacian: laplacian)
      }
    }
  }

  /// At most 32 groups of whole tiles, with at least about 400 rows each, in decreasing size.
  ///
  /// The first groups are large, so that few derivatives are added. The last ones are small, so that no thread
  /// waits long for another (measured: 3% of a step of 65,536 points).
  private func groups(of count: Int, tilePoints: Int) -> [Range<Int>] {
    let tiles = (count + tilePoints - 1) / tilePoints
    let number = min(32, max(min(tiles, 4), tiles / 5))
    let start = { (group: Int) -> Int in
      let left = number - group
      return tiles - (tiles * left * left + number * number - 1) / (number * number)
    }
    return (0..<number)
      .map { start($0) * tilePoints..<min(count, start($0 + 1) * tilePoints) }
      .filter { !$0.isEmpty }
  }
}

extension FieldTileValues {
  fileprivate mutating func withMutablePointers(
    _ body: (
      UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
    ) -> Void
  ) {
    value.withUnsafeMutableBufferPointer { value in
      gradient.withUnsafeMutableBufferPointer { gradient in
        laplacian.withUnsafeMutableBufferPointer { laplacian in
          guard let value = value.baseAddress else { return }
          body(value, gradient.baseAddress, laplacian.baseAddress)
        }
      }
    }
  }

  fileprivate func withPointers(
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>?, UnsafePointer<Float>?) -> Void
  ) {
    value.withUnsafeBufferPointer { value in
      gradient.withUnsafeBufferPointer { gradient in
        laplacian.withUnsafeBufferPointer { laplacian in
          guard let value = value.baseAddress else { return }
          body(value, gradient.baseAddress, laplacian.baseAddress)
        }
      }
    }
  }
}
