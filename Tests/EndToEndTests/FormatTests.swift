import Foundation
import Signals
import TestSupport
import Testing

/// Pictures of every kind through the built programs: what was observed comes back bit for bit.
@Suite struct FormatTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A kind of picture.
  struct Kind: CustomTestStringConvertible, Sendable {
    var type: SampleType
    var channels: Int
    var container: PictureContainer

    var testDescription: String { "\(type) x\(channels) \(container)" }

    static let all: [Kind] = {
      var result: [Kind] = []
      for type in [SampleType.unsigned8, .unsigned16] {
        for channels in 1...4 {
          for container in [PictureContainer.png, .tiff, .npy] {
            result.append(Kind(type: type, channels: channels, container: container))
          }
        }
      }
      for type in [SampleType.float32, .float64, .signed16, .float16] {
        for channels in [1, 3] {
          for container in [PictureContainer.tiff, .npy] {
            result.append(Kind(type: type, channels: channels, container: container))
          }
        }
      }
      return result
    }()
  }

  private static let (width, height) = (20, 16)

  /// A smooth picture with samples that need all bits, a profile of its colours and 300 dpi.
  private func picture(_ kind: Kind) throws -> StoredPicture {
    let (width, height) = (Self.width, Self.height)
    var format = PictureFormat(
      type: kind.type, channels: kind.channels,
      range: kind.type.hasFullRange ? nil : ValueRange(-250.5, 4_300.25))
    if kind.type == .signed16 || kind.type == .float16 {
      format.range = try #require(ValueRange(-900, 1_200))
    }
    if kind.container != .npy {
      format.profile = try profile(isColor: kind.channels >= 3)
      format.resolution = PictureResolution(x: 300, y: 300, unit: .inch)
    }
    let isColor = kind.channels >= 3
    let values = (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        (0..<kind.channels).map { c -> Float in
          if format.hasAlpha && c == kind.channels - 1 { return 1 }
          let shade = 0.5 + 0.4 * sin(Float(x) * 0.31 + Float(y) * 0.17 + (isColor ? Float(c) : 0))
          return shade
        }
      }
    }
    return StoredPicture(
      Image(width: width, height: height, channels: kind.channels, values: values), as: format)
  }

  private func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("SignalsTests/Fixtures/formats/\(name)").path
  }

  /// The profile of sRGB; for grey the same with the mark of grey profiles.
  private func profile(isColor: Bool) throws -> Data {
    var profile = try Data(contentsOf: URL(fileURLWithPath: fixture("sRGB.icc")))
    if !isColor { profile.replaceSubrange(16..<20, with: Data("GRAY".utf8)) }
    return profile
  }

  /// A mask with a hole in the middle.
  private func mask() throws -> (path: String, observed: [Bool]) {
    let (width, height) = (Self.width, Self.height)
    let observed = (0..<width * height).map { pixel in
      !((6..<12).contains(pixel % width) && (5..<10).contains(pixel / width))
    }
    let path = folder.file("mask.png")
    try ImageFile.write(
      Image(width: width, height: height, channels: 1, values: observed.map { $0 ? 0 : 1 }),
      to: path, overwrite: true)
    return (path, observed)
  }

  @Test(arguments: Kind.all) func observedSamplesComeBackBitForBit(_ kind: Kind) throws {
    let source = try picture(kind)
    let name = kind.container.defaultExtension
    let input = folder.file("in.\(name)")
    try PictureFile.write(source, to: input, overwrite: false)
    let (mask, observed) = try mask()
    let output = folder.file("out.\(name)")
    let run = try Program.hyper.run("inpaint", input, output, "--mask", mask, "--quiet")
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.isEmpty)

    let result = try PictureFile.read(output)
    #expect(result.format.type == kind.type && result.channels == kind.channels)
    #expect(result.format.profile == source.format.profile)
    let (found, expected) = (result.format.resolution?.perMetre, source.format.resolution?.perMetre)
    #expect((found == nil) == (expected == nil))
    if let found, let expected { #expect(abs(found.x - expected.x) < 0.6) }
    let length = kind.channels * kind.type.byteCount
    for pixel in observed.indices where observed[pixel] {
      let range = pixel * length..<(pixel + 1) * length
      #expect(result.samples[range] == source.samples[range])
    }
    // What was missing is restored in the picture's own unit, near what was there.
    let truth = source.image
    var restored = result
    restored.format.range = source.format.range
    let values = restored.image.values
    var sum = 0.0
    var count = 0
    for pixel in observed.indices where !observed[pixel] {
      for channel in 0..<kind.channels {
        let index = pixel * kind.channels + channel
        sum += Double(abs(values[index] - truth.values[index]))
        count += 1
      }
    }
    #expect(sum / Double(count) < 0.25, "mean error \(sum / Double(count))")
  }

  /// A hostile file name can neither break a line nor control a terminal.
  @Test func namesAreOnOneLineInWhatIsPrinted() throws {
    let input = folder.file("in.png")
    try PictureFile.write(
      try picture(Kind(type: .unsigned8, channels: 1, container: .png)), to: input,
      overwrite: false)
    let output = folder.file("red\u{1b}[31m\nline.png")
    let run = try Program.hyper.run(
      "inpaint", input, output, "--keep", "50%", "--model", "linear", "--sheet",
      folder.file("sheet\u{1b}[0m.png"))
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(!run.output.contains("\u{1b}"))
    let lines = run.output.split(separator: "\n")
    #expect(lines.first?.contains("red\\u{1B}[31m line.png: restored from 160 points") == true)
    #expect(lines.last?.hasSuffix("sheet\\u{1B}[0m.png") == true)
  }

  @Test func greyStaysGreyAndTheDefaultNameKeepsTheKind() throws {
    let kind = Kind(type: .unsigned16, channels: 1, container: .tiff)
    let input = folder.file("scan.tif")
    try PictureFile.write(try picture(kind), to: input, overwrite: false)
    let run = try Program.hyper.run("inpaint", input, "--keep", "30%")
    try #require(run.exitCode == 0, "\(run.errors)")
    let result = try PictureFile.read(folder.file("scan-inpainted.tif"))
    #expect(result.channels == 1 && result.format.type == .unsigned16)

    // Twice the size is twice the pixels per inch.
    let larger = folder.file("larger.tif")
    let resized = try Program.hyper.run(
      "inpaint", input, larger, "--keep", "30%", "--size", "40x32")
    try #require(resized.exitCode == 0, "\(resized.errors)")
    #expect(
      try PictureFile.read(larger).format.resolution
        == PictureResolution(x: 600, y: 600, unit: .inch))
  }

  @Test func modelsOfConditionsRenderInTheFormatOfTheirPicture() throws {
    let input = folder.file("scan.tif")
    try PictureFile.write(
      try picture(Kind(type: .unsigned16, channels: 1, container: .tiff)), to: input,
      overwrite: false)
    for command in [
      ["poisson", input, "--from", "gradient"], ["blend", input, input, "--mix", "0.5"],
    ] {
      let model = folder.file("\(command[0]).safetensors")
      let solved = try Program.siren.run(
        command + ["-o", folder.file("\(command[0]).tif"), "--steps", "2", "--model", model])
      try #require(solved.exitCode == 0, "\(solved.errors)")
      let rendered = folder.file("\(command[0])-rendered.tif")
      let run = try Program.siren.run(["render", model, rendered])
      try #require(run.exitCode == 0, "\(run.errors)")
      #expect(try PictureFile.read(rendered).format.type == .unsigned16)
    }
  }

  @Test("A picture solved at half the size has half the resolution, and lost alpha is named")
  func resizedSolutions() throws {
    let source = try picture(Kind(type: .unsigned8, channels: 4, container: .tiff))
    let input = folder.file("scan.tif")
    try PictureFile.write(source, to: input, overwrite: false)
    let note = "alpha is not kept, and transparent parts become white\n"
    for (command, name) in [
      (["poisson", input, "--from", "gradient"], ""),
      (["blend", input, input, "--mix", "0.5", "--stretch"], "\(input): "),
    ] {
      let solved = folder.file("\(command[0]).tif")
      let model = folder.file("\(command[0]).safetensors")
      let run = try Program.siren.run(
        command + [
          "-o", solved, "--steps", "2", "--model", model, "--resize",
          "\(source.width / 2)x\(source.height / 2)",
        ])
      try #require(run.exitCode == 0, "\(run.errors)")
      #expect(run.errors.contains("Note: \(name)\(note)"), "\(run.errors)")
      let rendered = folder.file("\(command[0])-rendered.tif")
      let render = try Program.siren.run(["render", model, rendered])
      try #require(render.exitCode == 0, "\(render.errors)")
      for path in [solved, rendered] {
        let result = try PictureFile.read(path)
        #expect(result.channels == 3 && result.width == source.width / 2)
        #expect(
          result.format.resolution == PictureResolution(x: 150, y: 150, unit: .inch),
          "\(command[0])")
      }
    }
  }

  @Test func twelveBitsIn16AreStretchedInsideAndNotInTheFile() throws {
    let input = folder.file("dark.tif")
    var source = try picture(Kind(type: .unsigned16, channels: 1, container: .tiff))
    source.format.range = try #require(ValueRange(0, 4_095))
    source = StoredPicture(
      try picture(Kind(type: .unsigned16, channels: 1, container: .tiff)).image,
      as: source.format)
    try PictureFile.write(source, to: input, overwrite: false)
    let run = try Program.hyper.run(
      "inpaint", input, folder.file("out.tif"), "--keep", "40%", "--json")
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.contains("16-bit grey: 0:4095 become 0 to 1"))
    let result = try PictureFile.read(folder.file("out.tif"))
    #expect(Set(result.samples).count > 40)
    let fixed = try Program.hyper.run(
      "inpaint", input, folder.file("fixed.tif"), "--keep", "40%", "--range", "0:8000")
    #expect(fixed.errors.contains("16-bit grey: 0:8000 become 0 to 1"))
    #expect(!fixed.errors.contains("go beyond"))
    let narrow = try Program.hyper.run(
      "inpaint", input, folder.file("narrow.tif"), "--keep", "40%", "--range", "0:2000")
    #expect(narrow.errors.contains("go beyond the range 0:2000"))
    let wrong = try Program.hyper.run("inpaint", input, "--keep", "40%", "--range", "5:1")
    #expect(wrong.exitCode == 2)
  }

  @Test func anotherExtensionIsAnError() throws {
    let input = folder.file("in.png")
    try ImageFile.write(
      try picture(Kind(type: .unsigned8, channels: 3, container: .png)).image, to: input,
      overwrite: false)
    let wrong = folder.file("out.gif")
    let run = try Program.hyper.run("inpaint", input, wrong, "--keep", "10%")
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains(
        "a picture is not written as .gif; pass a name that ends in .png, .jpg, .tif, .webp or .npy"
      ))
    let model = folder.file("m.safetensors")
    let fit = try Program.siren.run("fit", input, "--steps", "5", "-o", model)
    try #require(fit.exitCode == 0, "\(fit.errors)")
    let sound = try Program.siren.run("render", model, folder.file("m.wav"))
    #expect(sound.exitCode == 1 && sound.errors.contains("a picture is not written as .wav"))
    for name in ["o.tif", "o.jpg", "o.webp", "o.npy"] {
      let rendered = try Program.siren.run("render", model, folder.file(name))
      #expect(rendered.exitCode == 0, "\(rendered.errors)")
      let header = try ImageFile.header(at: folder.file(name))
      #expect(
        header.format.rawValue.hasPrefix(
          name == "o.tif" ? "tiff" : name == "o.jpg" ? "jpeg" : String(name.dropFirst(2))))
    }
  }

  @Test func aFittedPictureIsRenderedInItsOwnUnit() throws {
    let kind = Kind(type: .float64, channels: 1, container: .npy)
    let source = try picture(kind)
    let (input, model) = (folder.file("heights.npy"), folder.file("heights.safetensors"))
    try PictureFile.write(source, to: input, overwrite: false)
    let fit = try Program.siren.run("fit", input, "--steps", "300", "-o", model)
    try #require(fit.exitCode == 0, "\(fit.errors)")
    let rendered = try Program.siren.run("render", model, folder.file("out.npy"))
    try #require(rendered.exitCode == 0, "\(rendered.errors)")
    let result = try PictureFile.read(folder.file("out.npy"))
    #expect(result.format.type == .float64 && result.channels == 1)
    let (found, truth) = (result.statistics, source.statistics)
    let span = truth.largest - truth.smallest
    #expect(abs(found.smallest - truth.smallest) < 0.2 * span)
    #expect(abs(found.largest - truth.largest) < 0.2 * span)
  }

  @Test("A picture of plain 8 bits comes back as one, also in an array", arguments: ["npy", "png"])
  func plainBytes(kind: String) throws {
    let image = Image(
      width: 8, height: 6, channels: 1, values: (0..<48).map { Float($0 * 5) / 255 })
    let (input, model) = (folder.file("in.\(kind)"), folder.file("m.safetensors"))
    try PictureFile.write(
      StoredPicture(image, as: .ordinary(channels: 1)), to: input, overwrite: false)
    let fit = try Program.siren.run("fit", input, "--steps", "3", "--width", "4", "-o", model)
    try #require(fit.exitCode == 0, "\(fit.errors)")
    let rendered = try Program.siren.run("render", model, folder.file("out.npy"))
    try #require(rendered.exitCode == 0, "\(rendered.errors)")
    #expect(try PictureFile.read(folder.file("out.npy")).format.type == .unsigned8)
  }

  /// The other program reads what was written, where it is installed.
  @Test(.enabled(if: pythonReads, "python3 has no numpy, tifffile and Pillow"))
  func pythonReadsTheSameSamples() throws {
    var script = "import numpy as np, tifffile, PIL.Image\n"
    for (index, kind) in Kind.all.enumerated() {
      let name = folder.file("\(index).\(kind.container.defaultExtension)")
      let source = try picture(kind)
      try PictureFile.write(source, to: name, overwrite: false)
      let raw = try folder.write(source.samples, to: "\(index).raw")
      let code = kind.type.numpyCode
      let shape = "(\(Self.height), \(Self.width), \(kind.channels))"
      // Pillow has no 16-bit colour.
      if kind.container == .png && kind.type == .unsigned16 && kind.channels > 1 { continue }
      let read =
        switch kind.container {
        case .tiff: "tifffile.imread('\(name)')"
        case .npy: "np.load('\(name)')"
        default: "np.asarray(PIL.Image.open('\(name)'))"
        }
      script += """
        found = \(read)
        expected = np.fromfile('\(raw)', '\(code)').reshape\(shape)
        assert found.dtype == expected.dtype, ('\(name)', found.dtype)
        assert (found.reshape(expected.shape) == expected).all(), '\(name)'

        """
      if kind.container != .npy {
        let profile = try folder.write(
          profile(isColor: kind.channels >= 3), to: "\(index).icc")
        script +=
          kind.container == .tiff
          ? "assert tifffile.TiffFile('\(name)').pages[0].iccprofile == open('\(profile)', 'rb').read()\n"
            + "assert tifffile.TiffFile('\(name)').pages[0].tags[282].value == (300, 1)\n"
          : "assert PIL.Image.open('\(name)').info['icc_profile'] == open('\(profile)', 'rb').read()\n"
      }
    }
    script += "print('all equal')\n"
    let (code, output) = try Self.python(["-c", script])
    #expect(code == 0 && output.contains("all equal"), "\(output)")
  }

  private static let pythonReads =
    (try? python(["-c", "import numpy, tifffile, PIL"]))?.code == 0

  private static func python(_ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [ProcessInfo.processInfo.environment["SIREN_PYTHON"] ?? "python3"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
