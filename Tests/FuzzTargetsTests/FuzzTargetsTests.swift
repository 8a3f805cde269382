import Foundation
import FuzzTargets
import Numerics
import Testing

/// The fuzzer's targets without the fuzzer: their examples, what it once found, and fixed mutations.
///
/// `make fuzz-briefly` and `make fuzz` go on from here; see CONTRIBUTING.md.
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
      target.run(Mutation.mutated(seed, seeds, &random))
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
}
