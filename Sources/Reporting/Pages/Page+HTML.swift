import Foundation
import Mustache
import Signals

extension Page {
  /// The page as one HTML file that needs no other and no network.
  ///
  /// - Throws: `FileError` for a picture that cannot be encoded.
  public func html() throws -> String {
    let template = try MustacheTemplate(string: PageTemplate.text)
    let content: [String: Any] = [
      "title": title, "lead": lead, "palette": PageTemplate.palette, "style": PageTemplate.style,
      "facts": facts.map(Self.context), "hasFacts": !facts.isEmpty,
      "sections": try sections.enumerated().map { try context(of: $1, number: $0 + 1) },
      "hasContents": sections.count > 1,
    ]
    return template.render(content)
  }

  private func context(of section: Section, number: Int) throws -> [String: Any] {
    [
      "number": "\(number)", "title": section.title, "lead": section.lead,
      "settings": section.settings.map(Self.context), "hasSettings": !section.settings.isEmpty,
      "blocks": try section.blocks.map(context),
    ]
  }

  private static func context(of fact: Fact) -> [String: Any] {
    ["name": fact.name, "value": fact.value]
  }

  private func context(of block: Block) throws -> [String: Any] {
    switch block {
    case .text(let text): return ["text": ["content": text]]
    case .figure(let drawing, let caption):
      return [
        "figure": [
          "svg": try drawing.svg(for: .page, label: caption), "caption": caption,
          // Wide columns enlarge it a little; narrow screens scroll sideways rather than shrink the
          // letters below 7 pixels.
          "width": "\(Int(drawing.width * 1.2))",
          "least": "\(Int(min(drawing.width, max(320, drawing.width * 0.72))))",
        ]
      ]
    case .gallery(let pictures, let caption):
      return [
        "gallery": [
          "pictures": try pictures.map { picture in
            [
              "uri": DataURI.png(try ImageFile.encodePNG(picture.image)), "title": picture.title,
              "note": picture.note, "width": "\(picture.image.width)",
              "height": "\(picture.image.height)",
            ]
          }, "caption": caption,
        ]
      ]
    case .table(let table):
      return [
        "table": [
          "columns": table.columns.enumerated().map {
            ["name": $1, "isText": table.textColumns.contains($0)]
          },
          "rows": table.rows.map { row in
            [
              "cells": row.enumerated().map {
                ["value": $1, "isText": table.textColumns.contains($0)]
              }
            ]
          }, "caption": table.caption,
        ]
      ]
    case .live(let page, let caption):
      return ["live": ["frame": LiveFrame.element(page, title: caption), "caption": caption]]
    case .sounds(let sounds):
      return [
        "sounds": [
          "clips": sounds.map {
            ["title": $0.title, "note": $0.note, "uri": DataURI.wave($0.wave)]
          }
        ]
      ]
    }
  }
}
