import Foundation
import SyntheticData
import Testing

/// Functions made of additions and products, against the system's.
@Suite struct PortableMathTests {
  @Test func powersOfTwoAreRight() {
    for step in -4_000...4_000 {
      let x = Float(step) * 0.013
      let right = exp2(Double(x))
      #expect(abs(Double(PortableMath.exp2(x)) / right - 1) < 1e-5, "2^\(x)")
    }
    #expect(PortableMath.exp2(0) == 1 && PortableMath.exp2(-3) == 0.125)
    #expect(PortableMath.exp2(.infinity).isFinite && PortableMath.exp2(-.infinity) > 0)
  }

  @Test func logarithmsAreRight() {
    for step in 1...8_000 {
      let x = Float(step) * Float(step) * 3e-5
      #expect(abs(Double(PortableMath.log2(x)) - log2(Double(x))) < 4e-6, "log2 \(x)")
    }
    #expect(PortableMath.log2(8) == 3 && PortableMath.log2(1) == 0)
    #expect(PortableMath.log2(0).isFinite)
  }

  @Test func sinesAreRight() {
    for step in -5_000...5_000 {
      let x = Float(step) * 0.0011
      let right = sin(2 * Double.pi * Double(x))
      #expect(abs(Double(PortableMath.sine(turns: x)) - right) < 4e-6, "\(x) turns")
    }
    let right = PortableMath.direction(turns: 0)
    #expect(abs(right.x - 1) < 4e-6 && right.y == 0)
  }

  @Test func powersAreRight() {
    for base in [Float(0.001), 0.2, 1, 3.7, 250] {
      for exponent in [Float(-2), -0.3, 0, 0.4545, 2.2] {
        let right = pow(Double(base), Double(exponent))
        #expect(abs(Double(PortableMath.power(base, exponent)) / right - 1) < 3e-5)
      }
    }
    #expect(PortableMath.power(0, 2) == 0 && PortableMath.power(-1, 2) == 0)
  }
}
