import DifferentiableCore

/// How far the training codes are from the mean of the collection, as far as a set of points shows it.
///
/// With `A = I + precision` it is `code^T (I - A^-1) code`; where the points lie decides, not what was observed
/// there, so pictures that share their points share this work.
struct CodeLengths: Sendable {
  /// Of each code: the products of components that a mirror turns alike.
  let within: [Double]
  /// And those of a component that it turns with one that it does not turn; the mirrored code has their
  /// opposite.
  let between: [Double]

  private static let block = 256

  /// - Parameters:
  ///   - prior: with its codes.
  ///   - wide: `A^-1`; see ``CodePosterior/collectionCovariance(_:)``.
  init(_ prior: ComponentPrior, _ wide: DoubleMatrix) {
    let (codes, order) = (prior.codes, prior.codeLength)
    var metric = DoubleMatrix.identity(order)
    metric.add(wide, times: -1)
    // Distances order and weigh codes; seven digits are more than enough for that.
    let single = SingleMatrix(metric)
    let groups = prior.trainingCodes.sides
    let metrics = [(0, 0), (1, 1), (0, 1)].map { single.rows(groups[$0.0]).columns(groups[$0.1]) }
    let block = Self.block
    let parts = Parallel.map((codes.rows + block - 1) / block) { part in
      let rows = codes.rows(Array(part * block..<min(codes.rows, (part + 1) * block)))
      let sides = groups.map { rows.columns($0) }
      let even = sides[0].multiplied(by: metrics[0]).rowProducts(with: sides[0])
      let odd = sides[1].multiplied(by: metrics[1]).rowProducts(with: sides[1])
      let both = sides[0].multiplied(by: metrics[2]).rowProducts(with: sides[1])
      return (within: zip(even, odd).map { $0 + $1 }, between: both.map { 2 * $0 })
    }
    within = parts.flatMap(\.within)
    between = parts.flatMap(\.between)
  }
}
