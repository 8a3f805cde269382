import Foundation
import FuzzTargets
import Numerics
import Testing

/// The fuzzer's targets without the fuzzer: their examples, what it once found, and fixed mutations.
///
/// `make fuzz` goes on from here; see CONTRIBUTING.md.
@Suite struct FuzzTargetsTests {
  private static let targets = FuzzTarget.all.map(\.name)

  @Test("The examples are accepted", arguments: targets)
  func examples(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seeds = try target.seeds()
    #expect(!seeds.isEmpty)
    // Some are errors on purpose, such as a clip of complex numbers.
    #expect(seeds.contains { target.run($0) })
  }

  @Test("No mutation ends the program", arguments: targets)
  func mutations(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seeds = try target.seeds()
    var random = Xoshiro256(seed: 1)
    // Catalogs are files on disk, and take a hundred times as long.
    let count = name.hasPrefix("catalog") ? 40 : 400
    for _ in 0..<count {
      let seed = seeds[random.uniform(below: min(seeds.count, 12))]
      target.run(Self.mutated(seed, seeds, &random))
    }
  }

  @Test("What the fuzzer found is an error or accepted, and does not end the program")
  func findings() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Findings")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    for file in files {
      // TARGET-DESCRIPTION.
      let name = file.lastPathComponent
      let target = FuzzTarget.all.filter { name.hasPrefix($0.name + ".") }
        .max { $0.name.count < $1.name.count }
      try #require(target, "\(name) names no target").run([UInt8](try Data(contentsOf: file)))
    }
    #expect(!files.isEmpty)
  }

  /// One to eight changes: bits, bytes, numbers at the ends of their ranges, cuts, copies, parts of another example.
  private static func mutated(
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
