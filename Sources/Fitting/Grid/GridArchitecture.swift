import Fields
import Foundation

/// The size of a grid's cells and the architecture of their networks.
public struct GridShape: Sendable, Equatable {
  /// Cells along each axis.
  public var cells: [Int]
  /// Samples on each side of a border in which both cells contribute.
  public var overlap: Double
  /// The network of a cell.
  public var architecture: SirenArchitecture

  /// Creates a shape from its parts.
  public init(cells: [Int], overlap: Double, architecture: SirenArchitecture) {
    self.cells = cells
    self.overlap = overlap
    self.architecture = architecture
  }

  /// The grid over a signal of given extents.
  public func grid(over extents: [Int]) -> CellGrid {
    CellGrid(zip(extents, cells).map { CellAxis(samples: $0, cells: $1, overlap: overlap) })
  }

  /// Number of parameters of all cells.
  public var parameterCount: Int { cells.reduce(architecture.parameterCount, *) }

  /// Creates a shape whose cells have about the given length along each axis.
  ///
  /// Each network has two sine layers of 32, one panel of the kernels, so no unit is idle. Docs/EXPERIMENTS.md lists
  /// the alternatives that were tried.
  ///
  /// - Parameters:
  ///   - extents: samples along each axis.
  ///   - channels: channels per sample.
  ///   - side: samples of a cell along each axis.
  ///   - omegaFirst: frequency scale of the first layer.
  public init(
    extents: [Int], channels: Int, side: [Double], overlap: Double, omegaFirst: Float,
    hiddenWidth: Int = 32
  ) {
    self.init(
      cells: zip(extents, side).map { max(1, Int((Double($0) / $1).rounded())) },
      overlap: overlap,
      architecture: SirenArchitecture(
        coordinates: extents.count, hiddenWidth: hiddenWidth, hiddenLayers: 1, outputs: channels,
        omegaFirst: omegaFirst))
  }
}
