import Foundation
import Numerics
import Testing

@Suite struct RandomNumbersTests {
  @Test func theAlgorithmIsXoshiro256StarStar() throws {
    // First outputs from the authors' C code for the state 1, 2, 3, 4.
    var random = try #require(Xoshiro256(state: [1, 2, 3, 4]))
    #expect(
      (0..<4).map { _ in random.next() } == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
  }

  @Test func seedsAndPathsGiveDifferentStreams() {
    var first = Xoshiro256(seed: 1)
    var second = Xoshiro256(seed: 2)
    #expect(first.next() != second.next())
    var seen = Set<UInt64>()
    for image in 0..<20 {
      for count in 0..<20 {
        var stream = Xoshiro256(seed: 3, UInt64(image), UInt64(count))
        seen.insert(stream.next())
      }
    }
    #expect(seen.count == 400)
  }

  @Test("A stream's number follows the seed, or is the seed if none is given")
  func namedStreams() {
    #expect(Xoshiro256(seed: 5, .residualMasks, 7) == Xoshiro256(seed: 5, 13, 7))
    #expect(Xoshiro256(seed: 5, .keptCodes) == Xoshiro256(seed: 5, 3))
    #expect(Xoshiro256(fixed: .refinementHeldOut, 40) == Xoshiro256(seed: 18, 40))
  }

  @Test("Streams share only the numbers that are documented")
  func sharedStreams() {
    let byNumber = Dictionary(grouping: RandomStream.allCases, by: \.number)
    let shared = byNumber.filter { $0.value.count > 1 }
    #expect(
      shared == [
        1: [.fieldPoints, .hyperNetworkOrder], 2: [.boxPoints, .hyperNetworkBatch],
        11: [.residualStart, .posteriorSamples, .testPicture],
      ])
  }

  @Test func aSavedStreamContinues() throws {
    var random = Xoshiro256(seed: 9)
    for _ in 0..<10 { _ = random.normal() }
    var restored = try #require(Xoshiro256(state: random.state))
    #expect((0..<5).map { _ in random.uniform() } == (0..<5).map { _ in restored.uniform() })
    #expect(Xoshiro256(state: [0, 0, 0, 0]) == nil)
    #expect(Xoshiro256(state: [1, 2]) == nil)
  }

  @Test func momentsOfTheDistributions() {
    var random = Xoshiro256(seed: 4)
    let normals = (0..<200_000).map { _ in random.normal() }
    let mean = normals.reduce(0, +) / 200_000
    let variance = normals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200_000
    #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.015)
    let uniforms = (0..<100_000).map { _ in random.uniform(in: -2...4) }
    #expect(uniforms.allSatisfy { $0 >= -2 && $0 < 4 })
    #expect(abs(uniforms.reduce(0, +) / 100_000 - 1) < 0.03)
  }

  @Test func permutationsHoldEveryNumberOnce() {
    var random = Xoshiro256(seed: 6)
    let permutation = random.permutation(of: 1_000)
    #expect(permutation.sorted() == Array(0..<1_000))
    #expect(permutation != Array(0..<1_000))
    let sample = random.sample(10, of: 20)
    #expect(Set(sample).count == 10 && sample.allSatisfy { (0..<20).contains($0) })
  }

  /// Computed by an independent implementation of the authors' C code.
  @Test(
    arguments: [
      (0, [0x99EC_5F36_CB75_F2B4, 0xBF6E_1F78_4956_452A, 0x1A5F_849D_4933_E6E0] as [UInt64]),
      (1, [0xB3F2_AF6D_0FC7_10C5, 0x853B_5596_4736_4CEA, 0x92F8_9756_082A_4514]),
      (42, [0x1578_0B2E_0C2E_C716, 0x6104_D986_6D11_3A7E, 0xAE17_5332_39E4_99A1]),
    ] as [(UInt64, [UInt64])]) func seedsFillTheStateAsTheAuthorsSay(
      seed: UInt64, expected: [UInt64]
    )
  {
    var generator = Xoshiro256(seed: seed)
    #expect((0..<3).map { _ in generator.next() } == expected)
  }

  @Test func integersStayBelowTheirBound() {
    var generator = Xoshiro256(seed: 5)
    for bound in [1, 2, 3, 1000, Int.max] {
      for _ in 0..<100 { #expect((0..<bound).contains(generator.uniform(below: bound))) }
    }
    let dice = (0..<6000).reduce(into: [Int](repeating: 0, count: 6)) { counts, _ in
      counts[generator.uniform(below: 6)] += 1
    }
    #expect(dice.allSatisfy { abs($0 - 1000) < 150 }, "\(dice)")
  }
}
