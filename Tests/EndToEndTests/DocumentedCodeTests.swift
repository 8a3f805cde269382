import Foundation
import Testing

/// The files and types that documents name behind "*Code:*", against the sources.
@Suite struct DocumentedCodeTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The sources: the paths of their files, and the names of modules and of declared types.
  private struct Sources {
    var paths: [String] = []
    var names: Set<String> = []

    init(_ folder: URL) throws {
      let files = try #require(
        FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
      for case let file as URL in files where file.pathExtension == "swift" {
        paths.append(file.path)
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
          if let name = Self.declaredType(in: line) { names.insert(name) }
        }
      }
      names.formUnion(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }

    /// The name behind the first keyword of a line that declares a type.
    static func declaredType(in line: Substring) -> String? {
      let words = line.split(separator: " ")
      guard
        words.first?.hasPrefix("//") == false,
        let keyword = words.firstIndex(where: {
          ["struct", "class", "enum", "protocol", "actor", "typealias"].contains($0)
        }), keyword + 1 < words.endIndex
      else { return nil }
      return String(words[keyword + 1].prefix { $0.isLetter || $0.isNumber })
    }

    /// Whether a name is one of a file, a module or a type; nil for other code, such as a call.
    func have(_ name: String) -> Bool? {
      if name.hasSuffix(".swift") { return paths.contains { $0.hasSuffix("/" + name) } }
      return name.wholeMatch(of: /[A-Z]\w*/) == nil ? nil : names.contains(name)
    }
  }

  /// What stands between backquotes from each "*Code:*" to the end of its paragraph.
  private static func namedCode(in document: String) -> [String] {
    document.components(separatedBy: "*Code:*").dropFirst().flatMap { part in
      part.components(separatedBy: "\n\n")[0].components(separatedBy: "`").enumerated()
        .filter { $0.offset % 2 == 1 }.map(\.element)
    }
  }

  @Test func namedFilesAndTypesExist() throws {
    let sources = try Sources(Self.root.appendingPathComponent("Sources"))
    for document in ["Docs/HYPERNETWORK.md", "Docs/SUBSPACE.md"] {
      let text = try String(
        contentsOf: Self.root.appendingPathComponent(document), encoding: .utf8)
      let known = Self.namedCode(in: text).map { (name: $0, exists: sources.have($0)) }
      #expect(known.count { $0.exists == true } > 30, "\(document) names little code")
      for name in known where name.exists == false {
        Issue.record("\(document) names \(name.name), which is not in Sources")
      }
    }
  }

  @Test func codeIsFoundInItsParagraph() {
    let text = """
      Not `this`. *Code:* `One.swift`, `Two`
      (module `Three`); `a.call(of:)`.

      Not `that`. *Code:* `Four`.
      """
    #expect(
      Self.namedCode(in: text) == ["One.swift", "Two", "Three", "a.call(of:)", "Four"])
    #expect(Sources.declaredType(in: "  public struct Two: Sendable {") == "Two")
    #expect(Sources.declaredType(in: "  let structure = 2") == nil)
    #expect(Sources.declaredType(in: "  // The struct Five was here.") == nil)
  }
}
