import Foundation
import Signals
import SyntheticData
import TestSupport
import Testing

/// Pictures of drawn scenes.
@Suite struct SyntheticScenesTests {
  private func scene(_ index: Int = 0, size: Int = 32, seed: UInt64 = 1) -> Image {
    SceneSynthesizer(size: size, seed: seed).image(at: index)
  }

  @Test("The same seed and number give the same bytes", arguments: [8, 33, 64])
  func oneSeedDrawsOneScene(size: Int) throws {
    let scenes = SceneSynthesizer(size: size, seed: 7)
    for index in 0..<6 {
      let first = scenes.image(at: index)
      // Other pictures in between change nothing.
      _ = scenes.image(at: index + 1)
      #expect(scenes.image(at: index) == first)
      #expect(scene(index, size: size, seed: 7) == first)
    }
  }

  @Test func seedsAndNumbersGiveDifferentScenes() {
    let scenes =
      (0..<24).map { scene($0) } + (2..<24).map { scene(0, seed: $0) } + [scene(0, seed: .max)]
    for first in scenes.indices {
      for second in scenes.indices where second > first {
        #expect(
          Quality.meanSquaredError(scenes[first], scenes[second]) > 1e-3, "\(first) and \(second)")
      }
    }
  }

  @Test("A scene is the same at every size", arguments: 0..<12)
  func sizesShowTheSameScene(index: Int) {
    let large = scene(index, size: 256)
    let small = scene(index, size: 64)
    let other = scene(index + 1, size: 64)
    let reduced = large.resized(width: 64, height: 64)
    let error = Quality.meanSquaredError(reduced, small)
    #expect(error < 0.25 * Quality.meanSquaredError(reduced, other), "\(error)")
  }

  /// The 64-bit FNV-1a hash of the values in 8 bits.
  private func digest(_ image: Image) -> UInt64 {
    image.values.reduce(0xcbf2_9ce4_8422_2325) {
      ($0 ^ UInt64(min(255, max(0, ($1 * 255).rounded())))) &* 0x100_0000_01b3
    }
  }

  @Test(
    "The first scenes are the same on every machine",
    arguments: [
      (0, 0x55f2_b670_50bd_a526), (1, 0xe0df_59bf_7f75_d36d), (2, 0x0de3_46e1_8022_1d4d),
    ] as [(Int, UInt64)])
  func pinned(index: Int, expected: UInt64) {
    let own = digest(scene(index, size: 256))
    #expect(own == expected, "\(String(own, radix: 16))")
  }

  @Test("Scenes have the statistics of photographs")
  func statistics() {
    let own = (0..<24).map { PictureStatistics(scene($0, size: 128)) }
    let mean = { (value: (PictureStatistics) -> Double) in
      own.reduce(0) { $0 + value($1) } / Double(own.count)
    }
    // Photographs have power spectra of about 1/f^2 and steps far from a normal distribution's.
    #expect((-2.9 ... -2.2).contains(mean { $0.slope }), "\(mean { $0.slope })")
    #expect(mean { $0.correlation } > 0.8, "\(mean { $0.correlation })")
    #expect(mean { $0.kurtosis } > 6, "\(mean { $0.kurtosis })")
    #expect((0.25...0.65).contains(mean { $0.mean }), "\(mean { $0.mean })")
    #expect(mean { $0.deviation } > 0.1, "\(mean { $0.deviation })")
  }

  @Test("Values are those of a picture", arguments: [8, 64, 200])
  func valuesAreThoseOfAPicture(size: Int) {
    for index in 0..<12 {
      let image = scene(index, size: size)
      #expect((image.width, image.height, image.channels) == (size, size, 3))
      #expect(image.values.allSatisfy { (0...1).contains($0) })
    }
  }
}

/// Drawn scenes as files in a folder.
@Suite struct SceneCollectionTests {
  @Test func filesAreNamedScenes() {
    #expect(SceneSynthesizer.fileName(at: 42) == "scene-00042.png")
  }

  @Test func oneThreadDrawsWhatManyDraw() throws {
    let folder = try TemporaryFolder()
    let scenes = SceneSynthesizer(size: 24, seed: 2)
    let collections = try [1, 2, 7].map { threads -> [Data] in
      let path = folder.file("\(threads)")
      #expect(try scenes.write(count: 20, to: path, overwrite: false, threads: threads) == 20)
      return try (0..<20).map {
        try Data(contentsOf: URL(fileURLWithPath: path + "/" + SceneSynthesizer.fileName(at: $0)))
      }
    }
    #expect(collections[0] == collections[1] && collections[0] == collections[2])
    #expect(Set(collections[0]).count == 20)
    #expect(try collections[0][3] == ImageFile.encodePNG(scenes.image(at: 3)))
  }
}
