import Foundation

/// The files of the tests, from which mutations start.
enum Fixtures {
  /// The bytes of the files of `Tests/SignalsTests/Fixtures` and its `formats` with these extensions, smallest first.
  static func files(_ extensions: String...) throws -> [[UInt8]] {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SignalsTests/Fixtures")
    let files = try [fixtures, fixtures.appendingPathComponent("formats")].flatMap {
      try FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
    }
    return try files.filter { extensions.contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
      .map { [UInt8](try Data(contentsOf: $0)) }
      .sorted { $0.count < $1.count }
  }
}
