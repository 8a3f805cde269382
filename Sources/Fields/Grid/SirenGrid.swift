import DifferentiableCore
import Numerics

/// A grid of small SIRENs whose windows overlap.
///
/// The field is `F(x) = sum over cells k of w_k(x) f_k(local x)`, where the windows sum to 1. A value uses the
/// parameters of one cell rather than all of them, so quality and cost per sample do not depend on the size of the
/// signal.
///
/// Quintic windows have two continuous derivatives, so F, its gradient and its Laplacian (by the product rule) have
/// no seams. Windows of sine squared (see ``CellAxis``) have one, so F and its gradient have no seams. Their cells
/// may have different weights: `w_k` is then the product of the axes' windows times the weight of the cell, divided
/// by the sum of these products over the cells.
public struct SirenGrid: Sendable, Equatable {
  /// The layout of the cells.
  public let grid: CellGrid
  /// The shape of each cell's network; its coordinates span -1...1 from border to border.
  public let architecture: SirenArchitecture
  /// The parameters of all networks, `[cells, parameters of a network]`; of a member of a group those of the cells that it
  /// holds.
  public var parameters: [Float]
  /// The first cell whose parameters are held; above 0 only for a member of a group.
  package internal(set) var firstCell = 0
  /// The weight of each cell where windows of sine squared overlap, above 0; nil where all are equal.
  public let cellWeights: [Float]?
  /// The factors on coordinates before they are looked up, one per axis.
  var coordinateScale: [Double]

  /// Creates a grid with given parameters; nil if their number does not fit the networks.
  ///
  /// - Parameters:
  ///   - parameters: the parameters of all networks, `[cells, parameters of a network]`.
  ///   - cellWeights: the weight of each cell, finite and above 0; only for windows of sine squared.
  public init?(
    _ grid: CellGrid, _ architecture: SirenArchitecture, parameters: [Float],
    cellWeights: [Float]? = nil
  ) {
    guard architecture.coordinates == grid.axes.count,
      parameters.count == grid.count * architecture.parameterCount
    else { return nil }
    if let cellWeights {
      guard grid.sineSquaredAxes != nil, cellWeights.count == grid.count,
        cellWeights.allSatisfy({ $0.isFinite && $0 > 0 })
      else { return nil }
    }
    self.cellWeights = cellWeights
    self.grid = grid
    self.architecture = architecture
    self.parameters = parameters
    coordinateScale = [Double](repeating: 1, count: grid.axes.count)
  }

  /// Creates a freshly initialized grid.
  ///
  /// Each network is initialized as by ``Siren/init(_:random:)``, from its own random stream.
  public init(_ grid: CellGrid, _ architecture: SirenArchitecture, seed: UInt64) {
    self.init(grid, architecture, seed: seed, cells: 0..<grid.count)
  }

  /// Some cells of a freshly initialized grid, which are those of the whole grid.
  package init(
    _ grid: CellGrid, _ architecture: SirenArchitecture, seed: UInt64, cells: Range<Int>
  ) {
    precondition(
      architecture.coordinates == grid.axes.count,
      "networks of \(architecture.coordinates) coordinates for \(grid.axes.count) axes")
    self.grid = grid
    self.architecture = architecture
    var parameters: [Float] = []
    parameters.reserveCapacity(cells.count * architecture.parameterCount)
    // Block by block, so that large grids never lie in memory twice.
    for start in stride(from: cells.lowerBound, to: cells.upperBound, by: 1_024) {
      let parts = Parallel.map(min(1_024, cells.upperBound - start)) { cell -> [Float] in
        var random = Xoshiro256(seed: seed, UInt64(start + cell))
        return Siren(architecture, random: &random).parameters.values
      }
      for part in parts { parameters += part }
    }
    self.parameters = parameters
    firstCell = cells.lowerBound
    cellWeights = nil
    coordinateScale = [Double](repeating: 1, count: grid.axes.count)
  }

  /// Creates a grid of one cell from a single network.
  ///
  /// - Parameter samples: samples of the signal along each axis.
  public init(_ field: Siren, samples: [Int]) {
    precondition(
      samples.count == field.architecture.coordinates,
      "\(samples.count) axes for \(field.architecture.coordinates) coordinates")
    let grid = CellGrid(samples.map { CellAxis(samples: $0, cells: 1, overlap: 0.5) })
    self.grid = grid
    architecture = field.architecture
    // From border to border instead of from the first sample's centre to the last one's.
    let factors = grid.axes.map { Float($0.length / 2 / $0.samplesPerUnit) }
    parameters = field.scalingCoordinates(by: factors).parameters.values
    cellWeights = nil
    coordinateScale = [Double](repeating: 1, count: grid.axes.count)
  }

  /// Number of parameters of all networks.
  public var parameterCount: Int { parameters.count }

  /// The field `u -> self(factors * u)`, with its coordinates stretched axis by axis.
  ///
  /// Its derivatives are taken along `u`. If the factors are the size of a pixel, the derivatives are per pixel.
  public func scalingCoordinates(by factors: [Float]) -> SirenGrid {
    precondition(
      factors.count == coordinateScale.count,
      "\(factors.count) factors for \(coordinateScale.count) coordinates")
    var result = self
    for axis in factors.indices { result.coordinateScale[axis] *= Double(factors[axis]) }
    return result
  }

  /// The network of one cell, as a function of its local coordinates.
  public func siren(of cell: Int) -> Siren {
    let count = architecture.parameterCount
    let layout = Siren.layout(of: architecture)
    let start = (cell - firstCell) * count
    return Siren(
      unchecked: architecture,
      Parameters(layout: layout, values: Array(parameters[start..<start + count])))
  }
}
