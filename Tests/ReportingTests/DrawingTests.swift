import Foundation
import Reporting
import Signals
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Whether a text is well-formed XML, and the names of its elements.
final class XMLReading: NSObject, XMLParserDelegate {
  private(set) var elements: [String] = []
  private(set) var characters = ""
  private(set) var attributes: [[String: String]] = []

  static func read(_ text: String) -> (isWellFormed: Bool, reading: XMLReading) {
    let reading = XMLReading()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reading
    return (parser.parse(), reading)
  }

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName qName: String?, attributes attributeDict: [String: String]
  ) {
    elements.append(elementName)
    attributes.append(attributeDict)
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { characters += string }
}

@Suite struct DrawingTests {
  private let hostile = "<script>alert(\"1 & 2\")</script> ' \u{1} \u{7}"

  private var drawing: Drawing {
    var drawing = Drawing(width: 60, height: 40)
    drawing.addRectangle(Rectangle(x: 10, y: 5, width: 20, height: 10), fill: Fill(.blue))
    drawing.addLine(from: Point(0, 30), to: Point(60, 30), Stroke(.orange, width: 2, dash: 3))
    drawing.addText(hostile, at: Point(5, 20), TextStyle())
    drawing.add(
      .clipped(
        [
          .picture(
            .pattern(width: 3, height: 2, channels: 3),
            in: Rectangle(x: 40, y: 0, width: 30, height: 20))
        ],
        to: Rectangle(x: 40, y: 0, width: 10, height: 10)))
    return drawing
  }

  @Test(arguments: [Drawing.Surface.file, .page])
  func svgIsWellFormedAndEscaped(surface: Drawing.Surface) throws {
    let text = try drawing.svg(for: surface, label: hostile)
    let (isWellFormed, reading) = XMLReading.read(text)
    #expect(isWellFormed)
    #expect(!reading.elements.contains("script"))
    #expect(reading.characters.contains("<script>alert(\"1 & 2\")</script>"))
    #expect(reading.elements.filter { $0 == "image" }.count == 1)
    let root = try #require(reading.attributes.first)
    #expect(root["viewBox"] == "0 0 60 40")
    #expect((root["width"] == "60") == (surface == .file))
    #expect(text.contains("var(--blue)") == (surface == .page))
  }

  @Test func aPictureIsAPNGInsideTheSVG() throws {
    let (_, reading) = XMLReading.read(try drawing.svg())
    let address = try #require(reading.attributes.compactMap { $0["href"] }.first)
    let encoded = try #require(address.split(separator: ",").last)
    let data = try #require(Data(base64Encoded: String(encoded)))
    let image = try ImageFile.decode(data, path: "inside the SVG")
    #expect(image == .pattern(width: 3, height: 2, channels: 3))
  }

  @Test func pixelsAreWhereTheDrawingSays() throws {
    let image = try drawing.image(scale: 2)
    #expect((image.width, image.height, image.channels) == (120, 80, 3))
    let colour = { (row: Int, column: Int) in
      (0..<3).map { Int(image[row, column, $0] * 255 + 0.5) }
    }
    #expect(colour(20, 40) == [0x24, 0x63, 0xb4])
    #expect(colour(70, 5) == [255, 255, 255])
    // Inside the clip the first pixel of the picture, 10 units wide; beyond it, paper.
    let pattern = Image.pattern(width: 3, height: 2, channels: 3)
    #expect(colour(10, 90) == (0..<3).map { Int(pattern[0, 0, $0] * 255 + 0.5) })
    #expect(colour(4, 110) == [255, 255, 255])
  }

  @Test func aDrawingThatIsTooLargeIsRefused() {
    #expect(throws: DrawingError.self) {
      try Drawing(width: 50_000, height: 50_000).image(scale: 1)
    }
  }
}
