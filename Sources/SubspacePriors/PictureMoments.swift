import ImagePriors
import Numerics

/// Means and mean squares of a collection's coefficients, in all functions of its grid.
struct PictureMoments: Sendable {
  private let channels: Int
  private let functions: Int
  /// `[c, K]` each.
  private let means: [Double]
  private let squares: [Double]

  init(
    _ pictures: any TrainingPictures, _ basis: CosineBasis, mirrors: Bool,
    progress: (Double) throws -> Void
  ) throws {
    channels = pictures.channels
    functions = basis.count
    let members = WorkGroup.current
    let (order, batch, group) = (channels * functions, 512 * members.count, 32)
    let analyze = basis.analyzer(channels: pictures.channels)
    var (sums, squares) = (
      [Double](repeating: 0, count: order), [Double](repeating: 0, count: order)
    )
    for start in stride(from: 0, to: pictures.count, by: batch) {
      let end = min(pictures.count, start + batch)
      let parts = try members.map((end - start + group - 1) / group) {
        part -> ([Double], [Double]) in
        var (own, ownSquares) = (
          [Double](repeating: 0, count: order), [Double](repeating: 0, count: order)
        )
        let first = start + part * group
        for index in first..<min(end, first + group) {
          for (place, value) in analyze(try pictures.values(at: index)).enumerated() {
            own[place] += value
            ownSquares[place] += value * value
          }
        }
        return (own, ownSquares)
      }
      for (own, ownSquares) in parts {
        for place in 0..<order {
          sums[place] += own[place]
          squares[place] += ownSquares[place]
        }
      }
      try progress(Double(end) / Double(pictures.count))
    }
    let signs = basis.mirrorSigns
    let count = Double(pictures.count)
    // The mean of a mirrored collection is symmetric.
    means = sums.enumerated().map { place, sum in
      mirrors && signs[place % signs.count] < 0 ? 0 : sum / count
    }
    self.squares = squares.map { $0 / count }
  }

  /// The functions with the largest mean squares over all channels, in the order of the grid.
  func leadingFunctions(_ count: Int) -> [Int] {
    let energies = (0..<functions).map { function in
      (0..<channels).reduce(0.0) { $0 + squares[$1 * functions + function] }
    }
    return energies.indices.sorted { (energies[$1], $0) < (energies[$0], $1) }
      .prefix(count).sorted()
  }

  /// The mean square of the functions left out, as a variance of each value of a picture.
  func dropped(by basis: CosineBasis) -> Double {
    let kept = Set(basis.indices)
    var sum = 0.0
    for function in 0..<functions where !kept.contains(function) {
      for channel in 0..<channels { sum += squares[channel * functions + function] }
    }
    return sum / Double(functions * channels)
  }

  /// The mean picture's coefficients, `[c, K]`.
  func mean(of basis: CosineBasis) -> DoubleMatrix {
    DoubleMatrix(
      rows: channels, columns: basis.count,
      values: (0..<channels).flatMap { channel in
        basis.indices.map { means[channel * functions + $0] }
      })
  }
}
