import DifferentiableCore
import Fields

extension TrainedPrior {
  /// Fields between two restored pictures: codes are mixed linearly, from the first picture's own to
  /// the second's.
  ///
  /// A prior of components is linear in the code, so its pictures go over into each other value by
  /// value. For a trained network the latent vectors are mixed, which is not linear in the values,
  /// and with them the changes that were fitted to the observations.
  ///
  /// - Parameters:
  ///   - first: observations, 0 or more, in the prior's channels, and the size they refer to.
  ///   - second: the same of the other picture.
  ///   - steps: how many fields, at least 2, both ends included.
  /// - Returns: networks from (row, column) in -1...1 to values in -1...1; the ends are what `inpaint`
  ///   gives for the same observations.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  public func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] {
    precondition(steps >= 2, "an interpolation has two ends, got \(steps) steps")
    let shares = (0..<steps).map { Double($0) / Double(steps - 1) }
    switch self {
    case .components(let prior):
      let ends = try [first, second].map { task in
        try prior.posterior(
          task.observations, width: task.width, height: task.height, withUncertainty: false
        ).spectrum
      }
      return try shares.map { try prior.field(ends[0].mixed(with: ends[1], share: $0)) }
    case .network(let model):
      let ends = try [first, second].map { task in
        try model.code(explaining: task.observations, width: task.width, height: task.height)
      }
      return try shares.map { try model.field(of: ends[0].mixed(with: ends[1], share: $0)) }
    }
  }
}

extension DoubleMatrix {
  /// `(1 - share) self + share other`, exactly one of them at the ends.
  func mixed(with other: DoubleMatrix, share: Double) -> DoubleMatrix {
    var result = self
    for index in result.values.indices { result.values[index] *= 1 - share }
    result.add(other, times: share)
    return result
  }
}

extension PriorCode {
  /// `(1 - share) self + share other`; a change that there is not counts as none.
  fileprivate func mixed(with other: PriorCode, share: Double) -> PriorCode {
    let latent = latent * Float(1 - share) + other.latent * Float(share)
    let change: DoubleMatrix?
    switch (self.change, other.change) {
    case (let own?, let theirs?): change = own.mixed(with: theirs, share: share)
    case (let own?, nil):
      change = own.mixed(with: DoubleMatrix(rows: own.rows, columns: own.columns), share: share)
    case (nil, let theirs?):
      change = DoubleMatrix(rows: theirs.rows, columns: theirs.columns)
        .mixed(with: theirs, share: share)
    case (nil, nil): change = nil
    }
    return PriorCode(latent: latent, change: change)
  }
}
