/// The sums of vectors over the nodes of a tree, so that distant nodes count as one item each.
struct DipoleSums: Sendable {
  /// What a node contributes from afar.
  struct Moment: Sendable {
    /// The sum of the items' vectors.
    var vector: SIMD3<Double>
    /// Their centre, weighted by the vectors' lengths.
    var centre: SIMD3<Double>
    /// A radius around the centre that holds the node's box.
    var radius: Double
  }

  private(set) var moments: [Moment] = []

  /// The number of radii from which on a node counts as distant.
  ///
  /// 2 is the value of Barill and others (2018).
  static let farness = 2.0

  init(_ tree: BoundsTree, moments vectors: [SIMD3<Double>], positions: [SIMD3<Double>]) {
    moments = tree.nodes.map { node in
      var sum = SIMD3<Double>.zero
      var centre = SIMD3<Double>.zero
      var weight = 0.0
      for place in Int(node.start)..<Int(node.start + node.count) {
        let item = Int(tree.order[place])
        let size = length(vectors[item])
        sum += vectors[item]
        centre += positions[item] * size
        weight += size
      }
      let middle = weight > 0 ? centre / weight : (node.lower + node.upper) / 2
      let corner = pointwiseMax(middle - node.lower, node.upper - middle)
      return Moment(vector: sum, centre: middle, radius: length(corner))
    }
  }

  /// The sum over all items, without the factor 1/(4 pi).
  ///
  /// - Parameter near: returns what a near item contributes.
  @inline(__always)
  func sum(
    _ tree: BoundsTree, at point: SIMD3<Double>, near: (Int) -> Double
  ) -> Double {
    var total = 0.0
    walk(
      tree, at: point,
      far: { moment, offset, squared in
        total += dot(moment.vector, offset) / (squared * squared.squareRoot())
      }, near: { total += near($0) })
    return total
  }

  /// Calls `far` for each distant node, with the offset to its centre and its square, and `near` for each other item.
  @inline(__always)
  func walk(
    _ tree: BoundsTree, at point: SIMD3<Double>,
    far: (Moment, SIMD3<Double>, Double) -> Void, near: (Int) -> Void
  ) {
    tree.nodes.withUnsafeBufferPointer { nodes in
      moments.withUnsafeBufferPointer { moments in
        // Trees are halved at each level, so their depth is far below the stack's capacity.
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 128) { stack in
          var depth = 0
          var number: Int32 = nodes.isEmpty ? -1 : 0
          while number >= 0 {
            let node = nodes[Int(number)]
            let moment = moments[Int(number)]
            let offset = moment.centre - point
            let squared = dot(offset, offset)
            let limit = Self.farness * moment.radius
            var isDone = false
            if squared > limit * limit {
              far(moment, offset, squared)
              isDone = true
            } else if node.right == 0 || depth >= 127 {
              for place in Int(node.start)..<Int(node.start + node.count) {
                near(Int(tree.order[place]))
              }
              isDone = true
            }
            if isDone {
              if depth > 0 {
                depth -= 1
                number = stack[depth]
              } else {
                number = -1
              }
            } else {
              stack[depth] = node.right
              depth += 1
              number += 1
            }
          }
        }
      }
    }
  }
}
