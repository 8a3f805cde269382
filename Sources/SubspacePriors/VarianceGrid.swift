import Numerics
import Signals

/// The points at which a variance must be known to be known everywhere.
///
/// A prior's pictures are sums of cosines of up to some frequency u, so their variances, sums of products of two
/// of these, are sums of cosines of up to 2 u. A grid of 2 u + 1 samples an axis holds those without loss (the
/// sampling theorem), and what lies between its samples follows for next to nothing.
struct VarianceGrid: Sendable {
  /// The functions of the prior's pictures.
  private let source: CosineBasis
  /// The functions of their variances.
  private let basis: CosineBasis

  /// - Parameter source: the functions of the pictures.
  init(_ source: CosineBasis) {
    self.source = source
    let highest = source.indices.map { max($0 / source.size, $0 % source.size) }.max() ?? 0
    basis = CosineBasis(size: max(2, 2 * highest + 1))
  }

  /// The coordinate among the samples of one grid of a sample of another: their cosines agree where the halves of
  /// a sample before the first ones do.
  private static func coordinate(
    ofIndex index: Double, of own: CosineBasis, in other: CosineBasis
  ) -> Float {
    CoordinateGrid.coordinate(
      ofIndex: (index + 0.5) * Double(other.size) / Double(own.size) - 0.5, size: other.size)
  }

  /// Number of points.
  var count: Int { basis.size * basis.size }

  /// The points, `[count, 2]` in the prior's coordinates; the outermost may lie beyond -1...1.
  var coordinates: [Float] {
    let places = (0..<basis.size).map {
      Self.coordinate(ofIndex: Double($0), of: basis, in: source)
    }
    return CoordinateGrid.points(rows: places[...], columns: places)
  }

  /// The variances of a picture's pixels, row-major `[height, width, c]`.
  ///
  /// - Parameter values: at ``coordinates``, `[count, c]`.
  func variances(_ values: [Double], width: Int, height: Int) -> [Double] {
    let channels = values.count / count
    let coefficients = basis.analyzer(channels: channels)(values.map { Float($0) })
    let functions = { (size: Int) in
      basis.axisFunctions(
        at: CoordinateGrid.axis(size: size).map {
          Self.coordinate(
            ofIndex: (Double($0) + 1) * Double(source.size - 1) / 2, of: source, in: basis)
        })
    }
    return basis.picture(
      DoubleMatrix(rows: channels, columns: count, values: coefficients), rows: functions(height),
      columns: functions(width)
    ).map { max(0, Double($0)) }
  }
}
