import Files
import Foundation
import Signals
import TestSupport
import Testing

/// What a file says beside its samples: kept, or named.
@Suite struct PictureMetadataTests {
  /// An EXIF block that asks for a turn by a quarter, with a further directory for a thumbnail.
  private static let exif: [UInt8] =
    Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1]
    + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] + [0, 0, 0, 26] + [0, 0, 0, 0, 0, 0]

  private static let upright: [UInt8] = {
    var bytes = exif
    bytes[19] = 1
    bytes[25] = 0
    return bytes
  }()

  private func grey(_ chunks: [(String, [UInt8])], width: UInt32 = 2) -> [UInt8] {
    var builder = PNGBuilder(width: width, height: 1, bitDepth: 8, colorType: 0)
    for (name, content) in chunks { builder.append(name, content) }
    // One stored block: the filter and two samples.
    builder.append("IDAT", [0x78, 1, 1, 3, 0, 0xFC, 0xFF, 0, 40, 50, 0, 0x85, 0, 0x5B])
    builder.append("IEND")
    return builder.bytes
  }

  private func texts(_ pairs: KeyValuePairs<String, String>) -> [PictureText] {
    pairs.compactMap { PictureText($0.key, $0.value) }
  }

  @Test func aPNGKeepsItsTextsAndItsEXIF() throws {
    let file = grey([
      ("gAMA", [0, 0, 0xB1, 0x8F]),
      ("tEXt", Array("Author\0A. M".utf8) + [0xFC] + Array("ller".utf8)),
      ("tEXt", Array("Software\0other".utf8)), ("iTXt", Array("Title\0\0\0de\0Titel\0字".utf8)),
      ("eXIf", Self.exif), ("sCAL", Array("\u{1}0.01\00.02".utf8)),
      ("tIME", [7, 0xE8, 1, 2, 3, 4, 5]),
    ])
    let picture = try PictureFile.decode(file, path: "test")
    #expect(picture.width == 1 && picture.height == 2)
    #expect(picture.format.texts == texts(["Author": "A. Müller", "Title": "字"]))
    #expect(picture.format.exif.map { [UInt8]($0) } == Self.upright)
    #expect(picture.notes == ["not kept from the file: the chunk 'sCAL'"])

    let (data, remark) = try PictureFile.encode(picture, as: .png, path: "")
    #expect(remark == nil)
    let again = try PictureFile.decode([UInt8](data), path: "")
    #expect(again.format == picture.format && again.samples == picture.samples)
    #expect(again.notes.isEmpty)
    #expect(data.range(of: Data("gAMA".utf8)) != nil && data.range(of: Data("other".utf8)) == nil)
  }

  /// EXIF may follow the pixels, where it asks for the same turn.
  @Test func eXIfBehindThePixelsTurnsThePicture() throws {
    var builder = PNGBuilder(width: 2, height: 1, bitDepth: 8, colorType: 0)
    builder.append("IDAT", PNGBuilder.zlibStored([0, 40, 50]))
    builder.append("eXIf", Self.exif)
    builder.append("IEND")
    let picture = try PictureFile.decode(builder.bytes, path: "test")
    #expect(picture.width == 1 && picture.height == 2 && picture.samples == [40, 50])
    #expect(picture.format.exif.map { [UInt8]($0) } == Self.upright && picture.notes.isEmpty)
    let header = try ImageFile.header(ofBytes: builder.bytes, path: "test")
    #expect(header.width == 1 && header.height == 2 && header.orientation == 6)
  }

  /// Headers are read from the first bytes of a file, behind which the EXIF may lie.
  @Test func eXIfFarBehindThePixelsIsInTheHeader() throws {
    var builder = PNGBuilder(width: 2, height: 1, bitDepth: 8, colorType: 0)
    builder.append("IDAT", PNGBuilder.zlibStored([0, 40, 50]))
    builder.append("teSt", [UInt8](repeating: 7, count: 70_000))
    builder.append("eXIf", Self.exif)
    builder.append("IEND")
    let folder = try TemporaryFolder()
    let path = try folder.write(builder.bytes, to: "late.png")
    for header in [
      try ImageFile.header(at: path),
      try ImageFile.header(ofBytes: Data(builder.bytes), path: path),
    ] {
      #expect(header.width == 1 && header.height == 2 && header.orientation == 6)
    }
  }

  /// A stream of two texts that are compressed, as zlib stores them.
  @Test func compressedTextsAreRead() throws {
    let stored: [UInt8] = [0x78, 1, 1, 2, 0, 0xFD, 0xFF] + Array("ok".utf8) + [1, 0x4B, 0, 0xDB]
    let file = grey([
      ("zTXt", Array("Comment\0\0".utf8) + stored),
      ("iTXt", Array("Title\0\u{1}\0\0\0".utf8) + stored),
      ("zTXt", Array("Warning\0\0".utf8) + stored.dropLast(6)),
    ])
    let picture = try PictureFile.decode(file, path: "test")
    #expect(picture.format.texts == texts(["Comment": "ok", "Title": "ok"]))
    #expect(picture.notes == ["not kept from the file: the text 'Warning'"])
  }

  @Test func otherFormatsKeepWhatTheyHoldAndTheRestIsNamed() throws {
    var format = PictureFormat.ordinary(channels: 3)
    format.texts = texts([
      "Author": "A. Müller", "Copyright": "none", "Creation Time": "2024:01:02 03:04:05",
      "Comment": "fine", "Title": "t",
    ])
    format.exif = Data(Self.upright)
    format.note = "a wall"
    format.resolution = PictureResolution(x: 100, y: 100, unit: .centimetre)
    let picture = StoredPicture(
      Image(width: 9, height: 9, channels: 3, values: [Float](repeating: 0.5, count: 243)),
      as: format)
    func written(_ container: PictureContainer) throws -> (StoredPicture, String?) {
      let (data, remark) = try PictureFile.encode(picture, as: container, path: "")
      return (try PictureFile.decode([UInt8](data), path: ""), remark)
    }
    let (tiff, tiffRemark) = try written(.tiff)
    #expect(tiff.format.texts == Array((format.texts ?? []).prefix(3)))
    #expect(tiff.format.note == "a wall" && tiff.notes.isEmpty)
    #expect(tiffRemark == "not kept in .tif: EXIF, the text 'Comment', the text 'Title'")

    let (jpeg, jpegRemark) = try written(.jpeg)
    #expect(jpeg.format.texts == texts(["Comment": "fine"]))
    #expect(jpeg.format.exif == format.exif && jpeg.notes.isEmpty)
    #expect(
      jpegRemark
        == "not kept in .jpg: the description, the text 'Author', the text 'Copyright', "
        + "the text 'Creation Time', the text 'Title'")

    let (webp, webpRemark) = try written(.webp)
    #expect(webp.format.exif == format.exif && webp.samples == picture.samples)
    #expect(webpRemark?.hasPrefix("not kept in .webp: the resolution, the description, ") == true)

    let (_, arrayRemark) = try written(.npy)
    #expect(
      arrayRemark?.hasPrefix("not kept in .npy: the resolution, the description, EXIF, ") == true)

    let (png, pngRemark) = try written(.png)
    #expect(pngRemark == nil)
    #expect(png.format.texts == (format.texts ?? []) + texts(["Description": "a wall"]))
    // And from there it is a TIFF's description again.
    let again = try PictureFile.encode(png, as: .tiff, path: "").data
    #expect(try PictureFile.decode([UInt8](again), path: "").format.note == "a wall")
  }

  @Test func tagsThatAreNotKeptAreNamed() throws {
    var format = PictureFormat.ordinary(channels: 1)
    format.texts = texts(["Creation Time": "2024:01:02 03:04:05"])
    let picture = StoredPicture(
      Image(width: 2, height: 1, channels: 1, values: [0, 1]), as: format)
    var bytes = [UInt8](try PictureFile.encode(picture, as: .tiff, path: "").data)
    // The tag of the time becomes one that nobody knows.
    let tag: [UInt8] = [0x32, 0x01, 2, 0]
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: tag) })
    bytes.replaceSubrange(place..<place + 2, with: [0x97, 0xC6])
    let again = try PictureFile.decode(bytes, path: "")
    #expect(again.format.texts == nil)
    #expect(again.notes == ["not kept from the file: Tag 50839"])
  }

  /// Formats in a model may have been written by anybody.
  @Test func textsWithoutAKeywordAreRefused() throws {
    #expect(PictureText("", "text") == nil)
    #expect(PictureText(" Title", "text") == nil)
    #expect(PictureText("Ti\ntle", "text") == nil)
    #expect(PictureText("字", "text") == nil)
    #expect(PictureText("Title", "a\0b") == nil)
    #expect(PictureText(String(repeating: "a", count: 80), "text") == nil)
    let json = #"[{"keyword": "", "text": "a"}]"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([PictureText].self, from: Data(json.utf8))
    }
  }

  @Test func truthValuesAreSaidToBecomeNumbers() throws {
    let path = try Fixtures.path("formats/boolean.npy")
    #expect(
      try PictureFile.read(path).notes == ["truth values are read and written as 0 and 255"])
    #expect(try PictureFile.read(path, keepsMetadata: false).notes == [])
  }

  @Test func theFirstOfSeveralPicturesIsSaidToBeOne() throws {
    func notes(_ name: String, page: Int = 1) throws -> [String] {
      try PictureFile.read(Fixtures.path("formats/\(name)"), page: page).notes
    }
    #expect(try notes("pages.tif") == ["only page 1 of 4 is read"])
    #expect(try notes("pages.tif", page: 2) == [])
    #expect(try notes("arrays.npz") == ["only page 1 of 2 is read"])
    #expect(try notes("compressed.npz") == [])
    #expect(try notes("grey-u1.tif") == [])
    let animation = grey([("acTL", [0, 0, 0, 3, 0, 0, 0, 0])])
    #expect(
      try PictureFile.decode(animation, path: "").notes
        == ["this is the first picture of an animation of 3 frames"])
  }
}
