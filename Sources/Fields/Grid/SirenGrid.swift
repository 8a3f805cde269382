import DifferentiableCore
import Numerics

/// A grid of small SIRENs whose windows overlap: `F(x) = sum over cells k of w_k(x) f_k(local x)`, where the
/// windows sum to 1.
///
/// A value costs the parameters of one cell and not of all, so quality and cost per sample do not depend on the
/// size of the signal. Quintic windows have two continuous derivatives, and with them F, its gradient and its
/// Laplacian (by the product rule) have no seams. Windows of sine squared (see ``CellAxis``) have one, so F and its
/// gradient have no seams. Their cells may count differently: `w_k` is then the product of the axes' windows times
/// the cell's weight, divided by the sum of these products over the cells.
public struct SirenGrid: Sendable, Equatable {
  /// Where the cells are.
  public let grid: CellGrid
  /// The shape of each cell's network; its coordinates span -1...1 from border to border.
  public let architecture: SirenArchitecture
  /// All networks' parameters, `[cells, parameters of a network]`.
  public var parameters: [Float]
  /// How much each cell counts where windows of sine squared overlap, above 0; nil where all count the same.
  public let cellWeights: [Float]?
  /// What coordinates are multiplied by before they are looked up, one per axis.
  var coordinateScale: [Double]

  /// A grid with given parameters; nil if they are not as many as the networks have.
  ///
  /// - Parameters:
  ///   - parameters: of all networks, `[cells, parameters of a network]`.
  ///   - cellWeights: how much each cell counts, finite and above 0; only for windows of sine squared.
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

  /// A freshly initialized grid: each network as ``Siren/init(_:random:)`` makes it, from a stream of its own.
  public init(_ grid: CellGrid, _ architecture: SirenArchitecture, seed: UInt64) {
    precondition(
      architecture.coordinates == grid.axes.count,
      "networks of \(architecture.coordinates) coordinates for \(grid.axes.count) axes")
    self.grid = grid
    self.architecture = architecture
    let parts = Parallel.map(grid.count) { cell -> [Float] in
      var random = Xoshiro256(seed: seed, UInt64(cell))
      return Siren(architecture, random: &random).parameters.values
    }
    parameters = Array(parts.joined())
    cellWeights = nil
    coordinateScale = [Double](repeating: 1, count: grid.axes.count)
  }

  /// A plain network as a grid of one cell.
  ///
  /// - Parameter samples: of the signal, along each axis.
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

  /// The field `u -> self(factors * u)`: its coordinates are stretched, axis by axis.
  ///
  /// Its derivatives are those along `u`; with the size of a pixel as factors they are per pixel.
  public func scalingCoordinates(by factors: [Float]) -> SirenGrid {
    precondition(
      factors.count == coordinateScale.count,
      "\(factors.count) factors for \(coordinateScale.count) coordinates")
    var result = self
    for axis in factors.indices { result.coordinateScale[axis] *= Double(factors[axis]) }
    return result
  }

  /// The network of one cell, from its local coordinates.
  public func siren(of cell: Int) -> Siren {
    let count = architecture.parameterCount
    let layout = Siren.layout(of: architecture)
    return Siren(
      unchecked: architecture,
      Parameters(layout: layout, values: Array(parameters[cell * count..<(cell + 1) * count])))
  }
}
