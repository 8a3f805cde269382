/// Sorts points into the cells that contribute at them.
extension SirenGrid {
  /// The points of a run to which one cell contributes.
  struct Membership: Sendable {
    let cell: Int
    /// The positions of the points in the run.
    var points: [Int] = []
    /// Distances from the cell's middle, in coordinate units, `[n, d]`.
    var offsets: [Float] = []
    /// The window and its derivatives along each axis, per coordinate unit, `[n, d, 3]`; for quintic windows.
    var windows: [Double] = []
    /// The cell's weight, its gradient and its Laplacian, per coordinate unit, `[n, 1 + d + 1]`; for windows of sine
    /// squared, whose weights need not be products of the axes' weights.
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
    // There are two members per axis; the second one is meaningful where the bit of the axis is set.
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
    var blends = CellBlends()
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
      blends.update(members, grid, cellWeights)
      for (number, cell) in blends.cells.enumerated() {
        let index = places[cell] ?? work.count
        if index == work.count {
          places[cell] = index
          work.append(Membership(cell: cell))
        }
        work[index].points.append(point)
        for axis in 0..<d {
          let unit = scales[axis].perUnit * coordinateScale[axis]
          let middle = axes[axis].middle(of: blends.indices[number * d + axis])
          work[index].offsets.append(Float((position[axis] - middle) / unit))
        }
        work[index].blends += blends.numbers[number * (d + 2)..<(number + 1) * (d + 2)]
      }
    }
    return work.sorted { $0.cell < $1.cell }
  }
}
