import Numerics

/// Changes of files that readers should stand.
enum Mutation {
  /// One to eight changes: bits, bytes, numbers at the ends of their ranges, cuts, copies, parts of another example.
  static func mutated(
    _ seed: [UInt8], _ others: [[UInt8]], _ random: inout Xoshiro256
  ) -> [UInt8] {
    var bytes = seed
    for _ in 0...random.uniform(below: 8) {
      guard !bytes.isEmpty else { return bytes }
      // Headers come first, and matter most.
      let reach = random.uniform(below: 2) == 0 ? min(bytes.count, 64) : bytes.count
      let place = random.uniform(below: reach)
      let length = min(bytes.count - place, 1 + random.uniform(below: 16))
      switch random.uniform(below: 8) {
      case 0: bytes[place] ^= 1 << UInt8(random.uniform(below: 8))
      case 1: bytes[place] = UInt8(random.uniform(below: 256))
      case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][random.uniform(below: 5)]
      case 3:
        for offset in 0..<min(4, bytes.count - place) { bytes[place + offset] = 0xFF }
      case 4: bytes.removeSubrange(place..<place + length)
      case 5: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
      case 6: bytes.removeLast(random.uniform(below: bytes.count))
      default:
        let other = others[random.uniform(below: others.count)]
        guard !other.isEmpty else { continue }
        let start = random.uniform(below: other.count)
        let end = min(other.count, start + length)
        bytes.replaceSubrange(
          place..<min(bytes.count, place + end - start), with: other[start..<end])
      }
    }
    return bytes
  }
}
