import Numerics

/// A network layer as tensors: `sin(omega (x W^T + b))`, or `x W^T + b` without omega.
public struct SineNetworkLayer: Sendable {
  /// `[outputs, inputs]` shared by all networks, or `[b, outputs, inputs]`.
  public var weight: Tensor
  /// `[outputs]` or `[b, outputs]`.
  public var bias: Tensor
  /// The factor inside the sine; nil for a linear layer.
  public var omega: Float?

  /// A layer from its arrays.
  public init(weight: Tensor, bias: Tensor, omega: Float?) {
    self.weight = weight
    self.bias = bias
    self.omega = omega
  }
}

extension SineNetworkLayer {
  /// The layer's result in plain operations.
  ///
  /// - Parameter input: `[..., n, inputs]`.
  /// - Returns: `[..., n, outputs]`.
  public func apply(to input: Tensor) -> Tensor {
    let sum: Tensor
    if weight.rank == 2, bias.rank == 1, weight.shape[1] <= Self.mostCoordinates {
      sum = sumFromBias(input)
    } else {
      sum =
        input.matrixProduct(weight, transposingRight: true)
        + (bias.rank == 2 ? bias.reshaped([bias.shape[0], 1, bias.shape[1]]) : bias)
    }
    return omega.map { (sum * $0).sine() } ?? sum
  }

  /// The largest number of inputs for which a layer is treated as the first one, whose inputs are coordinates.
  private static let mostCoordinates = 4

  /// The layer before its sine, rounded as in PyTorch: multiply-adds that start at the bias.
  ///
  /// With omega 3,000, float32 rounds phases by 1e-4, so another order of additions changes the function by
  /// that much. A column of ones makes the matrix product start at the bias.
  private func sumFromBias(_ input: Tensor) -> Tensor {
    let ones = Tensor.ones(Array(input.shape.dropLast()) + [1])
    let extended = Tensor.concatenated([ones, input], axis: input.rank - 1)
    let rows = Tensor.concatenated([bias.reshaped([bias.shape[0], 1]), weight], axis: 1)
    return extended.matrixProduct(rows, transposingRight: true)
  }
}

extension Tensor {
  /// The outputs of b sine networks, each at its own points.
  ///
  /// It is one fused pass where the kernels support the shape. Other shapes, and derivatives of higher order,
  /// use the plain composition.
  ///
  /// Weights that are generated in full have shape `[b, outputs, inputs]`. A shared matrix with one generated
  /// scale per unit, or with a generated change of low rank, is first combined by ordinary operations. This
  /// costs little compared with evaluating the points.
  ///
  /// - Parameters:
  ///   - coordinates: `[b, n, d]`.
  ///   - layers: first to last; only the last may be linear.
  /// - Returns: `[b, n, outputs]`.
  public static func sineNetwork(at coordinates: Tensor, _ layers: [SineNetworkLayer]) -> Tensor {
    precondition(coordinates.rank == 3, "coordinates [b, n, d] expected, got \(coordinates.shape)")
    guard let network = SineNetworkPass(coordinates, layers) else {
      return sineNetworkComposition(at: coordinates, layers)
    }
    let inputs = [coordinates] + layers.flatMap { [$0.weight, $0.bias] }
    let omegas = layers.map(\.omega)
    let keeps = inputs.contains { $0.isTracked }
    let (result, kept) = network.forward(keeping: keeps)
    return result.recorded(
      from: inputs,
      composition: { variables in
        sineNetworkComposition(
          at: variables[0],
          omegas.enumerated().map { index, omega in
            SineNetworkLayer(
              weight: variables[1 + 2 * index], bias: variables[2 + 2 * index], omega: omega)
          })
      }
    ) { pull in
      kept.turn.withLock { _ in
        network.reverse(kept, cotangent: pull.cotangent, needed: pull.needed)
      }
    }
  }

  /// The plain composition, the reference for ``sineNetwork(at:_:)``.
  public static func sineNetworkComposition(
    at coordinates: Tensor, _ layers: [SineNetworkLayer]
  ) -> Tensor {
    layers.reduce(coordinates) { $1.apply(to: $0) }
  }
}

/// The fused pass over b networks.
///
/// Threads share units of work; a unit is some of the tiles of one network.
private struct SineNetworkPass: Sendable {
  let field: FusedField
  let coordinates: Tensor
  let arrays: [Tensor]
  let sets: Int
  let points: Int

  /// The number of tiles per unit; several threads process a network with more points.
  private static let tilesPerUnit = 8

  /// The tiles of a unit in their state after the forward pass.
  ///
  /// Only one thread at a time uses them: units share no tiles, and whole reverse passes take turns.
  struct UnitTiles: @unchecked Sendable {
    var tiles: [FieldTile] = []
  }

  /// The values of the forward pass that the reverse pass needs.
  final class Kept: Sendable {
    let turn = Guarded(())
    /// The packed weights, one per network.
    let packed: [PackedField]
    /// The units, without tiles if no derivative is needed.
    let units: [UnitTiles]

    init(packed: [PackedField], units: [UnitTiles]) {
      self.packed = packed
      self.units = units
    }
  }

  init?(_ coordinates: Tensor, _ layers: [SineNetworkLayer]) {
    guard
      let field = FusedField(
        coordinates: coordinates.shape[2], widths: layers.map { $0.bias.shape.last ?? 0 },
        omegas: layers.map(\.omega))
    else { return nil }
    self.field = field
    self.coordinates = coordinates
    arrays = layers.flatMap { [$0.weight, $0.bias] }
    sets = coordinates.shape[0]
    points = coordinates.shape[1]
    var inputs = coordinates.shape[2]
    for layer in layers {
      let outputs = layer.bias.shape.last ?? 0
      let fits =
        layer.weight.shape.suffix(2) == [outputs, inputs]
        && (layer.weight.rank == 2 || (layer.weight.rank == 3 && layer.weight.shape[0] == sets))
        && (layer.bias.rank == 1 || (layer.bias.rank == 2 && layer.bias.shape[0] == sets))
      precondition(
        fits, "weights \(layer.weight.shape) and biases \(layer.bias.shape) after \(inputs) values")
      inputs = outputs
    }
    guard sets > 0, points > 0 else { return nil }
  }

  /// Whether all networks share an array (weights at even positions, biases at odd positions).
  private func isShared(_ position: Int) -> Bool { arrays[position].rank == 2 - position % 2 }

  private var tilePoints: Int { FusedField.Mode.value.tilePoints }
  private var tilesPerSet: Int { (points + tilePoints - 1) / tilePoints }
  private var unitsPerSet: Int {
    (tilesPerSet + Self.tilesPerUnit - 1) / Self.tilesPerUnit
  }

  /// The network of a unit, and the range of its tiles.
  private func extent(ofUnit unit: Int) -> (set: Int, tiles: Range<Int>) {
    let first = unit % unitsPerSet * Self.tilesPerUnit
    return (unit / unitsPerSet, first..<min(tilesPerSet, first + Self.tilesPerUnit))
  }

  private func pack(_ set: Int) -> PackedField {
    field.packed(
      arrays.indices.map { position -> UnsafePointer<Float>? in
        let array = arrays[position]
        let start = isShared(position) ? 0 : set * (array.count / sets)
        return UnsafePointer(array.buffer.pointer + start)
      })
  }

  func forward(keeping: Bool) -> (Tensor, Kept) {
    let shared = arrays.indices.allSatisfy(isShared)
    let packed =
      shared
      ? [PackedField](repeating: pack(0), count: sets) : Parallel.map(sets) { pack($0) }
    let (d, c) = (field.coordinates, field.outputs)
    let result = Tensor.writing([sets, points, c]) { _ in }
    let units = Parallel.map(sets * unitsPerSet) { unit in
      let (set, tiles) = extent(ofUnit: unit)
      var kept = UnitTiles()
      var scratch: FieldTile?
      for tile in tiles {
        let offset = tile * tilePoints
        let work =
          scratch
          ?? FieldTile(
            field, .value, capacity: min(tilePoints, points), isReversed: keeping)
        let start = set * points + offset
        work.forward(
          packed[set], points: min(tilePoints, points - offset),
          coordinates: coordinates.buffer.pointer + start * d,
          value: result.buffer.pointer + start * c)
        if keeping { kept.tiles.append(work) } else { scratch = work }
      }
      return kept
    }
    return (result, Kept(packed: packed, units: units))
  }

  func reverse(_ kept: Kept, cotangent: Tensor, needed: [Bool]) -> [Tensor?] {
    let (d, c) = (field.coordinates, field.outputs)
    let slopes = Tensor.writing([sets, points, d]) { _ in }
    let sums = kept.units.map { _ in FieldGradient(field) }
    Parallel.forEach(kept.units.count) { number in
      // The reverse order starts with the last results of the forward pass, most of which are still in a cache.
      let unit = kept.units.count - 1 - number
      let (set, tiles) = extent(ofUnit: unit)
      let scratch = FieldScratch(field, .value, capacity: min(tilePoints, points))
      for (tile, work) in zip(tiles, kept.units[unit].tiles).reversed() {
        let start = set * points + tile * tilePoints
        work.reverse(
          kept.packed[set], value: cotangent.buffer.pointer + start * c, with: scratch,
          into: sums[unit],
          coordinates: needed[0] ? slopes.buffer.pointer + start * d : nil)
      }
    }
    var results: [Tensor?] = [needed[0] ? slopes : nil]
    for (position, part) in parts(of: sums, needed: Array(needed.dropFirst())).enumerated() {
      results.append(isShared(position) ? part?.sum(axes: [0]) : part)
    }
    return results
  }

  /// The derivatives of all networks' arrays, `[sets, ...]` each, computed from those of the units.
  private func parts(of sums: [FieldGradient], needed: [Bool]) -> [Tensor?] {
    let shapes = arrays.indices.map {
      isShared($0) ? arrays[$0].shape : Array(arrays[$0].shape.dropFirst())
    }
    let results = shapes.indices.map { position in
      needed[position] ? Tensor.writing([sets] + shapes[position]) { _ in } : nil
    }
    Parallel.forEach(sets) { set in
      let own = sums[set * unitsPerSet..<(set + 1) * unitsPerSet]
      own.first?.add(Array(own.dropFirst()))
      own.first?.write(
        to: results.map { result -> UnsafeMutablePointer<Float>? in
          result.map { $0.buffer.pointer + set * ($0.count / sets) }
        })
    }
    return results
  }
}
