import Foundation
import Testing

/// The list of modules in Docs/ARCHITECTURE.md, against the package and its sources.
@Suite("Architecture") struct ArchitectureTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The modules that each module of the package uses, without C targets, those of tests, and other packages.
  private func packageArrows() throws -> [String: Set<String>] {
    let declaration =
      /\.(?:target|executableTarget)\(\s*name: "([\w-]+)"(?:,\s*dependencies: \[([^\]]*)\])?/
    var arrows: [String: Set<String>] = [:]
    for match in try text("Package.swift").matches(of: declaration) {
      let name = String(match.1)
      let isOfTests = name.hasSuffix("TestSupport") || ["FuzzTargets", "siren-fuzz"].contains(name)
      guard !isC(name), !isOfTests else { continue }
      let used = (match.2 ?? "").matches(of: /"([\w-]+)"/).map { String($0.1) }
      arrows[name] = Set(used.filter { !isC($0) })
    }
    return arrows
  }

  private func isC(_ name: String) -> Bool {
    name != "CommandSupport" && name.contains(/^C[A-Z]/)
  }

  @Test("The documented arrows are the package's")
  func documentedArrows() throws {
    var documented: [String: Set<String>] = [:]
    var last = ""
    for line in try text("Docs/ARCHITECTURE.md").split(separator: "\n") {
      if let match = line.wholeMatch(of: /[ ]{4}([\w-]+) +-> (.*)/) {
        last = String(match.1)
        documented[last] = names(match.2)
      } else if let match = line.wholeMatch(of: /[ ]{20,}([A-Z].*)/), !last.isEmpty {
        documented[last]?.formUnion(names(match.1))
      } else {
        last = ""
      }
    }
    let package = try packageArrows()
    #expect(package.count > 15)
    #expect(documented == package)
  }

  private func names(_ text: Substring) -> Set<String> {
    Set(text.matches(of: /[\w-]+/).map { String($0.0) }.filter { $0 != "nothing" })
  }

  @Test("A module imports the modules that it lists, and no others")
  func imports() throws {
    let package = try packageArrows()
    for (module, used) in package {
      let folder = Self.root.appendingPathComponent("Sources/\(module)")
      let files = try #require(
        FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
      var imported: Set<String> = []
      var seen = 0
      for case let file as URL in files where file.pathExtension == "swift" {
        seen += 1
        let own = try String(contentsOf: file, encoding: .utf8)
          .matches(of: /(?m)^(?:@\w+ )?(?:package |public )?import (\w+)$/).map { String($0.1) }
        let missing = Set(own).intersection(package.keys).subtracting(used)
        #expect(missing.isEmpty, "\(file.lastPathComponent) of \(module) imports \(missing)")
        imported.formUnion(own)
      }
      #expect(seen > 0, "\(module) has no source")
      let unused = used.subtracting(imported)
      #expect(unused.isEmpty, "\(module) lists \(unused) in Package.swift and imports none of it")
    }
  }
}
