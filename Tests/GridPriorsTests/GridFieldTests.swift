import DifferentiableCore
import Fields
import Fitting
import Foundation
import GridPriors
import ImagePriors
import Numerics
import Signals
import TestSupport
import Testing

/// Cells of cosines, and the grid of SIRENs of a picture.
@Suite("Grid of SIRENs of a picture") struct GridFieldTests {
  private static let sizes = [(1, 1), (1, 40), (5, 3), (17, 23), (64, 50)]

  @Test("A block has its cosines' values, and cosines their block's", arguments: sizes)
  func transform(size: (Int, Int)) {
    let cosines = CellCosines(
      GridPriorConfiguration(), width: size.0, height: size.1)
    var random = Xoshiro256(seed: 1)
    let block = (0..<cosines.side * cosines.side).map { _ in Float(random.normal()) }
    let coefficients = cosines.coefficients(of: block)
    expectClose(actual: cosines.block(of: coefficients), expected: block, absolute: 2e-5)
    // An orthonormal transform keeps the length.
    let length = { (values: [Float]) in values.reduce(0.0) { $0 + Double($1) * Double($1) } }
    expectClose(actual: length(coefficients), expected: length(block), relative: 1e-5)
    let flat = [Float](repeating: 0.25, count: block.count)
    let own = cosines.coefficients(of: flat)
    expectClose(actual: own[0], expected: 0.25 * Float(cosines.side), absolute: 1e-5)
    #expect(own.dropFirst().allSatisfy { abs($0) < 1e-5 })
  }

  @Test("A cell's network is its sum of cosines between pixels too", arguments: sizes)
  func network(size: (Int, Int)) throws {
    let cosines = CellCosines(
      TinyGrid.configuration, width: size.0, height: size.1)
    let side = cosines.side
    var random = Xoshiro256(seed: 2)
    for cell in Set([0, cosines.grid.count / 2, cosines.grid.count - 1]) {
      let coefficients = (0..<2).map { _ in
        (0..<side * side).map { _ in Float(random.normal() / Double(side)) }
      }
      let architecture = cosines.architecture(channels: 2)
      let siren = try #require(
        Siren(
          architecture,
          parameters: Parameters(
            layout: Siren.layout(of: architecture),
            values: cosines.parameters(of: cell, coefficients))))
      let start = cosines.origin(of: cell)
      let indices = [cell / cosines.grid.axes[1].cells, cell % cosines.grid.axes[1].cells]
      for _ in 0..<20 {
        let local = (0..<2).map { _ in Float(2 * random.uniform() - 1) }
        let value = siren.evaluate(at: local, derivatives: .none).value
        let place = (0..<2).map { axis in
          cosines.grid.axes[axis].middle(of: indices[axis])
            + Double(local[axis]) * cosines.grid.axes[axis].length / 2
            - Double(axis == 0 ? start.row : start.column)
        }
        for channel in 0..<2 {
          var sum = 0.0
          for u in 0..<side {
            for v in 0..<side {
              sum +=
                Double(coefficients[channel][u * side + v]) * Self.cosine(u, place[0], side)
                * Self.cosine(v, place[1], side)
            }
          }
          #expect(abs(Double(value[channel]) - sum) < 1e-4)
        }
      }
    }
  }

  private static func cosine(_ order: Int, _ place: Double, _ side: Int) -> Double {
    ((order == 0 ? 1 : 2) / Double(side)).squareRoot()
      * cos(Double.pi * Double(order) * (place + 0.5) / Double(side))
  }

  @Test("The field has the picture's values at its pixels", arguments: sizes, [false, true])
  func pixels(size: (Int, Int), isBetween: Bool) throws {
    let (width, height) = size
    let prior = TinyGrid.prior()
    for channels in [1, 3] {
      let picture = TinyGrid.picture(width: width, height: height, channels: channels)
      let points =
        isBetween
        ? TinyGrid.between(
          max(1, width * height / 8), width: width, height: height, channels: channels)
        : TinyGrid.observations(of: picture, count: max(1, width * height / 8))
      let field = try prior.pictureField(explaining: points, width: width, height: height)
      let restored = try prior.inpaint(points, width: width, height: height).rendered
      expectClose(
        actual: FieldRenderer.image(of: field, width: width, height: height), expected: restored,
        absolute: 1e-4)
    }
  }

  @Test("The field meets observations between pixels", arguments: [(5, 3), (17, 23), (64, 50)])
  func observations(size: (Int, Int)) throws {
    let (width, height) = size
    let prior = TinyGrid.prior()
    let points = TinyGrid.between(
      max(2, width * height / 10), width: width, height: height, channels: 3)
    let field = try prior.pictureField(explaining: points, width: width, height: height)
    var coordinates: [Double] = []
    for index in points.positions.indices {
      let length = index % 2 == 0 ? height : width
      coordinates.append(2 * Double(points.positions[index]) / Double(length - 1) - 1)
    }
    let values = field.evaluate(at: coordinates, derivatives: .none).value
    expectClose(actual: values.map { 0.5 * $0 + 0.5 }, expected: points.values, absolute: 1e-2)
  }

  @Test("The gradient has no step where cells meet")
  func gradient() throws {
    let prior = TinyGrid.prior()
    let points = TinyGrid.between(200, width: 40, height: 32)
    let field = try prior.pictureField(explaining: points, width: 40, height: 32)
    let axes = CellCosines(TinyGrid.configuration, width: 40, height: 32).grid.axes
    let overlap = axes[1].overlap
    #expect(axes[1].cells == 5 && overlap == 2)
    var largest: Float = 0
    for row in [3.2, 7.5, 20.1] {
      for border in 1..<5 {
        let middle = Double(border) * axes[1].length - 0.5
        // Where the neighbour begins, where both count the same, and where the cell ends.
        for place in [middle - overlap, middle, middle + overlap] {
          let sides = [-1e-4, 1e-4].map { offset in
            field.evaluate(
              at: [2 * row / 31 - 1, 2 * (place + offset) / 39 - 1], derivatives: .gradient)
          }
          largest = max(largest, sides[0].gradient.map { abs($0) }.max() ?? 0)
          expectClose(
            actual: sides[0].gradient, expected: sides[1].gradient, absolute: 0.02,
            "row \(row), place \(place)")
          expectClose(actual: sides[0].value, expected: sides[1].value, absolute: 1e-3)
        }
      }
    }
    #expect(largest > 0.5)
  }

  @Test("A picture as a field agrees with it, without a prior")
  func pictureGrid() throws {
    let picture = TinyGrid.picture(width: 37, height: 29, channels: 4)
    let field = try PictureGrid.field(
      of: picture, TinyGrid.observations(of: picture, count: 20))
    expectClose(
      actual: FieldRenderer.image(of: field, width: 37, height: 29), expected: picture,
      absolute: 1e-4)
    // Twice the size: every other pixel is one of the picture's.
    let large = FieldRenderer.image(of: field, width: 73, height: 57)
    for row in 0..<29 {
      for column in 0..<37 {
        #expect(abs(large[2 * row, 2 * column, 0] - picture[row, column, 0]) < 1e-4)
      }
    }
  }

  @Test("A grid that no file has room for is refused before it is made")
  func tooLarge() throws {
    var configuration = TinyGrid.configuration
    (configuration.cellSize, configuration.cellOverlap) = (64, 32)
    let prior = GridPrior(configuration, seed: 1)
    let points = PixelObservations(channels: 1, positions: [0, 0], values: [0.5])
    #expect(throws: PriorError.self) {
      try prior.pictureField(explaining: points, width: 12_000, height: 12_000)
    }
  }
}
