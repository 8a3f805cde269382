import Foundation

/// Scripts of a page that do not fit together: a mistake in the program's own files.
public struct ScriptBundleError: Error, CustomStringConvertible, Equatable {
  /// The problem.
  public let description: String
}

/// The page's JavaScript modules, joined into one script.
///
/// The files in `Resources` are modules of the language, so a browser or an editor understands each by itself. A page
/// that is opened from a file cannot load modules, so the bundle orders them by their imports, removes the words
/// `import` and `export`, and puts everything into one function. Names must therefore be unique over all modules.
/// Whole lines of comments and indentation are left out, which is a third of the bytes.
struct ScriptBundle: Sendable {
  /// The texts of the modules by file name.
  let modules: [String: String]
  /// The texts of the style sheets by file name.
  let sheets: [String: String]

  /// The modules that the program contains.
  static let standard = ScriptBundle(
    modules: embeddedModules.mapValues { String(decoding: $0, as: UTF8.self) },
    sheets: embeddedSheets.mapValues { String(decoding: $0, as: UTF8.self) })

  /// One script with a module and all that it imports, each after its own imports.
  ///
  /// - Throws: ``ScriptBundleError`` for a module that is missing or imports itself.
  func text(from entry: String) throws -> String {
    var order: [String] = []
    try visit(entry, from: [], &order)
    let bodies = order.map { "// \($0)\n\(Self.body(modules[$0] ?? ""))" }
    return "(() => {\n\"use strict\";\n\(bodies.joined())})();\n"
  }

  /// Style sheets as one, in the given order and without indentation.
  ///
  /// - Throws: ``ScriptBundleError`` for a sheet that is missing.
  func styles(_ names: [String]) throws -> String {
    let texts = try names.map { name in
      guard let text = sheets[name] else {
        throw ScriptBundleError(description: "the style sheet '\(name)' is missing")
      }
      return text
    }
    return texts.joined().split(separator: "\n").map { "\($0.drop { $0 == " " })\n" }.joined()
  }

  private func visit(_ name: String, from path: [String], _ order: inout [String]) throws {
    guard !order.contains(name) else { return }
    guard !path.contains(name) else {
      throw ScriptBundleError(description: "the script '\(name)' imports itself")
    }
    guard let text = modules[name] else {
      throw ScriptBundleError(
        description: "the script '\(name)' is missing, imported by '\(path.last ?? "a page")'")
    }
    for imported in Self.imports(in: text) { try visit(imported, from: path + [name], &order) }
    order.append(name)
  }

  /// The files named in `import {...} from "./name.js"`, in order.
  private static func imports(in text: String) -> [String] {
    text.matches(of: importStatement).map { String($0.1) }
  }

  /// The text of a module without the words that only modules have, comments and indentation.
  private static func body(_ text: String) -> String {
    let lines = text.replacing(importStatement, with: "")
      .replacing(/(?m)^ *\/\*\*(?:[^*]|\*(?!\/))*\*\/\n/, with: "")
      .split(separator: "\n").map { $0.drop { $0 == " " } }
      .filter { !$0.isEmpty && !$0.hasPrefix("//") }
      .map { $0.hasPrefix("export ") ? $0.dropFirst("export ".count) : $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  private static var importStatement: Regex<(Substring, Substring)> {
    /(?m)^import \{[^}]*\} from "\.\/([\w.-]+)";\n/
  }
}
