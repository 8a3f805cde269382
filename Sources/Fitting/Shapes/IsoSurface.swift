import Fields
import Foundation
import Numerics
import Signals

/// The surface on which a field of three coordinates is 0, as a closed mesh.
///
/// The cube -1...1 is divided into cells, in blocks of 8 per side. A block is passed over if the field at its centre is so far from
/// 0 that no zero can lie in it, given the largest gradient found. If the surface leaves a block towards one that was passed
/// over, that one is computed after all, so the surface has no holes.
public struct IsoSurface: Sendable {
  /// The closed mesh in the coordinates of the field, with normals from its gradient.
  public let mesh: TriangleMesh
  /// The fraction of cells that were passed over.
  public let emptyShare: Double
  /// Whether the field is negative at the border of the cube, where the mesh is closed by force.
  public let touchesBorder: Bool

  /// Cells per block and side.
  fileprivate static let block = 8
  /// The smallest and the largest number of cells per side.
  public static let resolutions = 8...1_024
  /// The factor on the largest gradient found, since larger ones may lie between the samples.
  private static let margin = 1.25
  private static let refinements = 3

  /// Extracts the surface.
  ///
  /// Vertices are moved onto the zero set by Newton steps along the gradient, by at most half a cell.
  ///
  /// - Parameters:
  ///   - field: a field of three coordinates; its first channel is used.
  ///   - resolution: cells per side of the cube, of ``resolutions``; rounded up to a multiple of 8.
  public init(of field: any Field, resolution: Int) {
    var samples = BlockSamples(field, resolution: resolution)
    var pending = samples.possibleBlocks(margin: Self.margin)
    while !pending.isEmpty {
      samples.evaluate(pending)
      pending = samples.crossedNeighbours(of: pending)
    }
    touchesBorder = samples.touchesBorder
    emptyShare = 1 - Double(samples.activeBlocks.count) / Double(samples.blockCount)
    var builder = SurfaceBuilder(cell: samples.cell)
    for block in samples.activeBlocks { builder.add(block, samples) }
    mesh = Self.refined(builder.mesh, field, cell: samples.cell)
  }

  /// The mesh with its vertices moved onto the zero set, and with normals.
  private static func refined(_ mesh: TriangleMesh, _ field: any Field, cell: Double)
    -> TriangleMesh
  {
    var vertices = mesh.vertices
    for _ in 0..<refinements {
      let block = field.evaluate(at: vertices, derivatives: .gradient)
      for index in vertices.indices {
        let slope = gradient(block, index)
        let square = dot(slope, slope)
        guard square > 1e-6, square.isFinite else { continue }
        let moved =
          vertices[index] - slope * (Double(block.value[index * block.outputs]) / square)
        let offset = moved - mesh.vertices[index]
        let distance = length(offset)
        guard distance.isFinite else { continue }
        vertices[index] =
          mesh.vertices[index] + offset * min(1, cell / 2 / max(distance, .leastNormalMagnitude))
      }
    }
    let block = field.evaluate(at: vertices, derivatives: .gradient)
    return TriangleMesh(
      vertices: vertices, triangles: mesh.triangles,
      normals: vertices.indices.map { normalized(gradient(block, $0)) })
  }

  fileprivate static func gradient(_ block: FieldBlock, _ index: Int) -> SIMD3<Double> {
    let start = 3 * index * block.outputs
    return SIMD3(
      Double(block.gradient[start]), Double(block.gradient[start + 1]),
      Double(block.gradient[start + 2]))
  }
}

/// The field at the corners of the cells of some blocks.
private struct BlockSamples {
  private let field: any Field
  /// Blocks per side.
  let blocks: Int
  /// The side of a cell.
  let cell: Double
  /// The value at the centre of each block.
  private var centres: [Float] = []
  private var slopes: [Float] = []
  /// Where the samples of each block lie in ``values``; -1 if it has none.
  private var slots: [Int32]
  /// 8x8x8 samples of each block that has some; NaN where the field was not evaluated.
  private var values: [Float] = []
  private var isActive: [Bool]
  /// The blocks whose cells are searched, in the order in which they were found.
  private(set) var activeBlocks: [Int] = []
  private(set) var touchesBorder = false

  private static let block = IsoSurface.block
  private static let perBlock = block * block * block

  var blockCount: Int { blocks * blocks * blocks }
  /// Samples per side: one more than cells.
  private var side: Int { blocks * Self.block + 1 }
  /// Blocks of samples per side; the last one holds the samples at the upper border.
  private var sampleBlocks: Int { blocks + 1 }

  init(_ field: any Field, resolution: Int) {
    self.field = field
    let resolution = max(IsoSurface.resolutions.lowerBound, resolution)
    blocks = (resolution + Self.block - 1) / Self.block
    cell = 2 / Double(blocks * Self.block)
    slots = [Int32](repeating: -1, count: (blocks + 1) * (blocks + 1) * (blocks + 1))
    isActive = [Bool](repeating: false, count: blocks * blocks * blocks)
    let width = cell * Double(Self.block)
    let points = (0..<blockCount).map { number -> SIMD3<Double> in
      let (x, y, z) = Self.split(number, blocks)
      return SIMD3(Double(x) + 0.5, Double(y) + 0.5, Double(z) + 0.5) * width - 1
    }
    let found = field.evaluate(at: points, derivatives: .gradient)
    centres = (0..<blockCount).map { found.value[$0 * found.outputs] }
    slopes = (0..<blockCount).map { Float(length(IsoSurface.gradient(found, $0))) }
  }

  static func split(_ number: Int, _ side: Int) -> (Int, Int, Int) {
    (number % side, number / side % side, number / (side * side))
  }

  /// The blocks that may hold a zero of the field, given the largest gradient.
  func possibleBlocks(margin: Double) -> [Int] {
    let steepest = max(1, Double(slopes.max() ?? 1))
    let reach = margin * steepest * cell * Double(Self.block) * 3.0.squareRoot() / 2
    return (0..<blockCount).filter { number in
      !(abs(Double(centres[number])) > reach) || hasOtherNeighbour(number)
    }
  }

  /// Whether the centre of the next block along an axis lies on the other side of the surface.
  private func hasOtherNeighbour(_ number: Int) -> Bool {
    let place = Self.split(number, blocks)
    var step = 1
    for position in [place.0, place.1, place.2] {
      if position + 1 < blocks, (centres[number] < 0) != (centres[number + step] < 0) {
        return true
      }
      step *= blocks
    }
    return false
  }

  /// Evaluates the corners of all cells of some blocks.
  mutating func evaluate(_ chosen: [Int]) {
    var wanted: [(slot: Int, place: SIMD3<Int32>)] = []
    for number in chosen {
      isActive[number] = true
      activeBlocks.append(number)
      let (bx, by, bz) = Self.split(number, blocks)
      for z in 0...Self.block {
        for y in 0...Self.block {
          for x in 0...Self.block {
            let place = (
              bx * Self.block + x, by * Self.block + y, bz * Self.block + z
            )
            let index = slot(of: place)
            if values[index].isNaN {
              // Any other number, so that a sample is listed once.
              values[index] = 0
              wanted.append((index, SIMD3(Int32(place.0), Int32(place.1), Int32(place.2))))
            }
          }
        }
      }
    }
    // In parts, so that memory does not grow with the resolution.
    for start in stride(from: 0, to: wanted.count, by: 1 << 20) {
      let part = wanted[start..<min(wanted.count, start + 1 << 20)]
      let points = part.map {
        SIMD3(Double($0.place.x), Double($0.place.y), Double($0.place.z)) * cell - 1
      }
      let block = field.evaluate(at: points, derivatives: .none)
      for (row, sample) in part.enumerated() {
        var value = block.value[row * block.outputs]
        if !value.isFinite { value = 1 }
        let isAtBorder = (0..<3).contains {
          sample.place[$0] == 0 || sample.place[$0] == Int32(side - 1)
        }
        if isAtBorder, value < 0 {
          touchesBorder = true
          value = Float(cell)
        }
        values[sample.slot] = value
      }
    }
  }

  /// The index of a sample, for which memory is taken if its block has none.
  private mutating func slot(of place: (Int, Int, Int)) -> Int {
    let number =
      place.0 / Self.block + sampleBlocks
      * (place.1 / Self.block + sampleBlocks * (place.2 / Self.block))
    if slots[number] < 0 {
      slots[number] = Int32(values.count / Self.perBlock)
      values.append(contentsOf: repeatElement(.nan, count: Self.perBlock))
    }
    return Int(slots[number]) * Self.perBlock + Self.inBlock(place)
  }

  @inline(__always)
  private static func inBlock(_ place: (Int, Int, Int)) -> Int {
    place.0 % block + block * (place.1 % block + block * (place.2 % block))
  }

  /// The field at a sample of an active block.
  @inline(__always)
  func value(_ x: Int, _ y: Int, _ z: Int) -> Float {
    let number =
      x / Self.block + sampleBlocks * (y / Self.block + sampleBlocks * (z / Self.block))
    return values[Int(slots[number]) * Self.perBlock + Self.inBlock((x, y, z))]
  }

  /// The number of a sample among all.
  @inline(__always)
  func number(_ x: Int, _ y: Int, _ z: Int) -> Int { x + side * (y + side * z) }

  /// Blocks that are not active though the surface leaves an active one towards them.
  func crossedNeighbours(of chosen: [Int]) -> [Int] {
    var found: Set<Int> = []
    for number in chosen {
      let place = Self.split(number, blocks)
      let own = [place.0, place.1, place.2]
      for axis in 0..<3 {
        for step in [-1, 1] {
          var neighbour = own
          neighbour[axis] += step
          guard (0..<blocks).contains(neighbour[axis]) else { continue }
          let other = neighbour[0] + blocks * (neighbour[1] + blocks * neighbour[2])
          guard !isActive[other], !found.contains(other) else { continue }
          if isFaceCrossed(own, axis, upper: step > 0, isInside: centres[other] < 0) {
            found.insert(other)
          }
        }
      }
    }
    return found.sorted()
  }

  /// Whether a sample on a block's face lies on another side than the neighbour's centre.
  private func isFaceCrossed(_ block: [Int], _ axis: Int, upper: Bool, isInside: Bool) -> Bool {
    for one in 0...Self.block {
      for two in 0...Self.block {
        var place = [0, 0, 0]
        place[axis] = block[axis] * Self.block + (upper ? Self.block : 0)
        place[(axis + 1) % 3] = block[(axis + 1) % 3] * Self.block + one
        place[(axis + 2) % 3] = block[(axis + 2) % 3] * Self.block + two
        if (value(place[0], place[1], place[2]) < 0) != isInside { return true }
      }
    }
    return false
  }
}

/// Collects the polygons of cells.
private struct SurfaceBuilder {
  private let cell: Double
  private(set) var mesh = TriangleMesh(vertices: [], triangles: [])
  private var known: [Int: Int32] = [:]

  init(cell: Double) { self.cell = cell }

  mutating func add(_ block: Int, _ samples: BlockSamples) {
    let (bx, by, bz) = BlockSamples.split(block, samples.blocks)
    let size = IsoSurface.block
    for z in bz * size..<(bz + 1) * size {
      for y in by * size..<(by + 1) * size {
        for x in bx * size..<(bx + 1) * size {
          var inside = 0
          for corner in 0..<8
          where samples.value(x + corner & 1, y + corner >> 1 & 1, z + corner >> 2) < 0 {
            inside |= 1 << corner
          }
          guard inside != 0, inside != 255 else { continue }
          for polygon in CubeCases.polygons[inside] {
            add(polygon.map { vertex(on: $0, x, y, z, samples) })
          }
        }
      }
    }
  }

  private mutating func vertex(
    on edge: Int, _ x: Int, _ y: Int, _ z: Int, _ samples: BlockSamples
  ) -> Int32 {
    let (from, to, axis) = CubeCases.edges[edge]
    let low = (x + from & 1, y + from >> 1 & 1, z + from >> 2)
    let key = 3 * samples.number(low.0, low.1, low.2) + axis
    if let index = known[key] { return index }
    let first = Double(samples.value(low.0, low.1, low.2))
    let second = Double(samples.value(x + to & 1, y + to >> 1 & 1, z + to >> 2))
    let difference = first - second
    // Vertices keep a distance from the corners, so that no two of them coincide.
    let share = min(0.99, max(0.01, difference != 0 ? first / difference : 0.5))
    var point = SIMD3(Double(low.0), Double(low.1), Double(low.2))
    point[axis] += share
    let index = Int32(mesh.vertices.count)
    mesh.vertices.append(point * cell - 1)
    known[key] = index
    return index
  }

  private mutating func add(_ polygon: [Int32]) {
    let points = polygon.map { mesh.vertices[Int($0)] }
    switch polygon.count {
    case 3: mesh.triangles.append(SIMD3(polygon[0], polygon[1], polygon[2]))
    case 4:
      // The shorter diagonal gives the better triangles.
      let shift = length(points[0] - points[2]) <= length(points[1] - points[3]) ? 0 : 1
      fan(polygon, from: shift)
    case 5: fan(polygon, from: 0)
    default:
      // A fan could have a diagonal in a face that the next cube has as well, so these get a centre.
      let centre = points.reduce(SIMD3<Double>.zero, +) / Double(points.count)
      let index = Int32(mesh.vertices.count)
      mesh.vertices.append(centre)
      for corner in polygon.indices {
        mesh.triangles.append(
          SIMD3(index, polygon[corner], polygon[(corner + 1) % polygon.count]))
      }
    }
  }

  private mutating func fan(_ polygon: [Int32], from first: Int) {
    let count = polygon.count
    for step in 1..<count - 1 {
      mesh.triangles.append(
        SIMD3(
          polygon[first], polygon[(first + step) % count], polygon[(first + step + 1) % count]))
    }
  }
}
