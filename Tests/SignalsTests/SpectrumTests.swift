import Foundation
import Signals
import Testing

@Suite struct SpectrumTests {
  @Test(arguments: [64, 100, 101])
  func aSineHasItsOwnFrequencyAlone(samples: Int) {
    let signal = (0..<samples).map {
      3 * sin(2 * Double.pi * 5 * Double($0) / Double(samples) + 0.3) + 2
    }
    let magnitudes = Spectrum.magnitudes(of: signal, count: 20)
    #expect(magnitudes.count == 20)
    for (frequency, magnitude) in magnitudes.enumerated() {
      let expected: Double = frequency == 0 ? 2 : frequency == 5 ? 1.5 : 0
      #expect(abs(magnitude - expected * Double(samples)) < 1e-9, "frequency \(frequency)")
    }
  }

  @Test func noFrequencyAboveHalfTheSamples() {
    let alternating = Spectrum.magnitudes(of: [1, -1, 1, -1], count: 100)
    #expect(alternating.count == 3)
    #expect(abs(alternating[1]) < 1e-12 && abs(alternating[2] - 4) < 1e-12)
    #expect(Spectrum.magnitudes(of: [], count: 3).isEmpty)
    #expect(Spectrum.magnitudes(of: [2], count: 3) == [2])
  }
}
