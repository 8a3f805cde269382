import Files
import Foundation

/// A page that computes in the reader's browser: one HTML file with its scripts, its numbers and nothing else.
///
/// The page asks for no other file. A content security policy forbids it: scripts run only if their SHA-256 is that of
/// the program's own, and no request may leave the page.
public struct LivePage: Sendable {
  /// What the page shows, which chooses the script that draws it.
  package enum Kind: Sendable {
    case picture, sound, shape, prior

    /// The module from which the page's script begins.
    fileprivate var entry: String {
      switch self {
      case .picture: "picture-entry.js"
      case .sound: "sound-entry.js"
      case .shape: "shape-entry.js"
      case .prior: "prior-page.js"
      }
    }

    /// What the policy allows besides the script: priors compile WebAssembly that their script assembles.
    fileprivate var assembly: String { self == .prior ? " 'wasm-unsafe-eval'" : "" }

    /// The style sheets, in the order in which they apply.
    fileprivate var sheets: [String] {
      switch self {
      case .picture: ["page.css", "picture.css"]
      case .sound: ["page.css", "sound.css"]
      case .shape: ["page.css"]
      case .prior: ["page.css", "prior.css"]
      }
    }
  }

  /// Bytes beside the description: parameters, or a whole picture file.
  package struct Attachment: Sendable {
    package var name: String
    package var data: Data

    package init(name: String, data: Data) { (self.name, self.data) = (name, data) }
  }

  /// The heading.
  public let title: String
  package let kind: Kind
  /// The description of the contents, one JSON object.
  package let description: Data
  package let attachments: [Attachment]

  /// - Parameter description: anything that the page's script reads, encoded as JSON with the names of its properties.
  package init(
    title: String, kind: Kind, description: some Encodable, attachments: [Attachment]
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self.title = title
    self.kind = kind
    self.description = try encoder.encode(description)
    self.attachments = attachments
  }

  /// The text of the page.
  ///
  /// - Throws: ``ScriptBundleError`` for scripts that do not fit together.
  public func html() throws -> String {
    let script = try ScriptBundle.standard.text(from: kind.entry)
    let style = try ScriptBundle.standard.styles(kind.sheets)
    let hash = Data(ContentHash.digest(of: Array(script.utf8))).base64EncodedString()
    let policy =
      "default-src 'none'; script-src 'sha256-\(hash)'\(kind.assembly); style-src 'unsafe-inline'; "
      + "img-src data: blob:; media-src blob:"
    var parts = [
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Self.escaped(title))</title>
      <style>
      \(style)</style>
      </head>
      <body>
      <div id="page"><noscript>This page computes what it shows, so it needs JavaScript.</noscript></div>
      <script type="application/json" id="description">\(Self.inScript(description))</script>

      """
    ]
    for attachment in attachments {
      parts.append(
        "<script type=\"application/octet-stream\" id=\"\(attachment.name)\">"
          + attachment.data.base64EncodedString() + "</script>\n")
    }
    parts.append("<script>\(script)</script>\n</body>\n</html>\n")
    return parts.joined()
  }

  /// The names of all scripts that pages are made of.
  package static var moduleNames: Set<String> { Set(ScriptBundle.standard.modules.keys) }

  /// The names of all style sheets.
  package static var sheetNames: Set<String> { Set(ScriptBundle.standard.sheets.keys) }

  /// One script with a module and all that it imports.
  package static func script(from entry: String) throws -> String {
    try ScriptBundle.standard.text(from: entry)
  }

  /// Writes the page, either completely or not at all.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String, overwrite: Bool) throws {
    try AtomicFile.write(Data(try html().utf8), to: path, overwrite: overwrite)
  }

  /// A text with the characters escaped that have a meaning in HTML.
  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }

  /// JSON that cannot end the element it stands in.
  private static func inScript(_ json: Data) -> String {
    String(decoding: json, as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c")
  }
}
