import Files
import Foundation
import Signals
import TestSupport
import Testing

/// Files of `Fixtures/make_formats.py`, whose samples follow the same formulas here.
struct FormatFixture: CustomTestStringConvertible, Sendable {
  var name: String
  var type: SampleType
  var channels = 1
  var page = 1
  /// What the file's samples are made of the pattern.
  var adjusted: @Sendable (Double) -> Double = { $0 }

  var testDescription: String { name }

  static let width = 7
  static let height = 5

  /// The samples, row-major `[5, 7, channels]`.
  var expected: [Double] {
    (0..<Self.height).flatMap { y in
      (0..<Self.width).flatMap { x in
        (0..<channels).map { c in adjusted(Self.pattern(type, 3_701 * y + 1_103 * x + 503 * c + 7))
        }
      }
    }
  }

  static func pattern(_ type: SampleType, _ whole: Int) -> Double {
    switch type {
    case .unsigned8: Double(whole % 256)
    case .unsigned16: Double(whole * 3 % 65_536)
    case .unsigned32: Double(whole * 100_003)
    case .unsigned64: Double(whole * 1_000_000_000_000)
    case .signed8: Double(whole % 256 - 128)
    case .signed16: Double(whole * 3 % 65_536 - 32_768)
    case .signed32: Double(whole * 1_003 - 9_000_000)
    case .signed64: Double(whole * 1_000_000_000_000 - 10_000_000_000_000_000)
    case .float16: Double(Float16(Double(whole % 1_000) / 8 - 50))
    case .float32: Double(Float(Double(whole) / 1_024 - 3))
    case .float64: Double(whole) / 3 - 1_000
    }
  }

  static let kinds: [(String, SampleType)] = [
    ("u1", .unsigned8), ("u2", .unsigned16), ("u4", .unsigned32), ("u8", .unsigned64),
    ("i1", .signed8), ("i2", .signed16), ("i4", .signed32), ("i8", .signed64), ("f2", .float16),
    ("f4", .float32), ("f8", .float64),
  ]

  static let all: [FormatFixture] = wholes + variants + others

  /// Every type as grey, and the usual ones with more channels.
  private static let wholes: [FormatFixture] = {
    var result: [FormatFixture] = []
    for (kind, type) in kinds {
      for container in ["tif", "npy"] {
        result.append(FormatFixture(name: "grey-\(kind).\(container)", type: type))
        if ["u1", "u2", "f4"].contains(kind) {
          result.append(FormatFixture(name: "rgb-\(kind).\(container)", type: type, channels: 3))
        }
      }
      if ["u1", "u2"].contains(kind) {
        result.append(FormatFixture(name: "rgba-\(kind).tif", type: type, channels: 4))
        result.append(FormatFixture(name: "greyalpha-\(kind).tif", type: type, channels: 2))
      }
    }
    return result
  }()

  /// Compressions, layouts and byte orders.
  private static let variants: [FormatFixture] = {
    var result: [FormatFixture] = []
    for name in [
      "lzw", "zlib", "packbits", "zstd", "lzma", "predictor", "tiled", "strips", "big", "bigendian",
      "ome",
    ] {
      result.append(FormatFixture(name: "grey-u2-\(name).tif", type: .unsigned16))
    }
    for name in ["grey-f4-predictor.tif", "grey-f4-imagej.tif"] {
      result.append(FormatFixture(name: name, type: .float32))
    }
    for name in ["grey-f8-bigendian.tif", "grey-f8-fortran.npy", "compressed.npz"] {
      result.append(FormatFixture(name: name, type: .float64))
    }
    for name in ["rgb-u2-planar.tif", "rgb-u2-tiledplanar.tif"] {
      result.append(FormatFixture(name: name, type: .unsigned16, channels: 3))
    }
    for name in ["rgb-u1-webp.tif", "rgb-u1-profile.tif", "rgb-u1.webp", "rgb-u1-profile.png"] {
      result.append(FormatFixture(name: name, type: .unsigned8, channels: 3))
    }
    for name in ["grey-u2-bigendian.npy", "grey-u2.png", "turned.tif", "arrays.npz"] {
      result.append(FormatFixture(name: name, type: .unsigned16))
    }
    return result
  }()

  private static let others: [FormatFixture] = [
    FormatFixture(name: "grey-u1-white.tif", type: .unsigned8),
    FormatFixture(name: "rgba-u1.webp", type: .unsigned8, channels: 4),
    FormatFixture(name: "rgb-f4-fortran.npy", type: .float32, channels: 3),
    FormatFixture(name: "arrays.npz", type: .float32, page: 2),
    FormatFixture(
      name: "grey-u2-12bit.tif", type: .unsigned16,
      adjusted: { $0.truncatingRemainder(dividingBy: 4_096) }),
    FormatFixture(name: "boolean.npy", type: .unsigned8, adjusted: oddIsWhite),
    FormatFixture(name: "bilevel.tif", type: .unsigned8, adjusted: oddIsWhite),
    FormatFixture(name: "bilevel-group3.tif", type: .unsigned8, adjusted: oddIsWhite),
    FormatFixture(name: "bilevel-fax.tif", type: .unsigned8, adjusted: oddIsWhite),
    FormatFixture(name: "pages.tif", type: .unsigned16),
    FormatFixture(name: "pages.tif", type: .unsigned16, page: 3, adjusted: { $0 + 2 }),
    FormatFixture(name: "pages.tif", type: .unsigned8, page: 4),
  ]

  private static let oddIsWhite: @Sendable (Double) -> Double = {
    255 * $0.truncatingRemainder(dividingBy: 2)
  }

  /// The file as it is read.
  func read() throws -> StoredPicture {
    try PictureFile.read(Fixtures.path("formats/\(name)"), page: page)
  }
}

extension StoredPicture {
  /// The samples as numbers, exact up to 53 bits.
  var numbers: [Double] {
    samples.withUnsafeBytes { bytes in
      let size = format.type.byteCount
      return stride(from: 0, to: bytes.count, by: size).map { place in
        switch format.type {
        case .unsigned8: Double(bytes.loadUnaligned(fromByteOffset: place, as: UInt8.self))
        case .unsigned16: Double(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
        case .unsigned32: Double(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        case .unsigned64: Double(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        case .signed8: Double(bytes.loadUnaligned(fromByteOffset: place, as: Int8.self))
        case .signed16: Double(bytes.loadUnaligned(fromByteOffset: place, as: Int16.self))
        case .signed32: Double(bytes.loadUnaligned(fromByteOffset: place, as: Int32.self))
        case .signed64: Double(bytes.loadUnaligned(fromByteOffset: place, as: Int64.self))
        case .float16: Double(bytes.loadUnaligned(fromByteOffset: place, as: Float16.self))
        case .float32: Double(bytes.loadUnaligned(fromByteOffset: place, as: Float.self))
        case .float64: bytes.loadUnaligned(fromByteOffset: place, as: Double.self)
        }
      }
    }
  }
}

@Suite struct PictureFormatTests {
  @Test(arguments: FormatFixture.all) func samplesAreThoseOfTheOtherProgram(
    _ fixture: FormatFixture
  ) throws {
    let picture = try fixture.read()
    #expect(picture.width == FormatFixture.width && picture.height == FormatFixture.height)
    #expect(picture.format.type == fixture.type && picture.channels == fixture.channels)
    #expect(picture.numbers == fixture.expected)
  }

  @Test(arguments: FormatFixture.all) func losslessFilesGiveEverySampleBack(
    _ fixture: FormatFixture
  ) throws {
    let picture = try fixture.read()
    let containers: [PictureContainer] =
      fixture.type.hasFullRange ? [.tiff, .npy, .png] : [.tiff, .npy]
    for container in containers where !(container == .png && picture.format.zeroIsWhite) {
      let (data, remark) = try PictureFile.encode(picture, as: container, path: "test")
      #expect(remark?.contains("samples") != true)
      let again = try PictureFile.decode([UInt8](data), path: "test")
      #expect(again.samples == picture.samples && again.format.type == fixture.type)
      #expect(again.channels == fixture.channels)
      if container == .tiff {
        // TIFF's fractions come back as numbers of 24 bits.
        let (found, expected) = (again.format.resolution, picture.format.resolution)
        #expect(found?.unit == expected?.unit)
        #expect(abs((found?.x ?? 0) - (expected?.x ?? 0)) <= 1e-6 * (expected?.x ?? 0))
        #expect(abs((found?.y ?? 0) - (expected?.y ?? 0)) <= 1e-6 * (expected?.y ?? 0))
        #expect(again.format.profile == picture.format.profile)
        #expect(again.format.zeroIsWhite == picture.format.zeroIsWhite)
      }
    }
  }

  /// Values go to samples and back: whole numbers exactly, others to the precision of a value.
  @Test(arguments: FormatFixture.all) func valuesGiveTheSamplesBack(_ fixture: FormatFixture) throws
  {
    let picture = try fixture.read()
    let again = StoredPicture(picture.image, as: picture.format)
    if fixture.type.hasFullRange {
      #expect(again.samples == picture.samples)
    } else {
      let span = picture.format.range.high - picture.format.range.low
      for (found, expected) in zip(again.numbers, picture.numbers) {
        // Half floats have 11 bits, and up to 75 here.
        let rounding = fixture.type == .float16 ? 0.04 : fixture.type == .float32 ? 1e-5 : 1
        #expect(abs(found - expected) <= span * 1e-7 + rounding)
      }
    }
  }

  @Test func headersKnowWhatIsDecoded() throws {
    for fixture in FormatFixture.all where fixture.page == 1 && fixture.name != "pages.tif" {
      let header = try ImageFile.header(at: Fixtures.path("formats/\(fixture.name)"))
      #expect(header.width == 7 && header.height == 5 && header.channels == fixture.channels)
    }
  }

  /// A TIFF of one pixel of four samples, 10 to 13, whose tag of extra samples has this value; nil for no tag.
  private func fourSamples(isColor: Bool, extra: UInt8?) -> [UInt8] {
    var entries: [(tag: Int, type: UInt8, value: UInt8)] = [
      (256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, isColor ? 2 : 1), (273, 4, 8),
      (277, 3, 4), (278, 3, 1), (279, 4, 4), (284, 3, 1),
    ]
    if let extra { entries.append((338, 3, extra)) }
    let directory = entries.flatMap { entry -> [UInt8] in
      [
        UInt8(entry.tag & 0xFF), UInt8(entry.tag >> 8), entry.type, 0, 1, 0, 0, 0, entry.value, 0,
        0, 0,
      ]
    }
    return [0x49, 0x49, 0x2A, 0, 12, 0, 0, 0, 10, 11, 12, 13, UInt8(entries.count), 0] + directory
      + [0, 0, 0, 0]
  }

  @Test func aFourthSampleIsAlphaOnlyWhereTheFileSaysNothingElse() throws {
    for extra: UInt8? in [nil, 1, 2] {
      let picture = try PictureFile.decode(
        fourSamples(isColor: true, extra: extra), path: "test")
      #expect(picture.channels == 4 && picture.samples == [10, 11, 12, 13])
      #expect(picture.format.isPremultiplied == (extra == 1))
    }
    let array = try PictureFile.decode(fourSamples(isColor: false, extra: nil), path: "test")
    #expect(array.channels == 4 && array.samples == [10, 11, 12, 13])
    // Near infrared, for example: a measurement, and never the opacity of the other three.
    for isColor in [true, false] {
      let bytes = fourSamples(isColor: isColor, extra: 0)
      let decoded = #expect(throws: FileError.self) {
        try PictureFile.decode(bytes, path: "test")
      }
      let header = #expect(throws: FileError.self) {
        try ImageFile.header(ofBytes: bytes, path: "test")
      }
      #expect(decoded?.kind == .unsupported && decoded?.reason == header?.reason)
      #expect(decoded?.reason.contains("channels that are neither grey, RGB nor alpha") == true)
    }
  }

  @Test func palettesAndMasksBecomeColours() throws {
    let palette = try PictureFile.read(Fixtures.path("formats/palette.tif"))
    #expect(palette.format.type == .unsigned8 && palette.channels == 3)
    let colors: [[Double]] = [[10, 20, 30], [40, 50, 60], [70, 80, 90], [250, 251, 252]]
    let indices = FormatFixture(name: "", type: .unsigned8).expected.map { Int($0) % 4 }
    #expect(palette.numbers == indices.flatMap { colors[$0] })
  }

  @Test func whiteIsZeroIsShownAsItIsMeant() throws {
    let picture = try PictureFile.read(Fixtures.path("formats/grey-u1-white.tif"))
    #expect(picture.format.zeroIsWhite)
    let numbers = picture.numbers
    for (value, number) in zip(picture.image.values, numbers) {
      #expect(abs(Double(value) - (1 - number / 255)) < 1e-6)
    }
    // A PNG has no such flag: its samples are turned round.
    let png = try PictureFile.encode(picture, as: .png, path: "").data
    #expect(try PictureFile.decode([UInt8](png), path: "").numbers == numbers.map { 255 - $0 })
  }

  /// Against a plain count; alpha does not belong to the range.
  @Test(arguments: [1, 2, 3, 4], [SampleType.unsigned8, .unsigned16])
  func statisticsLeaveAlphaOut(_ channels: Int, _ type: SampleType) throws {
    let image = Image(
      width: 50, height: 41, channels: channels,
      values: (0..<50 * 41 * channels).map { Float($0 * 7_919 % 4_001) / 5_000 + 0.05 })
    let picture = StoredPicture(image, as: PictureFormat(type: type, channels: channels))
    let colors = picture.format.hasAlpha ? channels - 1 : channels
    let numbers = picture.numbers.enumerated().filter { $0.offset % channels < colors }
      .map(\.element).sorted()
    let found = picture.statistics
    #expect(found.smallest == numbers.first && found.largest == numbers.last)
    #expect(found.lowPercentile == numbers[numbers.count / 1_000])
    #expect(found.highPercentile == numbers[numbers.count - 1 - numbers.count / 1_000])
    #expect(found.notFinite == 0)
  }

  /// The automatic and the fixed choice follow from less than the full statistics.
  @Test(arguments: FormatFixture.all) func choicesAreThoseOfTheStatistics(
    _ fixture: FormatFixture
  ) throws {
    let picture = try fixture.read()
    let fixed = try #require(ValueRange(-3, 12))
    for choice in [RangeChoice.automatic, .percentiles, .fixed(fixed)] {
      let expected = PictureScale(of: [picture.statistics], choice).range(of: fixture.type)
      #expect(picture.choosingRange(choice).format.range == expected, "\(choice)")
    }
  }

  @Test(arguments: FormatFixture.all) func alphaIsThatOfTheValues(_ fixture: FormatFixture) throws {
    let picture = try fixture.read()
    #expect(picture.alpha == picture.image.alpha)
    #expect((picture.alpha == nil) == (fixture.channels.isMultiple(of: 2) == false))
  }

  /// The kind of a copy follows from the first bytes, also where the rest is damaged.
  @Test func theKindOfALosslessCopyNeedsOnlyTheFirstBytes() throws {
    let folder = try TemporaryFolder()
    let tiff = folder.file("damaged.png")
    try Data([0x49, 0x49, 0x2A, 0, 0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 7, count: 99))
      .write(to: URL(fileURLWithPath: tiff))
    #expect(PictureContainer.lossless(like: tiff) == .tiff)
    #expect(PictureContainer.lossless(like: try Fixtures.path("formats/arrays.npz")) == .npy)
    #expect(PictureContainer.lossless(like: try Fixtures.path("formats/profile.jpg")) == .png)
    #expect(PictureContainer.lossless(like: folder.file("none")) == .png)
  }

  @Test func twelveBitsAreKnownAsSuch() throws {
    let picture = try PictureFile.read(Fixtures.path("formats/grey-u2-12bit.tif"))
    #expect(picture.format.significantBits == 12)
    #expect(picture.format.range == ValueRange(0, 4_095))
  }

  @Test func pagesAreCounted() throws {
    let path = try Fixtures.path("formats/pages.tif")
    #expect(PictureFile.stack(of: try Fixtures.bytes("formats/pages.tif")).pages == [1, 2, 3])
    #expect(PictureFile.stack(of: try Fixtures.bytes("formats/arrays.npz")).pages == [1])
    let limits = ImageLimits(maximumPages: 2)
    let pages = PictureFile.stack(of: try Fixtures.bytes("formats/pages.tif"), limits: limits)
    #expect(pages == PictureStack(pages: [1, 2], examined: 2, total: 4))
    let arrays = PictureFile.stack(of: try Fixtures.bytes("formats/arrays.npz"), limits: limits)
    #expect(arrays == PictureStack(pages: [1], examined: 2, total: 2))
    let error = #expect(throws: FileError.self) { try PictureFile.read(path, page: 5) }
    #expect(error?.reason == "page 5 was asked for, and the file has 4")
    let png = try Fixtures.path("formats/grey-u2.png")
    #expect(throws: FileError.self) { try PictureFile.read(png, page: 2) }
  }

  @Test func arraysThatAreNoPicturesAreNamed() throws {
    let complex = #expect(throws: FileError.self) {
      try PictureFile.read(Fixtures.path("formats/complex.npy"))
    }
    #expect(complex?.kind == .unsupported && complex?.reason.contains("'<c8'") == true)
    let line = #expect(throws: FileError.self) {
      try PictureFile.read(Fixtures.path("formats/line.npy"))
    }
    #expect(line?.reason.contains("the shape (7,), expected") == true)
  }

  @Test func profilesAndResolutionsGoFromFormatToFormat() throws {
    let profile = Data(try Fixtures.bytes("formats/sRGB.icc"))
    let inches = try #require(PictureResolution(x: 300, y: 150, unit: .inch))
    for name in ["rgb-u1-profile.tif", "rgb-u1-profile.png", "profile.jpg"] {
      let picture = try PictureFile.read(Fixtures.path("formats/\(name)"))
      #expect(picture.format.profile == profile, "\(name)")
      #expect(picture.notes.isEmpty)
      for container in [PictureContainer.tiff, .png, .jpeg] {
        let data = try PictureFile.encode(picture, as: container, path: "").data
        let again = try PictureFile.decode([UInt8](data), path: "")
        #expect(again.format.profile == profile, "\(name) as \(container)")
        let found = try #require(again.format.resolution?.perMetre)
        let expected = try #require(inches.perMetre)
        // PNG has whole numbers per metre, and JPEG whole numbers per inch or centimetre.
        let tolerance = container == .jpeg && name.hasSuffix("png") ? 50.0 : 1
        #expect(abs(found.x - expected.x) < tolerance && abs(found.y - expected.y) < tolerance)
      }
      let webp = try PictureFile.encode(picture, as: .webp, path: "").data
      let again = try PictureFile.decode([UInt8](webp), path: "")
      #expect(again.format.profile == profile && again.samples == picture.samples)
    }
    let tiff = try PictureFile.read(Fixtures.path("formats/rgb-u1-profile.tif"))
    #expect(tiff.format.resolution == inches)
    #expect(
      try PictureFile.read(Fixtures.path("formats/rgb-u1.webp")).format.profile == profile)
  }

  /// The bytes of sRGB's profile, with another name of the colours that it is for.
  private func profile(for colors: String) throws -> Data {
    var profile = Data(try Fixtures.bytes("formats/sRGB.icc"))
    profile.replaceSubrange(16..<20, with: Data(colors.utf8))
    return profile
  }

  /// Inks are decoded to RGB, of which their profile says nothing.
  @Test func aProfileOfInksIsPassedOver() throws {
    var bytes = try Fixtures.bytes("cmyk.jpg")
    let profile = try profile(for: "CMYK")
    let content = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
    let length = content.count + 2
    // Behind the mark of the file's start.
    bytes.insert(
      contentsOf: [0xFF, 0xE2, UInt8(length >> 8), UInt8(length & 0xFF)] + content, at: 2)
    let picture = try PictureFile.decode(bytes, path: "test")
    #expect(picture.channels == 3 && picture.format.profile == nil)
    #expect(
      picture.notes.contains("the colour profile is for CMYK and not for RGB, and is passed over"))
  }

  @Test func aProfileOfGreyStaysWithGreyAlone() throws {
    var format = PictureFormat.ordinary(channels: 1)
    format.profile = try profile(for: "GRAY")
    let picture = StoredPicture(
      Image(width: 2, height: 1, channels: 1, values: [0.25, 0.5]), as: format)
    for container in [PictureContainer.png, .jpeg, .tiff] {
      let (data, remark) = try PictureFile.encode(picture, as: container, path: "")
      let again = try PictureFile.decode([UInt8](data), path: "")
      #expect(again.channels == 1 && again.format.profile == format.profile && remark == nil)
      #expect(again.notes.isEmpty)
    }
    let (data, remark) = try PictureFile.encode(picture, as: .webp, path: "")
    #expect(remark == "not kept in .webp: the colour profile, which is for grey and not for RGB")
    let again = try PictureFile.decode([UInt8](data), path: "")
    #expect(again.channels == 3 && again.format.profile == nil && again.notes.isEmpty)
    // Alpha is no colour.
    var transparent = format
    transparent.channels = 2
    let two = StoredPicture(
      Image(width: 1, height: 1, channels: 2, values: [0.25, 0.5]), as: transparent)
    let png = try PictureFile.encode(two, as: .png, path: "").data
    #expect(try PictureFile.decode([UInt8](png), path: "").format.profile == format.profile)
  }

  /// A profile of RGB beside grey samples, as some programs write it, and bytes that are no profile.
  @Test func aProfileOfOtherColoursIsNotWritten() throws {
    for (profile, words) in [
      (try profile(for: "RGB "), "for RGB"), (Data([1, 2, 3]), "for other colours"),
    ] {
      var format = PictureFormat.ordinary(channels: 1)
      format.profile = profile
      let picture = StoredPicture(
        Image(width: 1, height: 1, channels: 1, values: [0.5]), as: format)
      let (data, remark) = try PictureFile.encode(picture, as: .tiff, path: "")
      #expect(remark == "not kept in .tif: the colour profile, which is \(words) and not for grey")
      #expect(try PictureFile.decode([UInt8](data), path: "").format.profile == nil)
    }
  }

  @Test func imageJKeepsItsUnit() throws {
    let picture = try PictureFile.read(Fixtures.path("formats/grey-f4-imagej.tif"))
    #expect(picture.format.note?.contains("unit=um") == true)
    #expect(picture.format.note?.contains("images=") == false)
    let data = try PictureFile.encode(picture, as: .tiff, path: "").data
    let again = try PictureFile.decode([UInt8](data), path: "")
    #expect(again.format.note == picture.format.note)
    #expect(again.format.resolution == picture.format.resolution)
  }

  @Test func theExtensionDecidesWhatIsWritten() throws {
    for (name, container) in [
      ("a.png", PictureContainer.png), ("a.JPG", .jpeg), ("a.jpeg", .jpeg), ("a.tif", .tiff),
      ("a.tiff", .tiff), ("a.webp", .webp), ("a.npy", .npy),
    ] {
      #expect(try PictureContainer(path: name) == container)
    }
    let error = #expect(throws: FileError.self) { try PictureContainer(path: "a.wav") }
    #expect(
      error?.description
        == "a.wav: a picture is not written as .wav; pass a name that ends in .png, .jpg, .tif, "
        + ".webp or .npy")
    #expect(throws: FileError.self) { try PictureContainer(path: "name") }
  }

  @Test func whatAFormatCannotHoldIsSaid() throws {
    let heights = try PictureFile.read(Fixtures.path("formats/grey-f8.npy"))
    let (data, remark) = try PictureFile.encode(heights, as: .png, path: "")
    #expect(
      remark
        == "png holds no float64 grey samples: written as 16-bit grey; .tif and .npy hold them")
    let again = try PictureFile.decode([UInt8](data), path: "")
    #expect(again.format.type == .unsigned16)
    let numbers = heights.numbers
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
    for (found, number) in zip(again.numbers, numbers) {
      #expect(abs(found - 65_535 * (number - low) / (high - low)) <= 0.51)
    }
  }

  @Test func observedSamplesStayBitForBit() throws {
    for fixture in FormatFixture.all {
      let source = try fixture.read()
      var values = source.image
      for index in values.values.indices { values.values[index] = 0.5 }
      let observed = (0..<35).map { $0 % 3 == 0 }
      let kept = StoredPicture(values, as: source.format).keeping(observed, of: source)
      let length = source.channels * fixture.type.byteCount
      for pixel in 0..<35 {
        let range = pixel * length..<(pixel + 1) * length
        #expect(
          (kept.samples[range] == source.samples[range]) == observed[pixel]
            || !observed[pixel])
      }
      #expect(kept.samples != source.samples)
    }
  }
}
