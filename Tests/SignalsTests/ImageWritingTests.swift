import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite struct ImageWritingTests {
  @Test(arguments: 1...4) func writtenPicturesReadBackExactly(_ channels: Int) throws {
    let image = Image.pattern(width: 19, height: 7, channels: channels)
    let folder = try TemporaryFolder()
    let path = folder.file("out.png")
    try ImageFile.writePNG(image, to: path, overwrite: false)
    #expect(try ImageFile.read(path) == image)
    #expect(try folder.names() == ["out.png"])
    let header = try ImageFile.header(at: path)
    #expect(header.channels == channels && header.bitDepth == 8 && header.format == .png)
  }

  @Test func valuesAreRoundedAndClipped() throws {
    let image = Image(
      width: 7, height: 1, channels: 1,
      values: [-3, 2, 0.4999 / 255, 0.5001 / 255, .nan, .infinity, -.infinity])
    let decoded = try ImageFile.decode(ImageFile.encodePNG(image), path: "")
    #expect(decoded.values.map { Int($0 * 255 + 0.5) } == [0, 255, 0, 1, 0, 255, 0])
  }

  @Test func fiveChannelsAreRefused() {
    let error = #expect(throws: FileError.self) {
      try ImageFile.encodePNG(Image(width: 2, height: 1, channels: 5))
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains("2x1x5") == true)
  }

  @Test func filesAreReplacedOnlyOnDemand() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("old", to: "out.png")
    let image = Image.pattern(width: 2, height: 2, channels: 1)
    let error = #expect(throws: FileError.self) {
      try ImageFile.writePNG(image, to: path, overwrite: false)
    }
    #expect(error?.kind == .exists)
    #expect(
      error?.description
        == "\(path): the file already exists; name another file or overwrite it")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    try ImageFile.writePNG(image, to: path, overwrite: true)
    #expect(try ImageFile.read(path) == image)
  }
}
