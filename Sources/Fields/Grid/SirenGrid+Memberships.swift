/// Sorts points into the cells that count at them.
extension SirenGrid {
  /// The points of a run at which one cell counts.
  struct Membership: Sendable {
    let cell: Int
    /// Places in the run.
    var points: [Int] = []
    /// Distances from the cell's middle, in coordinate units, `[n, d]`.
    var offsets: [Float] = []
    /// Of the window and its derivatives along each axis, per coordinate unit, `[n, d, 3]`; for quintic windows.
    var windows: [Double] = []
    /// The cell's weight, its gradient and its Laplacian, per coordinate unit, `[n, 1 + d + 1]`; for windows of sine
    /// squared, whose weights need not be products of the axes' ones.
    var blends: [Double] = []
  }

  /// The points of a run sorted into cells with quintic windows.
  func memberships<Number: BinaryFloatingPoint>(
    _ count: Int, _ coordinates: ArraySlice<Number>, _ axes: [QuinticAxis]
  ) -> [Membership] {
    let begin = coordinates.startIndex
    let d = axes.count
    let scales = axes.map { SampleScale(samples: $0.samples) }
    var places: [Int: Int] = [:]
    var work: [Membership] = []
    var position = [Double](repeating: 0, count: d)
    let none = CellAxis.Member(cell: 0, weight: 0, slope: 0, curvature: 0)
    // Two per axis, the second one meaningful where the axis' bit is set.
    var members = [CellAxis.Member](repeating: none, count: 2 * d)
    var lastCell = -1
    var lastIndex = 0
    for point in 0..<count {
      var overlaps = 0
      for axis in 0..<d {
        position[axis] = scales[axis].place(
          of: coordinateScale[axis] * Double(coordinates[begin + point * d + axis]))
        let (first, second) = axes[axis].members(at: position[axis])
        members[2 * axis] = first
        if let second {
          members[2 * axis + 1] = second
          overlaps |= 1 << axis
        }
      }
      for choice in 0..<1 << d where choice & ~overlaps == 0 {
        var cell = 0
        for axis in 0..<d {
          cell = cell * axes[axis].cells + members[2 * axis + (choice >> axis & 1)].cell
        }
        if cell != lastCell {
          if let known = places[cell] {
            lastIndex = known
          } else {
            lastIndex = work.count
            places[cell] = lastIndex
            work.append(Membership(cell: cell))
          }
          lastCell = cell
        }
        work[lastIndex].points.append(point)
        for axis in 0..<d {
          let member = members[2 * axis + (choice >> axis & 1)]
          let unit = scales[axis].perUnit * coordinateScale[axis]
          work[lastIndex].offsets.append(
            Float((position[axis] - axes[axis].middle(of: member.cell)) / unit))
          work[lastIndex].windows.append(member.weight)
          work[lastIndex].windows.append(member.slope * unit)
          work[lastIndex].windows.append(member.curvature * unit * unit)
        }
      }
    }
    return work.sorted { $0.cell < $1.cell }
  }

  /// The points of a run sorted into cells with windows of sine squared.
  func blendedMemberships<Number: BinaryFloatingPoint>(
    _ count: Int, _ coordinates: ArraySlice<Number>, _ axes: [SineSquaredAxis]
  ) -> [Membership] {
    let begin = coordinates.startIndex
    let d = axes.count
    let scales = axes.map { SampleScale(samples: $0.samples) }
    var position = [Double](repeating: .nan, count: d)
    var members = [[CellAxis.Member]](repeating: [], count: d)
    var places: [Int: Int] = [:]
    var work: [Membership] = []
    for point in 0..<count {
      for axis in 0..<d {
        let place = scales[axis].place(
          of: coordinateScale[axis] * Double(coordinates[begin + point * d + axis]))
        // Neighbours in a row of a picture share the row.
        if members[axis].isEmpty || place != position[axis] {
          position[axis] = place
          members[axis] = axes[axis].members(at: place).map {
            let unit = scales[axis].perUnit * coordinateScale[axis]
            return .init(
              cell: $0.cell, weight: $0.weight, slope: $0.slope * unit,
              curvature: $0.curvature * unit * unit)
          }
        }
      }
      for blend in blends(of: members) {
        let index = places[blend.cell] ?? work.count
        if index == work.count {
          places[blend.cell] = index
          work.append(Membership(cell: blend.cell))
        }
        work[index].points.append(point)
        for axis in 0..<d {
          let unit = scales[axis].perUnit * coordinateScale[axis]
          let middle = axes[axis].middle(of: blend.indices[axis])
          work[index].offsets.append(Float((position[axis] - middle) / unit))
        }
        work[index].blends.append(blend.weight)
        work[index].blends += blend.gradient
        work[index].blends.append(blend.laplacian)
      }
    }
    return work.sorted { $0.cell < $1.cell }
  }

  /// A cell's weight at a point, with its derivatives.
  private struct Blend {
    var cell = 0
    var indices: [Int] = []
    var weight = 1.0
    var gradient: [Double]
    var laplacian = 0.0
  }

  /// The cells that count at a point, from those that count along each axis; their weights sum to 1.
  private func blends(of members: [[CellAxis.Member]]) -> [Blend] {
    let d = members.count
    var blends = [Blend(gradient: [Double](repeating: 0, count: d))]
    for axis in 0..<d {
      blends = blends.flatMap { blend in
        members[axis].map { member in
          // The product rule; a window does not change along the other axes.
          var next = blend
          next.cell = blend.cell * grid.axes[axis].cells + member.cell
          next.indices.append(member.cell)
          next.weight *= member.weight
          for other in 0..<axis { next.gradient[other] *= member.weight }
          next.gradient[axis] = blend.weight * member.slope
          next.laplacian = blend.laplacian * member.weight + blend.weight * member.curvature
          return next
        }
      }
    }
    guard let cellWeights else { return blends }
    var sum = Blend(weight: 0, gradient: [Double](repeating: 0, count: d))
    for index in blends.indices {
      let factor = Double(cellWeights[blends[index].cell])
      blends[index].weight *= factor
      blends[index].laplacian *= factor
      sum.weight += blends[index].weight
      sum.laplacian += blends[index].laplacian
      for axis in 0..<d {
        blends[index].gradient[axis] *= factor
        sum.gradient[axis] += blends[index].gradient[axis]
      }
    }
    for index in blends.indices {
      // The quotient rule.
      let weight = blends[index].weight / sum.weight
      var laplacian = blends[index].laplacian - weight * sum.laplacian
      for axis in 0..<d {
        let slope = (blends[index].gradient[axis] - weight * sum.gradient[axis]) / sum.weight
        blends[index].gradient[axis] = slope
        laplacian -= 2 * slope * sum.gradient[axis]
      }
      blends[index].weight = weight
      blends[index].laplacian = laplacian / sum.weight
    }
    return blends
  }
}
