import Testing
import Training

@Suite("Messages in half precision") struct HalfPrecisionMessageTests {
  private static func travelled(_ values: [Float]) -> [Float] {
    var found = [Float](repeating: -1, count: values.count)
    HalfPrecisionMessage.read(HalfPrecisionMessage.bytes(of: values[...]), into: &found)
    return found
  }

  @Test(
    "Values of any size keep eleven bits", arguments: [1e-35, 1e-9, 1, 60_000, 1e30] as [Float])
  func precision(scale: Float) {
    let values = (1...200).map { Float($0 % 2 == 0 ? $0 : -$0) / 200 * scale }
    for (found, value) in zip(Self.travelled(values), values) {
      #expect(abs(found - value) <= abs(value) / 2_048)
    }
  }

  @Test("Half the bytes travel, and the common factor")
  func size() {
    #expect(HalfPrecisionMessage.bytes(of: [1, 2, 3]).count == 4 + 6)
    #expect(HalfPrecisionMessage.bytes(of: []).count == 4)
  }

  @Test("Zero stays zero, and what is not finite is not hidden")
  func special() {
    #expect(Self.travelled([0, -0, 0]) == [0, 0, 0])
    let found = Self.travelled([1, .infinity, -.infinity, .nan])
    #expect(found[0] == 1 && found[1] == .infinity && found[2] == -.infinity && found[3].isNaN)
  }

  @Test("A message that was rounded once is not rounded again")
  func twice() {
    let once = Self.travelled((0..<500).map { Float($0 * $0 % 977) * 1e-7 - 3e-5 })
    #expect(Self.travelled(once) == once)
  }
}
