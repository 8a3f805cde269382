import CKernels
import DifferentiableCore
import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct KernelTests {
  /// The largest error in units in the last place of the exact result (at least of 2^-24).
  private func largestError(
    _ operation: (Tensor) -> Tensor, _ exact: (Double) -> Double, in range: ClosedRange<Float>,
    count: Int = 1_000_000
  ) -> Double {
    var random = Xoshiro256(seed: 11)
    let inputs = (0..<count).map { _ in random.uniform(in: range) }
    let results = operation(Tensor(inputs)).values
    var worst = 0.0
    for (input, result) in pairs(inputs, results) {
      let truth = exact(Double(input))
      let unit = max(0x1p-24, Double(Float(abs(truth)).ulp))
      worst = larger(worst, abs(Double(result) - truth) / unit)
    }
    return worst
  }

  @Test(arguments: [Float(1), 30, 1_000, 9_000, 98_000])
  func sineAndCosineAreCorrectToTwoUnits(bound: Float) {
    #expect(largestError({ $0.sine() }, sin, in: -bound...bound) <= 2)
    #expect(largestError({ $0.cosine() }, cos, in: -bound...bound) <= 2)
  }

  #if !(os(macOS) && arch(x86_64))
    @Test("Half precision numbers of every bit pattern are converted as Swift does")
    func halfPrecision() {
      let halves = (0...UInt16.max).map { $0 }
      let count = halves.count
      let wide = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        if let base = buffer.baseAddress { ck_half_to_float(halves, base, count) }
        filled = count
      }
      let narrow = [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
        if let base = buffer.baseAddress { ck_float_to_half(wide, base, count) }
        filled = count
      }
      for index in 0..<count {
        let half = Float16(bitPattern: halves[index])
        let isSame =
          half.isNaN
          ? wide[index].isNaN && Float16(bitPattern: narrow[index]).isNaN
          : wide[index] == Float(half) && narrow[index] == halves[index]
        if !isSame { Issue.record("\(half) became \(wide[index])") }
      }
      // Between two halves the even one is taken.
      let between: [Float] = [1 + 0x1p-11, 1 + 0x3p-11, 65_519, 65_520, 0x1p-25, 0x1.8p-25]
      var rounded = [UInt16](repeating: 0, count: between.count)
      ck_float_to_half(between, &rounded, between.count)
      #expect(rounded == between.map { Float16($0).bitPattern })
    }
  #endif

  @Test func sineBeyondTheFastRangeAndSpecialValues() {
    let inputs: [Float] = [1e6, -3e9, 1e30, .infinity, -.infinity, .nan, 0, -0.0, 1e-30]
    let results = Tensor(inputs).sine().values
    for (input, result) in pairs(inputs, results) {
      let truth = Float(sin(Double(input)))
      #expect(result == truth || (result.isNaN && truth.isNaN), "sin \(input)")
    }
  }

  @Test func otherFunctionsAreAccurate() {
    #expect(largestError({ $0.exponential() }, exp, in: -80...80) <= 3)
    #expect(largestError({ $0.logarithm() }, log, in: 1e-6...1e6) <= 3)
    #expect(largestError({ $0.hyperbolicTangent() }, tanh, in: -10...10) <= 3)
    let gelu: (Double) -> Double = { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    var worst = 0.0
    for step in -400...400 {
      let x = Float(step) / 50
      worst = larger(
        worst,
        abs(Double(Tensor([x]).gaussianErrorLinear().values[0]) - gelu(Double(x))))
    }
    #expect(worst < 1e-6)
  }

  @Test func limitsOfExponentialAndLogarithm() {
    let e = Tensor([89, -104, .infinity, -.infinity, .nan]).exponential().values
    #expect(e[0] == .infinity && e[1] == 0 && e[2] == .infinity && e[3] == 0 && e[4].isNaN)
    let l = Tensor([0, -1, .infinity, .nan, .leastNormalMagnitude / 16]).logarithm().values
    #expect(l[0] == -.infinity && l[1].isNaN && l[2] == .infinity && l[3].isNaN)
    #expect(abs(l[4] - Float(log(Double(Float.leastNormalMagnitude / 16)))) < 1e-4)
  }

  @Test func longSumsKeepTheirDigits() {
    let ones = Tensor(repeating: 0.1, shape: [1 << 20, 3])
    let exact = Double(Float(0.1)) * Double(1 << 20)
    for value in ones.sum(axes: [0]).values {
      #expect(abs(Double(value) - exact) / exact < 1e-5)
    }
    #expect(abs(Double(ones.sum().scalar) - 3 * exact) / exact < 1e-5)
  }

  @Test(
    .enabled(
      if: String(cString: ck_instruction_set()) != "portable",
      "the processor has, or is to use, no kernels of its own"))
  func blasRunsTheProcessorsOwnKernels() {
    let name = String(cString: ck_blas_core_name())
    #expect(name != "Prescott" && name != "unknown")
  }
}
