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
        + ": the content is not that of a picture that is read here; "
        + "give a PNG, JPEG, TIFF, WebP, NPY or NPZ file")
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

  @Test(arguments: ["IHDR", "IDAT", "IEND"])
  func everyChecksumOfThePictureCounts(_ spoiled: String) throws {
    var builder = PNGBuilder(width: 1, height: 1, bitDepth: 8, colorType: 0)
    builder.append("IDAT", PNGBuilder.zlibStored([0, 9]), spoiled: spoiled == "IDAT")
    builder.append("IEND", spoiled: spoiled == "IEND")
    var bytes = builder.bytes
    if spoiled == "IHDR" { bytes[32] ^= 1 }  // the last byte of its checksum
    let error = try failure(bytes)
    #expect(error?.kind == .corrupt)
    #expect(error?.reason.contains("CRC") == true)
  }

  /// A wrong checksum of what is not the picture was an error.
  @Test(arguments: ["tEXt", "gAMA", "iCCP", "prVt", "eXIf"])
  func otherChunksWithAWrongChecksumArePassedOver(_ spoiled: String) throws {
    var builder = PNGBuilder(width: 1, height: 1, bitDepth: 8, colorType: 0)
    builder.append(spoiled, Array("a\0bcdefgh".utf8), spoiled: true)
    builder.append("IDAT", PNGBuilder.zlibStored([0, 9]))
    builder.append("IEND")
    let picture = try PictureFile.decode(builder.bytes, path: "test.png")
    #expect(picture.samples == [9] && picture.format.profile == nil)
    #expect(
      picture.notes == ["the chunk '\(spoiled)' has a wrong checksum and is passed over"])
    #expect(try ImageFile.decode(Data(builder.bytes), path: "test.png").values == [9.0 / 255])
  }

  @Test func transparencyWithAWrongChecksumIsAnError() throws {
    var builder = PNGBuilder(width: 1, height: 1, bitDepth: 8, colorType: 0)
    builder.append("tRNS", [0, 9], spoiled: true)
    builder.append("IDAT", PNGBuilder.zlibStored([0, 9]))
    builder.append("IEND")
    #expect(try failure(builder.bytes)?.kind == .corrupt)
  }

  @Test(
    arguments: [
      "grey-u2.tif", "grey-u2-zlib.tif", "rgb-u2-tiledplanar.tif", "palette.tif", "bilevel.tif",
      "pages.tif", "grey-f8.npy", "rgb-f4-fortran.npy", "arrays.npz", "compressed.npz",
      "rgb-u1.webp",
    ])
  func truncationsAreErrorsAndMutationsDoNotCrash(_ name: String) throws {
    let whole = try Fixtures.bytes("formats/\(name)")
    // Of several pages the first may be whole, and so are rows before a fax's end mark of three bytes.
    let last = name == "pages.tif" ? 200 : whole.count - (name == "bilevel.tif" ? 4 : 1)
    for count in stride(from: 0, to: last, by: max(1, whole.count / 200)) {
      let bytes = Array(whole[..<count])
      // A directory at the end is lost; where it lies before the samples, they are too few.
      #expect(throws: FileError.self, "\(name) cut to \(count)") {
        try PictureFile.decode(bytes, path: name)
      }
    }
    var generator = Xoshiro256(seed: 7)
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0...Int.random(in: 0..<4, using: &generator) {
        // Headers are where mistakes are dangerous.
        let end = Bool.random(using: &generator) ? min(whole.count, 256) : whole.count
        bytes[Int.random(in: 0..<end, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      _ = try? PictureFile.decode(
        bytes, path: name, limits: ImageLimits(maximumPixels: 1_000_000))
      _ = PictureFile.stack(of: bytes)
    }
  }

  @Test func whatClaimsMoreThanItHasIsRefusedAtOnce() throws {
    // A TIFF of 65535x65535 uncompressed pixels in 200 bytes.
    var bytes = try Fixtures.bytes("formats/grey-u1.tif")
    let entries = Int(bytes[Int(bytes[4])])
    for entry in 0..<entries {
      let place = Int(bytes[4]) + 2 + 12 * entry
      let tag = Int(bytes[place]) | Int(bytes[place + 1]) << 8
      guard tag == 256 || tag == 257 else { continue }
      bytes.replaceSubrange(place + 8..<place + 12, with: [0xFF, 0x1F, 0, 0])
    }
    #expect(try failure(bytes)?.kind == .truncated)
    let array = NumpyFile.encoded([0], descr: "|u1", shape: [1])
    let text = String(decoding: array, as: UTF8.self)
    #expect(text.contains("(1,)"))
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (9999, 9999), }"
    let lies =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    #expect(try failure(lies)?.kind == .truncated)
    let huge = header.replacingOccurrences(of: "9999", with: "99999999999")
    let lies2 = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(huge.utf8.count), 0] + Array(huge.utf8)
    #expect(try failure(lies2)?.kind == .unsupported)
  }

  /// Small files may hold thousands of large arrays, or the same one thousands of times.
  @Test func arraysAreListedWithoutHoldingThemAll() throws {
    let count = 96
    let side = 4_096
    let array = [UInt8](
      NumpyFile.encoded(
        [UInt8](repeating: 0, count: side * side), descr: "|u1", shape: [side, side]))
    func little(_ number: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    let name = Array("a.npy".utf8)
    // Stored without compression.
    let facts: [UInt8] =
      little(0, 8) + little(Int(crc32(array)), 4) + little(array.count, 4) + little(array.count, 4)
      + little(name.count, 2) + little(0, 2)
    let local: [UInt8] = [0x50, 0x4B, 3, 4] + little(20, 2) + facts + name
    let entry: [UInt8] =
      [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + facts + little(0, 14) + name
    let directory = (0..<count).flatMap { _ in entry }
    let end: [UInt8] =
      [0x50, 0x4B, 5, 6] + little(0, 4) + little(count, 2) + little(count, 2)
      + little(directory.count, 4) + little(local.count + array.count, 4) + little(0, 2)
    let file = local + array + directory + end

    let before = try #require(ProcessMemory.peak)
    #expect(PictureFile.stack(of: file).pages == Array(1...count))
    let after = try #require(ProcessMemory.peak)
    // All arrays are 1.5 GiB; other tests may run at the same time.
    #expect(after - before < count * array.count / 2, "\(after - before) bytes more")
  }

  /// A TIFF's directory may lie behind all its samples; only what is needed is read.
  @Test func theHeaderOfALargeTIFFTakesLittleMemory() throws {
    let path = folder.file("large.tif")
    let whole = try Fixtures.bytes("formats/grey-u1.tif")
    let directory = whole.withUnsafeBytes {
      Int($0.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    }
    let far = 800 << 20
    var start = whole
    start.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: far >> (8 * $0)) })
    try Data(start).write(to: URL(fileURLWithPath: path))
    let file = try #require(FileHandle(forWritingAtPath: path))
    // What lies in between takes no space on the disk.
    try file.seek(toOffset: UInt64(far))
    try file.write(contentsOf: Data(whole[directory...]))
    try file.close()

    let before = try #require(ProcessMemory.peak)
    let header = try ImageFile.header(at: path)
    #expect(header.width == FormatFixture.width && header.height == FormatFixture.height)
    let after = try #require(ProcessMemory.peak)
    // Other tests may run at the same time.
    #expect(after - before < far / 2, "\(after - before) bytes more")
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
