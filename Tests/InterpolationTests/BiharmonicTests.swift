import Interpolation
import Numerics
import Signals
import TestSupport
import Testing

@Suite("Biharmonic inpainting")
struct BiharmonicTests {
  @Test("The equation holds at every unobserved pixel of a large picture")
  func residual() throws {
    let (width, height) = (83, 61)
    var generator = Xoshiro256(seed: 21)
    // A hole that iterative solvers are slow on: the right half holds two observations.
    let pixels =
      generator.sample(250, of: width * height)
      .filter { $0 % width < width / 2 } + [10 * width + 70, 50 * width + 75]
    let unique = Array(Set(pixels)).sorted()
    let values = unique.map { pixel -> Float in
      // Two extremes in the well-observed half, so that nothing else is clipped.
      pixel == unique[3] ? 0 : pixel == unique[4] ? 1 : Float(0.45 + 0.1 * generator.uniform())
    }
    let result = try BiharmonicInpainting().inpaint(
      PixelObservations(
        channels: 1, positions: unique.flatMap { [Float($0 / width), Float($0 % width)] },
        values: values), width: width, height: height)
    let observed = Set(unique)
    let terms: [(Int, Int, Float)] = [
      (0, 0, 20), (0, 1, -8), (0, -1, -8), (1, 0, -8), (-1, 0, -8), (1, 1, 2), (1, -1, 2),
      (-1, 1, 2), (-1, -1, 2), (0, 2, 1), (0, -2, 1), (2, 0, 1), (-2, 0, 1),
    ]
    var checked = 0
    var worst = 0.0
    for row in 2..<(height - 2) {
      for column in 2..<(width - 2) where !observed.contains(row * width + column) {
        let around = terms.map { result.image[row + $0.0, column + $0.1, 0] }
        guard around.allSatisfy({ $0 > 0 && $0 < 1 }) else { continue }
        checked += 1
        let sum: Float = pairs(terms, around).reduce(0) { $0 + $1.0.2 * $1.1 }
        worst = larger(worst, Double(abs(sum)))
      }
    }
    #expect(checked > 3_000)
    #expect(worst < 2e-5)
    #expect(unique.map { result.image.values[$0] } == values)
  }

  @Test("A constant stays constant, and a full picture is not changed")
  func trivial() throws {
    let one = try BiharmonicInpainting().inpaint(
      PixelObservations(channels: 2, positions: [20, 33], values: [0.25, 0.5]), width: 40,
      height: 30)
    for pixel in 0..<1_200 {
      #expect(abs(one.image.values[2 * pixel] - 0.25) < 1e-6)
      #expect(abs(one.image.values[2 * pixel + 1] - 0.5) < 1e-6)
    }
    let full = PixelObservations(
      channels: 1, positions: [0, 0, 0, 1], values: [0.1, 0.9])
    let same = try BiharmonicInpainting().inpaint(full, width: 2, height: 1)
    #expect(same.image.values == [0.1, 0.9])
  }

  @Test("Observations are rounded to pixels and averaged there")
  func rounding() throws {
    let given = PixelObservations(
      channels: 1, positions: [0.2, 0.1, -0.3, 0.4, 0, 2], values: [0.2, 0.4, 0.9])
    let result = try BiharmonicInpainting().inpaint(given, width: 3, height: 1)
    #expect(abs(result.image.values[0] - 0.3) < 1e-6)
    #expect(result.image.values[2] == 0.9)
  }
}
