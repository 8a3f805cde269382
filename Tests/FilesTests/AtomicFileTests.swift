import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  private let folder: TemporaryFolder
  private let data = Data("content".utf8)

  init() throws { folder = try TemporaryFolder() }

  private func kind(
    _ path: String, overwrite: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) -> FileError.Kind? {
    let checked = #expect(throws: FileError.self, sourceLocation: sourceLocation) {
      try AtomicFile.checkWritable(path, overwrite: overwrite)
    }
    let written = #expect(throws: FileError.self, sourceLocation: sourceLocation) {
      try AtomicFile.write(data, to: path, overwrite: overwrite)
    }
    #expect(checked == written, sourceLocation: sourceLocation)
    #expect(written?.description.contains("\n") == false, sourceLocation: sourceLocation)
    return written?.kind
  }

  @Test(arguments: [0, 1, 100_000]) func writesAllOfIt(_ count: Int) throws {
    let content = Data((0..<count).map { UInt8(truncatingIfNeeded: $0) })
    for overwrite in [false, true] {
      let path = folder.file("new-\(overwrite)")
      try AtomicFile.checkWritable(path, overwrite: overwrite)
      #expect(try folder.names().contains("new-\(overwrite)") == false)
      try AtomicFile.write(content, to: path, overwrite: overwrite)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
    }
    #expect(try folder.names() == ["new-false", "new-true"])
  }

  @Test func refusalsLeaveNothingBehind() throws {
    let existing = try folder.write("old", to: "existing")
    #expect(kind(existing) == .exists)
    #expect(kind(folder.path, overwrite: true) == .notAFile)
    #expect(kind(folder.file("new/")) == .notAFile)
    #expect(kind(folder.file("absent/out.png")) == .folderMissing)
    #expect(kind(existing + "/out.png") == .folderMissing)
    #expect(kind("") == .unwritable)
    #expect(kind(folder.file(String(repeating: "n", count: 300))) == .unwritable)
    #expect(kind("/dev/null", overwrite: true) == .notAFile)
    #expect(try folder.names() == ["existing"])
    #expect(try String(contentsOfFile: existing, encoding: .utf8) == "old")
  }

  @Test func replacingKeepsPermissionsAndLinks() throws {
    let target = try folder.write("old", to: "target")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: target)
    let link = folder.file("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
    try AtomicFile.write(data, to: link, overwrite: true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == data)
    let attributes = try FileManager.default.attributesOfItem(atPath: target)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target")
    #expect(try folder.names() == ["link", "target"])
  }

  /// A link whose file isn't there yet is followed like any other.
  @Test(arguments: [false, true]) func linksToNothingCreateTheirFile(overwrite: Bool) throws {
    let inner = try folder.makeFolder("inner")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "inner/second")
    try FileManager.default.createSymbolicLink(
      atPath: inner + "/second", withDestinationPath: "target")
    try AtomicFile.checkWritable(folder.file("link"), overwrite: overwrite)
    try AtomicFile.write(data, to: folder.file("link"), overwrite: overwrite)
    #expect(try Data(contentsOf: URL(fileURLWithPath: inner + "/target")) == data)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
        == "inner/second")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: inner).sorted() == ["second", "target"])
    #expect(try folder.names() == ["inner", "link"])
  }

  /// A slash before a combining mark is one character in Swift, and separates all the same.
  @Test func namesMayBeginWithACombiningMark() throws {
    let inner = try folder.makeFolder("inner")
    try AtomicFile.write(data, to: inner + "/\u{301}a", overwrite: false)
    try AtomicFile.write(data, to: inner + "/\u{301}a", overwrite: true)
    symlink("inner/\u{301}b", folder.file("link"))
    try AtomicFile.write(data, to: folder.file("link"), overwrite: true)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: inner).sorted()
        == ["\u{301}a", "\u{301}b"])
    #expect(kind(folder.file("none") + "/\u{301}a") == .folderMissing)
  }

  @Test func linksThatCannotBeFollowedStay() throws {
    let links = [
      ("absent", "none/target", FileError.Kind.folderMissing), ("folder", "none/", .notAFile),
      ("loop", "loop", .unwritable),
    ]
    for (name, target, expected) in links {
      let link = folder.file(name)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      #expect(kind(link, overwrite: true) == expected, "\(name)")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
    }
    #expect(try folder.names() == ["absent", "folder", "loop"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
  func foldersWithoutPermissionAreNamed() throws {
    let locked = try folder.makeFolder("locked")
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: locked)
    #expect(kind(locked + "/out.png") == .unwritable)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: locked)
  }
}
