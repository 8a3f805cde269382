import Fields
import Foundation

/// How large the cells of a grid are, and their networks.
public struct GridShape: Sendable, Equatable {
  /// Cells along each axis.
  public var cells: [Int]
  /// Samples on each side of a border in which both cells count.
  public var overlap: Double
  /// The network of a cell.
  public var architecture: SirenArchitecture

  /// A shape from its parts.
  public init(cells: [Int], overlap: Double, architecture: SirenArchitecture) {
    self.cells = cells
    self.overlap = overlap
    self.architecture = architecture
  }

  /// The grid over a signal of some extents.
  public func grid(over extents: [Int]) -> CellGrid {
    CellGrid(zip(extents, cells).map { CellAxis(samples: $0, cells: $1, overlap: overlap) })
  }

  /// Number of parameters of all cells.
  public var parameterCount: Int { cells.reduce(architecture.parameterCount, *) }

  /// A shape whose cells are about so many samples long on each axis.
  ///
  /// Two sine layers of 32: a panel of the kernels, so no unit is idle. Docs/EXPERIMENTS.md has what else was tried.
  ///
  /// - Parameters:
  ///   - extents: samples along each axis.
  ///   - channels: of a sample.
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
