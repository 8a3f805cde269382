import DifferentiableCore
import Numerics

extension SirenGrid {
  /// Points sorted into cells at a time: enough that a cell gets many points of a row, and a bound on the memory.
  private static let runPoints = 1 << 16

  /// Evaluates the field at many points.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: the derivatives to compute besides the value.
  public func evaluate(
    at coordinates: [Float], derivatives: FieldDerivatives = .none
  ) -> FieldBlock {
    evaluateRuns(at: coordinates, derivatives)
  }

  /// Evaluates the field at many points, computing their positions in double precision.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, row-major, each usually in -1...1.
  ///   - derivatives: the derivatives to compute besides the value.
  public func evaluate(
    at coordinates: [Double], derivatives: FieldDerivatives = .none
  ) -> FieldBlock {
    evaluateRuns(at: coordinates, derivatives)
  }

  private func evaluateRuns<Number: BinaryFloatingPoint>(
    at coordinates: [Number], _ derivatives: FieldDerivatives
  ) -> FieldBlock {
    let d = architecture.coordinates
    precondition(
      coordinates.count % d == 0,
      "\(coordinates.count) values do not fill rows of \(d) coordinates")
    let count = coordinates.count / d
    var all = FieldBlock(
      points: 0..<count, coordinates: d, outputs: architecture.outputs, derivatives)
    for start in stride(from: 0, to: count, by: Self.runPoints) {
      let points = start..<min(count, start + Self.runPoints)
      all.replace(
        by: block(points, coordinates[points.lowerBound * d..<points.upperBound * d], derivatives))
    }
    return all
  }

  /// Evaluates one run of points: sorts them into cells, evaluates each cell's network and sums in cell order.
  private func block<Number: BinaryFloatingPoint>(
    _ points: Range<Int>, _ coordinates: ArraySlice<Number>, _ derivatives: FieldDerivatives
  ) -> FieldBlock {
    var result = FieldBlock(
      points: points, coordinates: architecture.coordinates, outputs: architecture.outputs,
      derivatives)
    let work =
      if let axes = grid.quinticAxes {
        memberships(points.count, coordinates, axes)
      } else {
        blendedMemberships(points.count, coordinates, grid.sineSquaredAxes ?? [])
      }
    let group = 64
    for start in stride(from: 0, to: work.count, by: group) {
      let own = Array(work[start..<min(work.count, start + group)])
      let parts = Parallel.map(own.count) { contribution(own[$0], derivatives) }
      for (membership, part) in zip(own, parts) {
        result.add(part, at: membership.points)
      }
    }
    return result
  }

  /// The contribution of a cell at its points: its weight times its network, by the product rule.
  private func contribution(
    _ membership: Membership, _ derivatives: FieldDerivatives
  ) -> FieldBlock {
    let d = architecture.coordinates
    let c = architecture.outputs
    // The network takes the distance from the cell's middle in coordinate units, so its derivatives are the field's.
    let factors = zip(grid.axes, coordinateScale).map {
      Float(2 * $0.samplesPerUnit * $1 / $0.length)
    }
    var block = siren(of: membership.cell).scalingCoordinates(by: factors)
      .evaluate(at: membership.offsets, derivatives: derivatives)
    var slopes = [Double](repeating: 0, count: d)
    let isBlended = !membership.blends.isEmpty
    let windows = isBlended ? membership.blends : membership.windows
    for point in membership.points.indices {
      let start = (isBlended ? d + 2 : 3 * d) * point
      var weight = 1.0
      for axis in 0..<(isBlended ? 1 : d) { weight *= windows[start + 3 * axis] }
      if weight == 1 { continue }
      var curvature = 0.0
      if isBlended {
        for axis in 0..<d { slopes[axis] = windows[start + 1 + axis] }
        curvature = windows[start + 1 + d]
      } else if derivatives != .none {
        for axis in 0..<d {
          var rest = 1.0
          for other in 0..<d where other != axis { rest *= windows[start + 3 * other] }
          slopes[axis] = windows[start + 3 * axis + 1] * rest
          curvature += windows[start + 3 * axis + 2] * rest
        }
      }
      for channel in 0..<c {
        let place = point * c + channel
        let value = Double(block.value[place])
        if derivatives == .laplacian {
          var sum = curvature * value + weight * Double(block.laplacian[place])
          for axis in 0..<d { sum += 2 * slopes[axis] * Double(block.gradient[place * d + axis]) }
          block.laplacian[place] = Float(sum)
        }
        if derivatives != .none {
          for axis in 0..<d {
            block.gradient[place * d + axis] = Float(
              slopes[axis] * value + weight * Double(block.gradient[place * d + axis]))
          }
        }
        block.value[place] = Float(weight * value)
      }
    }
    return block
  }
}

extension FieldBlock {
  /// Adds a block at some of the block's points.
  fileprivate mutating func add(_ part: FieldBlock, at points: [Int]) {
    let (c, d) = (outputs, coordinates)
    for (own, point) in points.enumerated() {
      for channel in 0..<c {
        let (from, to) = (own * c + channel, point * c + channel)
        value[to] += part.value[from]
        if !laplacian.isEmpty { laplacian[to] += part.laplacian[from] }
        if !gradient.isEmpty {
          for axis in 0..<d { gradient[to * d + axis] += part.gradient[from * d + axis] }
        }
      }
    }
  }
}
