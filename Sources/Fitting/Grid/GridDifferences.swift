import DifferentiableCore
import Signals

/// The known differences of a picture, and its classical solution, to which the cells of a grid can be fitted.
///
/// A cell sees differences within itself alone, and slow variations hardly show in those. The values of the classical
/// solution, which follows from the same differences, say what is missing: a screened Poisson equation (Bhat et al. 2008,
/// "Fourier analysis of the 2D screened Poisson equation for gradient domain problems"). Values are those of the network,
/// -1...1 for a picture's 0...1.
public struct GridDifferences: Sendable {
  /// The kind of differences.
  public let kind: CellDifferences.Kind
  /// The differences along the columns of the picture, or its Laplacian.
  package let down: Image
  /// The differences along the rows of the picture; nil for its Laplacian.
  let right: Image?
  /// The classical solution.
  package let values: Image
  /// The loss of the field that is 0 everywhere, without the values and with them.
  private let constantLoss: (differences: Double, values: Double)

  /// Creates what is known of a picture.
  ///
  /// - Parameters:
  ///   - down: the differences along the columns of the picture, or its Laplacian.
  ///   - right: the differences along the rows; nil for the Laplacian.
  ///   - values: the classical solution.
  init(_ kind: CellDifferences.Kind, down: Image, right: Image?, values: Image) {
    precondition(
      (right == nil) == (kind == .laplacian), "a Laplacian is one picture, a gradient two")
    self.kind = kind
    self.down = down
    self.right = right
    self.values = values
    let compared =
      switch kind {
      case .sobel: 1.0 / 64
      case .neighbours: 1.0
      case .laplacian: 1.0 / 16
      }
    let sum = Quality.meanSquare(down.values) + (right.map { Quality.meanSquare($0.values) } ?? 0)
    constantLoss = (compared * sum, Quality.meanSquare(values.values))
  }

  /// Rows and columns of the picture.
  var extents: [Int] { [down.height, down.width] }
  /// Channels of the picture.
  var channels: Int { down.channels }

  /// The loss of the field that is 0 everywhere.
  ///
  /// - Parameter valueWeight: the weight of the values.
  func constantLoss(valueWeight: Float) -> Double {
    constantLoss.differences + Double(valueWeight) * constantLoss.values
  }
}
