import Numerics
import Testing

@Suite("Hashes of numbers") struct FNVHashTests {
  private func hash(_ parts: [Float]...) -> UInt64 {
    var hash = FNVHash()
    for part in parts { hash.add(part) }
    return hash.value
  }

  // Saved states are told apart by these numbers, so they never change.
  @Test("Hashes follow from the bits in order, in parts or at once")
  func values() {
    #expect(hash() == 0xcbf2_9ce4_8422_2325)
    #expect(hash([1]) == 0x2f63_bdaa_d481_b7df)
    #expect(hash([1, -0.5, 0]) == 0x5a5c_2ea2_ad8f_2fb7)
    #expect(hash([1], [], [-0.5, 0]) == 0x5a5c_2ea2_ad8f_2fb7)
    #expect(hash([0]) != hash([-0.0]))
  }
}
