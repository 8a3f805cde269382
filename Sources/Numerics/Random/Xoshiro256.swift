/// The project's random numbers: xoshiro256** seeded through SplitMix64.
///
/// One seed gives one stream on every machine. The four state words are `Codable`, so a stream can
/// be saved and continued exactly where it stopped. It is not suitable for cryptography.
///
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47
/// (2021); SplitMix64 as the authors recommend for seeding.
public struct Xoshiro256: RandomNumberGenerator, Sendable, Equatable, Codable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// A stream from a seed; different seeds give unrelated streams.
  public init(seed: UInt64) {
    var splitter = SplitMix64(state: seed)
    s0 = splitter.next()
    s1 = splitter.next()
    s2 = splitter.next()
    s3 = splitter.next()
  }

  /// A stream from a seed and further numbers (an index, a count), each of which changes all of it.
  public init(seed: UInt64, _ path: UInt64...) { self.init(seed: seed, path: path) }

  /// A stream for one purpose: from a seed, the purpose's number, and further numbers.
  public init(seed: UInt64, _ stream: RandomStream, _ path: UInt64...) {
    self.init(seed: seed, path: [stream.number] + path)
  }

  /// A stream for a purpose whose draws are the same in every run: the purpose's number is the seed.
  public init(fixed stream: RandomStream, _ path: UInt64...) {
    self.init(seed: stream.number, path: path)
  }

  private init(seed: UInt64, path: [UInt64]) {
    var mixed = SplitMix64(state: seed).finalized
    for part in path {
      mixed =
        SplitMix64(state: mixed ^ SplitMix64(state: part &+ 0x9E37_79B9_7F4A_7C15).finalized)
        .finalized
    }
    self.init(seed: mixed)
  }

  /// The next 64 uniformly distributed bits.
  public mutating func next() -> UInt64 {
    let result = rotateLeft(s1 &* 5, by: 7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = rotateLeft(s3, by: 45)
    return result
  }

  /// The four state words, for a checkpoint.
  public var state: [UInt64] { [s0, s1, s2, s3] }

  /// A stream continued from saved state words; nil unless there are four, not all zero.
  public init?(state: [UInt64]) {
    guard state.count == 4, state.contains(where: { $0 != 0 }) else { return nil }
    (s0, s1, s2, s3) = (state[0], state[1], state[2], state[3])
  }

  private func rotateLeft(_ value: UInt64, by count: UInt64) -> UInt64 {
    (value << count) | (value >> (64 - count))
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014), used to spread seeds.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return finalized
  }

  var finalized: UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
