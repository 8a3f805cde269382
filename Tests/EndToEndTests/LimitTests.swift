import Foundation
import Signals
import TestSupport
import Testing

/// The limits on what is read, and the variables that raise them; see Docs/how-to/limits.md.
@Suite struct LimitTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The outcome of a command of `siren` with a variable, outputs replaced.
  private func outcome(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> Program.Outcome {
    try Program.siren.run(arguments, environment: environment, in: folder.path)
  }

  private func picture() throws {
    let image = Image(width: 10, height: 8, channels: 1, values: (0..<80).map { Float($0) / 80 })
    try folder.write(ImageFile.encodePNG(image), to: "p.png")
  }

  @Test("A limit applies to pictures, tables, sounds, clips and shapes, and is a variable's value")
  func limits() throws {
    try picture()
    let fit = ["fit", "p.png", "--cells", "1", "--steps", "1", "--quiet", "-f"]
    #expect(try outcome(fit).exitCode == 0)
    #expect(try outcome(fit, ["SIREN_MAX_PIXELS": "80"]).exitCode == 0)
    let pixels = try outcome(fit, ["SIREN_MAX_PIXELS": "79"])
    #expect(pixels.exitCode == 1)
    #expect(
      pixels.errors == "Error: p.png: the picture claims 10x8 pixels, over the limit of 79; "
        + "shrink or crop it first, or raise the limit with SIREN_MAX_PIXELS\n")
    let bytes = try outcome(fit, ["SIREN_MAX_BYTES": "60"])
    #expect(bytes.exitCode == 1 && bytes.errors.contains("over the limit of 60"))
    #expect(bytes.errors.hasSuffix("or raise the limit with SIREN_MAX_BYTES\n"))

    try folder.write(
      AudioFile.encodeWAV(
        AudioSignal(sampleRate: 100, channels: 1, samples: [0, 0.5, 0.2, 0.1]), path: "s.wav"),
      to: "s.wav")
    let sound = try outcome(
      ["fit", "s.wav", "--cells", "1", "--steps", "1", "-f"], ["SIREN_MAX_SAMPLES": "3"])
    #expect(sound.exitCode == 1)
    #expect(sound.errors.hasSuffix("or raise the limit with SIREN_MAX_SAMPLES\n"))

    let clip = Data("YUV4MPEG2 W2 H1 F25:1 Cmono\n".utf8) + Data("FRAME\nabFRAME\ncd".utf8)
    try folder.write(clip, to: "c.y4m")
    let frames = try outcome(
      ["fit", "c.y4m", "--cells", "1", "--steps", "1", "-f"], ["SIREN_MAX_FRAMES": "1"])
    #expect(frames.exitCode == 1)
    #expect(frames.errors.hasSuffix("or raise the limit with SIREN_MAX_FRAMES\n"))

    try folder.write("x,y,value\n1,1,9\n2,2,9\n", to: "p.csv")
    let points = try Program.hyper.run(
      ["inpaint", "--points", "p.csv", "--size", "8x8", "-o", "o.png", "--quiet"],
      environment: ["SIREN_MAX_POINTS": "1"], in: folder.path)
    #expect(points.exitCode == 1)
    #expect(points.errors.hasSuffix("or raise the limit with SIREN_MAX_POINTS\n"))

    try folder.write("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", to: "t.obj")
    for (variable, value, reason) in [
      ("SIREN_MAX_POINTS", "2", "it has more than 2 vertices"),
      ("SIREN_MAX_BYTES", "9", "over the limit of 9"),
    ] {
      let shape = try outcome(["fit", "t.obj", "--steps", "1", "-f"], [variable: value])
      #expect(shape.exitCode == 1)
      #expect(shape.errors.contains(reason), "\(shape.errors)")
      #expect(shape.errors.hasSuffix("or raise the limit with \(variable)\n"))
    }
  }

  @Test("A clip over the usual limit is read where the limit is raised")
  func raised() throws {
    let frames = Data("FRAME\nabcd".utf8)
    var clip = Data("YUV4MPEG2 W2 H2 F25:1 Cmono\n".utf8)
    for _ in 0...100_000 { clip.append(frames) }
    try folder.write(clip, to: "c.y4m")
    let fit = [
      "fit", "c.y4m", "--frames", "0:3", "--cells", "1x1x1", "--steps", "1", "--quiet", "-f",
    ]
    let refused = try outcome(fit)
    #expect(refused.exitCode == 1)
    #expect(refused.errors.contains("has 100001 frames, over the limit of 100000;"))
    let read = try outcome(fit, ["SIREN_MAX_FRAMES": "1M"])
    #expect(read.exitCode == 0, "\(read.errors)")
  }

  @Test("A variable that is no limit is an error", arguments: ["", "0", "many", "1.5G", "-3"])
  func invalid(_ value: String) throws {
    let outcome = try outcome(["--version"], ["SIREN_MAX_POINTS": value])
    #expect(outcome.exitCode == 2)
    #expect(
      outcome.errors == "Error: SIREN_MAX_POINTS is '\(value)', expected a number from 1 such as "
        + "250000000, 250M or 4G\n")
  }

  @Test("A header of 16 MiB, and lists within lists, are refused and not followed")
  func headers() throws {
    let length = { (count: Int) in (0..<8).map { UInt8(count >> (8 * $0) & 255) } }
    // One level deeper than the reader of JSON goes is an error, and so are 16 million.
    for depth in [600, (8 << 20) - 8] {
      let text =
        "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        + "}"
      try folder.write(length(text.utf8.count) + Array(text.utf8), to: "deep.safetensors")
      let outcome = try outcome(["render", "deep.safetensors", "o.png"])
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("its header is not JSON"))
    }
    try folder.write(
      length((16 << 20) + 1) + [UInt8](repeating: 32, count: 17 << 20), to: "long.st")
    let outcome = try outcome(["render", "long.st", "o.png"])
    #expect(outcome.exitCode == 1 && outcome.errors.contains("its header claims 16777217 bytes"))
  }
}
