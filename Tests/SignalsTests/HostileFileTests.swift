import Files
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite struct HostileFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let smallPNG = PNGBuilder.file(
    width: 5, height: 4, bitDepth: 8, colorType: .rgb, samples: (0..<60).map { $0 * 4 })

  /// The error of reading a file with this content, checked to be one line that names the file.
  private func failure(
    _ bytes: [UInt8], name: String = "picture.png", limits: ImageLimits = .standard,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> FileError? {
    let path = try folder.write(bytes, to: name)
    return failure(at: path, limits: limits, sourceLocation: sourceLocation)
  }

  private func failure(
    at path: String, limits: ImageLimits = .standard,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> FileError? {
    let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) {
      try ImageFile.read(path, limits: limits)
    }
    if let error {
      #expect(
        error.description.hasPrefix(path + ": ") && !error.description.contains("\n"),
        sourceLocation: sourceLocation)
      #expect(error.path == path, sourceLocation: sourceLocation)
    }
    return error
  }

  @Test func theContentDecidesAndNotTheName() throws {
    let jpeg = try folder.write(try Fixtures.bytes("color.jpg"), to: "really-a-jpeg.png")
    #expect(try ImageFile.header(at: jpeg).format == .jpeg)
    #expect(try ImageFile.read(jpeg).width == 24)
    let png = try folder.write(smallPNG, to: "really-a-png.jpg")
    #expect(try ImageFile.header(at: png).format == .png)
    let text = try failure(Array("no picture at all\n".utf8), name: "text.png")
    #expect(
      text?.description == folder.file("text.png")
        + ": the content is neither a PNG nor a JPEG picture; give a PNG or JPEG file")
    #expect(text?.kind == .unknownFormat)
  }

  @Test func pathsThatAreNotFilesAreNamed() throws {
    #expect(failure(at: folder.file("absent.png"))?.kind == .missing)
    #expect(failure(at: folder.path)?.kind == .notAFile)
    let empty = try failure([])
    #expect(empty?.kind == .unknownFormat)
    #expect(empty?.reason == "the file is empty")
    // A pipe that nobody writes to must not be waited for.
    let pipe = folder.file("pipe.png")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(failure(at: pipe)?.kind == .notAFile)
    #expect(throws: FileError.self) { try ImageFile.header(at: pipe) }
  }

  @Test func impossibleSizesTakeNoMemory() throws {
    func header(_ width: UInt32, _ height: UInt32) -> [UInt8] {
      var builder = PNGBuilder(width: width, height: height, bitDepth: 8, colorType: 2)
      builder.append("IDAT", PNGBuilder.zlibStored([0]))
      builder.append("IEND")
      return builder.bytes
    }
    #expect(try failure(header(0, 0))?.kind == .empty)
    #expect(try failure(header(0, 7))?.kind == .empty)
    #expect(try failure(header(65535, 65535))?.kind == .tooLarge)
    #expect(try failure(header(.max, .max))?.kind == .tooLarge)
    // 99 million pixels are within the limits, but a hundred bytes cannot hold them.
    let bomb = try failure(header(9950, 9950))
    #expect(bomb?.kind == .truncated)
    #expect(bomb?.reason.contains("cannot hold the 9950x9950 pixels") == true)
    // 100x100 would fit a limit of its own only.
    let limits = ImageLimits(maximumPixels: 9999)
    #expect(try failure(header(100, 100), limits: limits)?.kind == .tooLarge)
    #expect(
      try failure(smallPNG, limits: ImageLimits(maximumBytes: 20))?.kind == .tooLarge)
  }

  @Test func impossibleHeadersAreCorrupt() throws {
    for (bitDepth, colorType): (UInt8, UInt8) in [(3, 0), (8, 1), (16, 3), (4, 2), (8, 7), (0, 0)] {
      var builder = PNGBuilder(width: 1, height: 1, bitDepth: bitDepth, colorType: colorType)
      builder.append("IDAT", PNGBuilder.zlibStored([0, 0, 0]))
      builder.append("IEND")
      #expect(try failure(builder.bytes)?.kind == .corrupt, "\(bitDepth), \(colorType)")
    }
    var noPixels = PNGBuilder(width: 1, height: 1, bitDepth: 8, colorType: 0)
    noPixels.append("IEND")
    #expect(try failure(noPixels.bytes)?.kind == .corrupt)
    var noPalette = PNGBuilder(width: 1, height: 1, bitDepth: 8, colorType: 3)
    noPalette.append("IDAT", PNGBuilder.zlibStored([0, 0]))
    noPalette.append("IEND")
    #expect(try failure(noPalette.bytes)?.kind == .corrupt)
    var hugeChunk = PNGBuilder(width: 1, height: 1, bitDepth: 8, colorType: 0)
    hugeChunk.append(raw: [0xFF, 0xFF, 0xFF, 0xFF] + Array("tEXt".utf8))
    #expect(try failure(hugeChunk.bytes)?.kind == .corrupt)
  }

  @Test(arguments: ["IHDR", "tEXt", "IDAT", "IEND"])
  func everyChecksumCounts(_ spoiled: String) throws {
    var builder = PNGBuilder(width: 1, height: 1, bitDepth: 8, colorType: 0)
    builder.append("tEXt", Array("a\0b".utf8), spoiled: spoiled == "tEXt")
    builder.append("IDAT", PNGBuilder.zlibStored([0, 9]), spoiled: spoiled == "IDAT")
    builder.append("IEND", spoiled: spoiled == "IEND")
    var bytes = builder.bytes
    if spoiled == "IHDR" { bytes[32] ^= 1 }  // the last byte of its checksum
    let error = try failure(bytes)
    #expect(error?.kind == .corrupt)
    #expect(error?.reason.contains("CRC") == true)
  }

  @Test func missingRowsAreNotGrey() throws {
    // A whole file with right checksums that holds two of four rows.
    var builder = PNGBuilder(width: 2, height: 4, bitDepth: 8, colorType: 0)
    builder.append("IDAT", PNGBuilder.zlibStored([0, 1, 2, 0, 3, 4]))
    builder.append("IEND")
    #expect(try failure(builder.bytes)?.kind == .truncated)
  }

  @Test func everyTruncationIsAnError() throws {
    let interlaced = PNGBuilder.file(
      width: 9, height: 5, bitDepth: 4, colorType: .grey, samples: (0..<45).map { $0 % 16 },
      interlaced: true)
    var files = ["png": smallPNG, "interlaced png": interlaced]
    for name in Fixtures.jpegNames + ["orientation_6.jpg"] {
      files[name] = try Fixtures.bytes(name)
    }
    for (name, bytes) in files {
      for count in 0..<bytes.count {
        let error = #expect(throws: FileError.self, "\(name) cut to \(count) bytes") {
          try ImageFile.decode(Data(bytes[..<count]), path: name)
        }
        let allowed: [FileError.Kind] =
          count < 8 ? [.unknownFormat, .truncated] : [.truncated]
        #expect(
          error.map { allowed.contains($0.kind) } == true,
          "\(name) cut to \(count) bytes: \(error.map(String.init(describing:)) ?? "no error")")
      }
    }
  }

  /// Whatever is done to the bytes, the outcome is a picture of the header's size or an error.
  @Test func noMutationCrashes() throws {
    var files = [smallPNG]
    for name in Fixtures.jpegNames + ["orientation_6.jpg"] {
      files.append(try Fixtures.bytes(name))
    }
    let limits = ImageLimits(maximumPixels: 1 << 20)
    var generator = Xoshiro256(seed: 20)
    var (errors, pictures) = (0, 0)
    for bytes in files {
      for _ in 0..<300 {
        var mutated = bytes
        for _ in 0...generator.uniform(below: 4) {
          mutated[generator.uniform(below: mutated.count)] = UInt8(generator.uniform(below: 256))
        }
        do {
          let image = try ImageFile.decode(Data(mutated), path: "mutated", limits: limits)
          let header = try ImageFile.header(ofBytes: Data(mutated), path: "mutated")
          #expect(image.width == header.width && image.height == header.height)
          #expect(image.channels == header.channels)
          #expect(image.values.allSatisfy { (0...1).contains($0) })
          pictures += 1
        } catch is FileError {
          errors += 1
        }
      }
    }
    // Both happen, or one half of this would check nothing.
    #expect(errors > 300 && pictures > 300, "\(errors) errors, \(pictures) pictures")
  }

  @Test func headersAreReadWithoutThePixels() throws {
    // The header is whole, the pixels are missing: only decoding complains.
    let path = try folder.write(smallPNG[..<45], to: "header-only.png")
    #expect(try ImageFile.header(at: path).width == 5)
    #expect(failure(at: path)?.kind == .truncated)
    // A comment longer than the first read lies before the frame.
    let jpeg = try Fixtures.bytes("color.jpg")
    let comment = [0xFF, 0xFE, 0xFF, 0xFF] + [UInt8](repeating: 65, count: 65533)
    let long = try folder.write(jpeg[..<2] + comment + comment + jpeg[2...], to: "long.jpg")
    #expect(try ImageFile.header(at: long).width == 24)
    let bytes = Data(try Data(contentsOf: URL(fileURLWithPath: long)))
    #expect(try ImageFile.header(ofBytes: bytes, path: long).width == 24)
    // A slice of Data doesn't begin at index 0.
    let slice = (Data([1, 2, 3]) + Data(smallPNG)).dropFirst(3)
    #expect(try ImageFile.decode(slice, path: "").height == 4)
    #expect(try ImageFile.header(ofBytes: slice, path: "").height == 4)
  }

  @Test func namesCannotBreakTheLine() {
    let error = failureDescription("a\nb\u{1B}[31m.png")
    #expect(error == "a\\nb\\u{1B}[31m.png: there is no such file; check the path")
  }

  private func failureDescription(_ path: String) -> String? {
    let error = #expect(throws: FileError.self) { try ImageFile.read(path) }
    return error?.description
  }
}
