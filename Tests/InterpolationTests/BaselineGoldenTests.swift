import Foundation
import Interpolation
import Signals
import TestSupport
import Testing

/// Compares with SciPy and scikit-image; see Goldens/make_baseline_goldens.py.
@Suite("Baselines against SciPy and scikit-image")
struct BaselineGoldenTests {
  struct Document: Decodable {
    var cases: [Case]
  }

  struct Case: Decodable {
    var method: String
    var width: Int
    var height: Int
    var channels: Int
    var positions: [Float]
    var values: [Float]
    var expected: [Float]
  }

  @Test("Every golden case agrees to 1e-5")
  func goldens() throws {
    let url = try #require(
      Bundle.module.url(
        forResource: "baseline_goldens", withExtension: "json", subdirectory: "Goldens")
    )
    let cases = try JSONDecoder().decode(Document.self, from: Data(contentsOf: url)).cases
    let methods: [any InpaintingMethod] = [
      NearestNeighbour(), LinearInterpolation(), BiharmonicInpainting(),
    ]
    #expect(cases.count == 12)
    for (index, golden) in cases.enumerated() {
      let method = try #require(methods.first { $0.name == golden.method })
      let result = try method.inpaint(
        PixelObservations(
          channels: golden.channels, positions: golden.positions, values: golden.values),
        width: golden.width, height: golden.height
      ).image.values
      expectClose(
        actual: result, expected: golden.expected, absolute: 1e-5,
        "case \(index), \(golden.method)")
    }
  }
}
