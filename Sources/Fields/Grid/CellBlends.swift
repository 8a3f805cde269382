/// The cells that contribute at a point of a grid with windows of sine squared, and their weights.
///
/// The arrays are reused from point to point.
struct CellBlends {
  /// The indices of the cells.
  private(set) var cells: [Int] = []
  /// The indices of the cells along each axis, `[cells, d]`.
  private(set) var indices: [Int] = []
  /// Each cell's weight, its gradient and its Laplacian, `[cells, 1 + d + 1]`; the weights sum to 1.
  private(set) var numbers: [Double] = []
  private var sums: [Double] = []

  /// Combines the contributing cells of each axis.
  ///
  /// - Parameters:
  ///   - members: the cells of each axis, with weights that sum to 1.
  ///   - cellWeights: the weight of each cell; nil where all are equal.
  mutating func update(_ members: [[CellAxis.Member]], _ grid: CellGrid, _ cellWeights: [Float]?) {
    let d = members.count
    cells.removeAll(keepingCapacity: true)
    indices.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    let count = members.reduce(1) { $0 * $1.count }
    for choice in 0..<count {
      var (rest, cell, span) = (choice, 0, 1)
      indices += repeatElement(0, count: d)
      numbers += repeatElement(1, count: d + 1)
      numbers.append(0)
      let start = choice * (d + 2)
      // The product rule; a window does not change along the other axes.
      for axis in (0..<d).reversed() {
        let member = members[axis][rest % members[axis].count]
        rest /= members[axis].count
        indices[choice * d + axis] = member.cell
        cell += member.cell * span
        span *= grid.axes[axis].cells
        numbers[start + d + 1] =
          numbers[start + d + 1] * member.weight + numbers[start] * member.curvature
        numbers[start] *= member.weight
        for other in 0..<d {
          numbers[start + 1 + other] *= other == axis ? member.slope : member.weight
        }
      }
      cells.append(cell)
    }
    if let cellWeights { weigh(by: cellWeights, d) }
  }

  /// Multiplies the window weights by the cell weights and divides them by their sum.
  private mutating func weigh(by cellWeights: [Float], _ d: Int) {
    let width = d + 2
    sums.removeAll(keepingCapacity: true)
    sums += repeatElement(0, count: width)
    for (index, cell) in cells.enumerated() {
      let factor = Double(cellWeights[cell])
      for place in 0..<width {
        numbers[index * width + place] *= factor
        sums[place] += numbers[index * width + place]
      }
    }
    for start in stride(from: 0, to: numbers.count, by: width) {
      // The quotient rule.
      let weight = numbers[start] / sums[0]
      var laplacian = numbers[start + d + 1] - weight * sums[d + 1]
      for axis in 1...d {
        let slope = (numbers[start + axis] - weight * sums[axis]) / sums[0]
        numbers[start + axis] = slope
        laplacian -= 2 * slope * sums[axis]
      }
      numbers[start] = weight
      numbers[start + d + 1] = laplacian / sums[0]
    }
  }
}
