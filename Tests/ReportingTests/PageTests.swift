import Foundation
import Reporting
import Signals
import Testing

@Suite struct PageTests {
  private let hostile = "<img src=x onerror=\"alert('1')\"> & more"

  private var page: Page {
    let image = Image(width: 2, height: 1, channels: 1, values: [0, 1])
    return Page(
      title: hostile, lead: hostile, facts: [.init(hostile, hostile)],
      sections: [
        .init(
          title: hostile, lead: hostile, settings: [.init("width", "256")],
          blocks: [
            .text(hostile),
            .figure(Figure(Plot(hostile)).drawing, caption: hostile),
            .gallery([.init(image, title: hostile, note: hostile)], caption: hostile),
            .table(
              .init(columns: [hostile, "PSNR"], rows: [[hostile, "36.4"]], caption: hostile)),
            .sounds([.init(title: hostile, note: hostile, wave: Data("RIFF".utf8))]),
          ]), .init(title: "Second", lead: ""),
      ])
  }

  @Test func everythingIsEscaped() throws {
    let html = try page.html()
    #expect(!html.contains("<img src=x"))
    #expect(!html.contains("onerror=\""))
    #expect(html.contains("&lt;img src=x"))
  }

  @Test func everythingIsInside() throws {
    let html = try page.html()
    #expect(html.contains("data:image/png;base64,"))
    #expect(html.contains("data:audio/wav;base64,\(Data("RIFF".utf8).base64EncodedString())"))
    #expect(html.contains("<svg"))
    #expect(html.contains("prefers-color-scheme:dark"))
    #expect(html.contains("name=\"viewport\""))
    // Nothing is fetched: no address but those of the vector graphics' vocabulary.
    let addresses = html.components(separatedBy: "http").dropFirst().filter {
      !$0.hasPrefix("://www.w3.org/2000/svg")
    }
    #expect(addresses.isEmpty)
  }

  @Test func thePageIsWellFormed() throws {
    // Apart from the elements that HTML does not close, the page is XML.
    var html = try page.html().replacing("<!doctype html>", with: "")
    html.replace(/<(meta|img)([^>]*)>/) { "<\($0.output.1)\($0.output.2)/>" }
    html.replace("<audio controls ", with: "<audio ")
    let (isWellFormed, reading) = XMLReading.read(html)
    #expect(isWellFormed)
    for element in ["nav", "section", "svg", "img", "table", "audio", "figcaption", "dl"] {
      #expect(reading.elements.contains(element), "\(element)")
    }
    #expect(reading.elements.filter { $0 == "section" }.count == 2)
  }

  @Test func everyColourOfThePaletteIsDefinedTwice() throws {
    let html = try page.html()
    for ink in Ink.allCases {
      #expect(html.components(separatedBy: "\(ink.name):#").count == 3, "\(ink)")
    }
  }
}
