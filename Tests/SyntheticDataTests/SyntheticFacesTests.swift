import Foundation
import Signals
import SyntheticData
import TestSupport
import Testing

/// Pictures of drawn faces.
///
/// Drawing uses the system's sines and powers, whose last bits differ between mathematics libraries,
/// so pictures are compared with recorded ones by their errors, and bit for bit only with themselves.
@Suite struct SyntheticFacesTests {
  private func face(_ index: Int = 0, size: Int = 16, seed: UInt64 = 1) -> Image {
    FaceSynthesizer(size: size, seed: seed).image(at: index)
  }

  @Test("The same seed and number give the same bytes", arguments: [8, 16, 33])
  func oneSeedDrawsOneFace(size: Int) throws {
    let faces = FaceSynthesizer(size: size, seed: 7)
    let first = try ImageFile.encodePNG(faces.image(at: 3))
    // Other pictures in between change nothing.
    _ = faces.image(at: 4)
    #expect(try ImageFile.encodePNG(faces.image(at: 3)) == first)
    #expect(try ImageFile.encodePNG(face(3, size: size, seed: 7)) == first)
  }

  @Test func seedsAndNumbersGiveDifferentFaces() {
    let faces =
      (0..<30).map { face($0) } + (2..<32).map { face(0, seed: $0) } + [face(0, seed: .max)]
    for first in faces.indices {
      for second in faces.indices where second > first {
        // The nearest two of so few people are still far apart.
        #expect(
          Quality.meanSquaredError(faces[first], faces[second]) > 1e-3, "\(first) and \(second)")
      }
    }
  }

  @Test("A face is a picture, not a flat colour", arguments: [8, 16, 64, 128])
  func valuesAreThoseOfAPicture(size: Int) {
    for index in 0..<5 {
      let image = face(index, size: size)
      #expect((image.width, image.height, image.channels) == (size, size, 3))
      #expect(image.values.allSatisfy { (0...1).contains($0) })
      for channel in 0..<3 {
        let values = stride(from: channel, to: image.values.count, by: 3).map {
          Double(image.values[$0])
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation =
          (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
          / Double(values.count)).squareRoot()
        #expect(mean > 0.05 && mean < 0.95, "face \(index), channel \(channel)")
        #expect(deviation > 0.05, "face \(index), channel \(channel)")
      }
    }
  }

  /// Those in `Datasets/sample-faces` were drawn with seed 1, at 32 x 32 pixels.
  @Test(arguments: 0..<24)
  func recordedFacesAreDrawnAgain(index: Int) throws {
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let recorded = try ImageFile.read(
      repository.appendingPathComponent(
        "Datasets/sample-faces/\(FaceSynthesizer.fileName(at: index))"
      ).path)
    let drawn = face(index, size: 32)
    #expect((recorded.width, recorded.height, recorded.channels) == (32, 32, 3))
    // Rounding to 256 levels alone makes an error of 1.3e-6.
    #expect(Quality.meanSquaredError(drawn, recorded) < 1e-5)
  }

  @Test("A face is the same scene at every size", arguments: 0..<8)
  func sizesShowTheSamePerson(index: Int) {
    let large = face(index, size: 128)
    for size in [16, 64] {
      let small = face(index, size: size)
      let error = Quality.meanSquaredError(large.resized(width: size, height: size), small)
      let other = Quality.meanSquaredError(
        face(index + 1, size: 128).resized(width: size, height: size), small)
      #expect(error < 2e-3 && error < 0.05 * other, "size \(size): \(error), another's \(other)")
    }
  }
}

/// The traits of faces: the person, the light, the pose.
@Suite struct FaceTraitsTests {
  private static let people = (UInt64(1)...50).map {
    FaceSynthesizer(size: 8, seed: $0).traits(at: 0)
  }

  /// The smallest and the largest of a number over all people.
  private func range(_ trait: (FaceTraits) -> Float) -> ClosedRange<Float> {
    let values = Self.people.map(trait)
    return (values.min() ?? .nan)...(values.max() ?? .nan)
  }

  /// Expects a trait to stay within its limits, and to use more than half of the way between them.
  private func expectSpread(
    _ name: String, within limits: ClosedRange<Float>, atLeast share: Float = 0.5,
    sourceLocation: SourceLocation = #_sourceLocation, _ trait: (FaceTraits) -> Float
  ) {
    let range = range(trait)
    #expect(
      limits.lowerBound <= range.lowerBound && range.upperBound <= limits.upperBound,
      "\(name): \(range)", sourceLocation: sourceLocation)
    #expect(
      range.upperBound - range.lowerBound > share * (limits.upperBound - limits.lowerBound),
      "\(name): \(range)", sourceLocation: sourceLocation)
  }

  private func brightness(_ colour: Vector3) -> Float {
    0.2126 * colour.x + 0.7152 * colour.y + 0.0722 * colour.z
  }

  @Test func peopleAndPosesVaryWithinTheirLimits() {
    expectSpread("age", within: 5...78) { $0.age }
    expectSpread("femininity", within: 0...1) { $0.femininity }
    expectSpread("yaw", within: -0.75...0.75) { $0.pose.yaw }
    // Normal deviates are limited to three standard deviations.
    expectSpread("pitch", within: -0.37...0.41) { $0.pose.pitch }
    expectSpread("roll", within: -0.27...0.27) { $0.pose.roll }
    expectSpread("distance of the camera", within: 6...14) { $0.pose.cameraDistance }
  }

  @Test func skinVariesWithinItsLimits() {
    expectSpread("redness", within: 0...1) { $0.skin.redness }
    expectSpread("gloss", within: 0...1) { $0.skin.gloss }
    expectSpread("shadows of the eyes", within: 0...1) { $0.skin.eyeShadows }
    expectSpread("wrinkles", within: 0...1) { $0.skin.wrinkles }
    expectSpread("freckles", within: 0...1, atLeast: 0.2) { $0.skin.freckles }
    for person in Self.people {
      let colour = person.skin.albedo
      #expect(colour.min() > 0 && colour.max() < 1)
      // Skin of any tone is reddish.
      #expect(colour.x > colour.y && colour.y > colour.z)
    }
    // From the fairest to the darkest there is a factor of ten.
    let tones = range { brightness($0.skin.albedo) }
    #expect(tones.upperBound > 4 * tones.lowerBound, "\(tones)")
    #expect(Set(Self.people.map { brightness($0.skin.albedo) }).count == 50)
  }

  @Test func eyesVaryWithinTheirLimits() {
    expectSpread("spacing", within: 0.286...0.364) { $0.eyes.spacing }
    expectSpread("tilt", within: -0.11...0.25) { $0.eyes.tilt }
    expectSpread("radius of the iris", within: 0.061...0.083) { $0.eyes.irisRadius }
    expectSpread("lashes", within: 0...1) { $0.eyes.lashes }
    expectSpread("painted lids", within: 0...0.6) { $0.eyes.shadow }
    for person in Self.people {
      // Closed eyes have a lid below the middle.
      #expect(person.eyes.upperOpening >= 0.077 * 0.35 || person.eyes.upperOpening == -0.02)
      #expect(person.eyes.lowerOpening > 0 && person.eyes.crease >= 0.012)
      #expect(person.eyes.iris.min() > 0 && person.eyes.iris.max() < 1)
    }
    let blue = Self.people.filter { $0.eyes.iris.z > $0.eyes.iris.x }
    #expect(blue.count > 3 && blue.count < 40, "\(blue.count) have blue eyes")
  }

  @Test func hairVariesWithinItsLimits() {
    expectSpread("gloss", within: 0...1) { $0.hair.gloss }
    expectSpread("curl", within: 0...1) { $0.hair.curl }
    expectSpread("opacity", within: 0...1) { $0.hair.opacity }
    for person in Self.people {
      #expect(person.hair.bald == 0 || (1.05...1.3).contains(person.hair.bald))
    }
    let tones = range { brightness($0.hair.colour) }
    #expect(tones.lowerBound > 0 && tones.upperBound > 10 * tones.lowerBound, "\(tones)")
  }

  @Test func beardsAreMens() {
    expectSpread("beard", within: 0...1) { $0.facialHair.beard }
    expectSpread("moustache", within: 0...1) { $0.facialHair.moustache }
    expectSpread("stubble", within: 0...0.6) { $0.facialHair.stubble }
    let others = Self.people.filter { $0.femininity >= 0.5 || $0.age <= 17 }
    #expect(others.count > 10)
    for person in others {
      let hair = person.facialHair
      #expect(hair.beard == 0 && hair.moustache == 0 && hair.stubble == 0 && hair.length == 0)
    }
  }

  @Test func lightComesFromAllSides() {
    for person in Self.people {
      let (key, fill) = (person.light.keyDirection, person.light.fillDirection)
      #expect(abs((key * key).sum() - 1) < 1e-5 && abs((fill * fill).sum() - 1) < 1e-5)
      #expect(person.light.keyColour.min() > 0 && person.light.skyColour.min() >= 0)
    }
    expectSpread("key light from the side", within: -1...1) { $0.light.keyDirection.x }
    expectSpread("softness of shadows", within: 0.07...0.30) { $0.light.shadowSoftness }
  }

  /// A tenth wear something on the head, about a fifth wear glasses; five standard deviations of 400.
  @Test func someWearHatsAndGlasses() {
    let collection = FaceSynthesizer(size: 8, seed: 3)
    let people = (0..<400).map { collection.traits(at: $0) }
    let hats = people.count { $0.headwear != nil }
    let glasses = people.count { $0.glasses != nil }
    #expect((10...70).contains(hats), "\(hats) hats")
    #expect((32...120).contains(glasses), "\(glasses) glasses")
  }
}

/// Drawn faces as files in a folder.
@Suite struct FaceCollectionTests {
  @Test func filesAreNumberedWithFiveDigits() {
    #expect(FaceSynthesizer.fileName(at: 0) == "face-00000.png")
    #expect(FaceSynthesizer.fileName(at: 42) == "face-00042.png")
    #expect(FaceSynthesizer.fileName(at: 99_999) == "face-99999.png")
    #expect(FaceSynthesizer.fileName(at: 123_456) == "face-123456.png")
  }

  @Test func aLongerCollectionBeginsWithTheShorterOne() throws {
    let folder = try TemporaryFolder()
    let faces = FaceSynthesizer(size: 8, seed: 5)
    let (short, long) = (folder.file("a/short"), folder.file("long"))
    #expect(try faces.write(count: 3, to: short, overwrite: false) == 3)
    var told: [Int] = []
    #expect(
      try faces.write(count: 70, to: long, overwrite: false, progress: { told.append($0) }) == 70)
    #expect(told == [64, 70])
    let names = (0..<70).map { FaceSynthesizer.fileName(at: $0) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: long).sorted() == names)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: short).sorted() == Array(names[..<3]))
    for index in [0, 1, 2] {
      let file = try Data(contentsOf: URL(fileURLWithPath: short + "/" + names[index]))
      #expect(try Data(contentsOf: URL(fileURLWithPath: long + "/" + names[index])) == file)
      #expect(try file == ImageFile.encodePNG(faces.image(at: index)))
    }
  }

  @Test func oneThreadDrawsWhatManyDraw() throws {
    let folder = try TemporaryFolder()
    let faces = FaceSynthesizer(size: 8, seed: 2)
    let collections = try [1, 2, 7].map { threads -> [Data] in
      let path = folder.file("\(threads)")
      #expect(try faces.write(count: 20, to: path, overwrite: false, threads: threads) == 20)
      return try (0..<20).map {
        try Data(contentsOf: URL(fileURLWithPath: path + "/" + FaceSynthesizer.fileName(at: $0)))
      }
    }
    #expect(collections[0] == collections[1] && collections[0] == collections[2])
    #expect(Set(collections[0]).count == 20)
  }

  @Test func filesAreReplacedOnlyOnDemand() throws {
    let folder = try TemporaryFolder()
    let old = try folder.write("old", to: FaceSynthesizer.fileName(at: 1))
    let faces = FaceSynthesizer(size: 8, seed: 2)
    let error = #expect(throws: (any Error).self) {
      try faces.write(count: 2, to: folder.path, overwrite: false)
    }
    #expect(error.map { "\($0)".contains(old) } == true)
    // Not even the first one was written.
    #expect(try folder.names() == ["face-00001.png"])
    #expect(try String(contentsOfFile: old, encoding: .utf8) == "old")
    #expect(try faces.write(count: 2, to: folder.path, overwrite: true) == 2)
    #expect(try ImageFile.read(old).width == 8)
    #expect(try folder.names() == ["face-00000.png", "face-00001.png"])
  }

  @Test func aFileInTheFoldersPlaceIsNamed() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("text", to: "file")
    for path in [file, file + "/below"] {
      let error = #expect(throws: (any Error).self) {
        try FaceSynthesizer(size: 8, seed: 2).write(count: 1, to: path, overwrite: true)
      }
      #expect(error.map { "\($0)".contains(path) && !"\($0)".contains("\n") } == true)
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "text")
  }

  @Test func drawingCanBeCancelled() throws {
    let folder = try TemporaryFolder()
    let faces = FaceSynthesizer(size: 8, seed: 2)
    var done = 0
    let written = try faces.write(
      count: 200, to: folder.path, overwrite: false, progress: { done = $0 },
      isCancelled: { done > 0 })
    #expect(written == 64 && done == 64)
    #expect(try folder.names().count == 64)
  }
}
