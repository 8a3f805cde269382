import Interpolation
import Numerics
import Signals
import TestSupport
import Testing

/// A plane over the picture: what linear interpolation must reproduce exactly.
private func plane(_ row: Float, _ column: Float) -> Float {
  0.1 + 0.003 * row + 0.002 * column
}

private func observations(_ positions: [(Float, Float)], _ values: [Float]) -> PixelObservations {
  PixelObservations(channels: 1, positions: positions.flatMap { [$0.0, $0.1] }, values: values)
}

@Suite("Nearest neighbour")
struct NearestNeighbourTests {
  @Test("Among equally near observations the first one counts")
  func ties() throws {
    let method = NearestNeighbour()
    let forward = try method.inpaint(
      observations([(0, 0), (0, 2)], [0.25, 0.75]), width: 3, height: 1)
    let backward = try method.inpaint(
      observations([(0, 2), (0, 0)], [0.75, 0.25]), width: 3, height: 1)
    #expect(forward.image.values == [0.25, 0.25, 0.75])
    #expect(backward.image.values == [0.25, 0.75, 0.75])
  }

  @Test("The result equals a search of all observations", arguments: [1, 7, 60, 300])
  func bruteForce(count: Int) throws {
    var generator = Xoshiro256(seed: 11)
    let (width, height) = (23, 17)
    for isLattice in [true, false] {
      // Crowded in one corner: what a half-covered picture looks like.
      let positions = (0..<count).map { _ -> (Float, Float) in
        let row = Float(generator.uniform() * 9)
        let column = Float(generator.uniform() * 9)
        return isLattice ? (row.rounded(), column.rounded()) : (row, column)
      }
      let values = (0..<count).map { Float($0) / Float(count) }
      let result = try NearestNeighbour().inpaint(
        observations(positions, values), width: width, height: height)
      for row in 0..<height {
        for column in 0..<width {
          let distances = positions.map { position -> Double in
            let down = Double(position.0) - Double(row)
            let right = Double(position.1) - Double(column)
            return down * down + right * right
          }
          let best = distances.indices.min { distances[$0] < distances[$1] } ?? 0
          #expect(
            result.image[row, column, 0] == values[best],
            "lattice \(isLattice), row \(row), column \(column)")
        }
      }
    }
  }
}

@Suite("Linear interpolation")
struct LinearInterpolationTests {
  private let corners: [(Float, Float)] = [(0, 0), (0, 59), (39, 0), (39, 59)]

  @Test("A plane is restored from lattice points, which are collinear and cocircular")
  func planeOnLattice() throws {
    for count in [0, 1, 2, 5, 50, 500, 2_396] {
      var generator = Xoshiro256(seed: 3, UInt64(count))
      let pixels = generator.sample(count, of: 2_400)
      let positions = corners + pixels.map { (Float($0 / 60), Float($0 % 60)) }
      try expectPlane(positions)
    }
  }

  @Test("A plane is restored from fractional positions")
  func planeOnFractions() throws {
    var generator = Xoshiro256(seed: 4)
    let inside = (0..<300).map { _ in
      // Multiples of 1/1024 pixel, which the method keeps exactly.
      (
        Float(generator.uniform(below: 39 * 1_024)) / 1_024,
        Float(generator.uniform(below: 59 * 1_024)) / 1_024
      )
    }
    try expectPlane(corners + inside)
  }

  private func expectPlane(_ positions: [(Float, Float)]) throws {
    let result = try LinearInterpolation().inpaint(
      observations(positions, positions.map { plane($0.0, $0.1) }), width: 60, height: 40)
    expectClose(
      actual: result.image.values,
      expected: (0..<2_400).map { plane(Float($0 / 60), Float($0 % 60)) }, absolute: 1e-6,
      "\(positions.count) points")
  }

  @Test("The value is the mean halfway between two observations, and the nearest outside the hull")
  func hull() throws {
    let result = try LinearInterpolation().inpaint(
      observations([(0, 0), (0, 2), (2, 0)], [0.2, 0.6, 0.4]), width: 4, height: 3)
    #expect(abs(result.image[0, 1, 0] - 0.4) < 1e-6)
    #expect(abs(result.image[1, 1, 0] - 0.5) < 1e-6)
    #expect(result.image[0, 3, 0] == 0.6)
    #expect(result.image[1, 3, 0] == 0.6)
  }

  @Test("With one or two points or points on one line the nearest value is used")
  func degenerate() throws {
    for positions: [(Float, Float)] in [
      [(1, 1)], [(1, 1), (3, 2)], [(0, 0), (1, 1), (2, 2), (3, 3)],
      [(2, 0), (2, 4), (2, 1)],
    ] {
      let given = observations(positions, positions.indices.map { Float($0) / 10 })
      let linear = try LinearInterpolation().inpaint(given, width: 5, height: 4)
      let nearest = try NearestNeighbour().inpaint(given, width: 5, height: 4)
      #expect(linear == nearest, "\(positions)")
    }
  }

  @Test("Observations at one position are averaged")
  func duplicates() throws {
    let result = try LinearInterpolation().inpaint(
      observations([(0, 0), (0, 2), (2, 0), (0, 0)], [0.2, 0.6, 0.4, 0.4]), width: 3, height: 3)
    #expect(abs(result.image[0, 0, 0] - 0.3) < 1e-6)
    // Beyond the triangles too.
    let line = try LinearInterpolation().inpaint(
      observations([(2, 0), (2, 4), (2, 1), (2, 1)], [0, 0.1, 0.2, 0.4]), width: 5, height: 4)
    #expect(abs(line.image[2, 1, 0] - 0.3) < 1e-6 && abs(line.image[0, 2, 0] - 0.3) < 1e-6)
    let one = try LinearInterpolation().inpaint(
      observations([(1, 1), (1, 1)], [0.2, 0.8]), width: 3, height: 2)
    #expect(one.image.values.allSatisfy { abs($0 - 0.5) < 1e-6 })
  }

  @Test("The order of the observations changes nothing", arguments: [2, 5, 60])
  func order(count: Int) throws {
    var generator = Xoshiro256(seed: 8)
    // On a lattice, where many are equally near.
    let pixels = generator.sample(count, of: 12 * 15)
    let values = pixels.map { _ in Float(generator.uniform()) }
    let points = observations(pixels.map { (Float($0 / 15), Float($0 % 15)) }, values)
    let result = try LinearInterpolation().inpaint(points, width: 15, height: 12)
    for _ in 0..<3 {
      let order = generator.permutation(of: count)
      #expect(
        try LinearInterpolation().inpaint(points.selecting(order), width: 15, height: 12) == result)
    }
  }

  @Test("A hundred thousand lattice points are interpolated")
  func large() throws {
    var generator = Xoshiro256(seed: 5)
    let pixels = generator.sample(100_000, of: 512 * 512)
    let positions: [(Float, Float)] =
      [(0, 0), (0, 511), (511, 0), (511, 511)]
      + pixels.map { (Float($0 / 512), Float($0 % 512)) }
    let result = try LinearInterpolation().inpaint(
      observations(positions, positions.map { plane($0.0, $0.1) / 4 }), width: 512, height: 512)
    expectClose(
      actual: result.image.values,
      expected: (0..<512 * 512).map { plane(Float($0 / 512), Float($0 % 512)) / 4 },
      absolute: 1e-6)
  }
}

@Suite("Observations that every method refuses")
struct ReconstructionErrorTests {
  @Test("Missing, outside and infinite observations are refused")
  func invalid() throws {
    for method: any InpaintingMethod in [
      NearestNeighbour(), LinearInterpolation(), BiharmonicInpainting(),
    ] {
      #expect(throws: InpaintingMethodError.noObservations(method: method.name)) {
        try method.inpaint(observations([], []), width: 4, height: 4)
      }
      #expect(
        throws: InpaintingMethodError.outside(
          method: method.name, row: 3.75, column: 0, width: 4, height: 4)
      ) {
        try method.inpaint(observations([(3.75, 0)], [1]), width: 4, height: 4)
      }
      #expect(throws: InpaintingMethodError.notFinite(method: method.name, index: 1)) {
        try method.inpaint(observations([(0, 0), (.nan, 0)], [1, 1]), width: 4, height: 4)
      }
      #expect(throws: InpaintingMethodError.notFinite(method: method.name, index: 0)) {
        try method.inpaint(observations([(0, 0)], [.infinity]), width: 4, height: 4)
      }
      // The outermost half pixel still belongs to the picture.
      let edge = try method.inpaint(
        observations([(3.5, -0.5)], [0.5]), width: 4, height: 4)
      #expect(edge.image.values.allSatisfy { abs($0 - 0.5) < 1e-6 })
    }
  }

  @Test("A message is one line that ends with advice")
  func message() {
    let error = InpaintingMethodError.outside(
      method: "linear", row: 9, column: 2.5, width: 4, height: 4)
    #expect(
      error.description
        == "linear: an observation at x 2.5, y 9.0 is outside a picture of 4x4; "
        + "x must be -0.5...3.5 and y -0.5...3.5")
  }
}
