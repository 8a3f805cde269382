import Files
import Foundation
import TestSupport
import Testing

/// Files that killed programs have left are removed, those of running ones and of the user are not.
@Suite("Abandoned temporary files") struct AbandonedFilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("The next writer in a folder removes them")
  func swept() throws {
    try folder.write([1], to: ".write-abc123.tmp")
    try folder.makeFolder(".write-zz.tmp")
    try folder.write([1], to: ".write-zz.tmp/frame1.png")
    // Other names, and a folder with more than files in it.
    let others = [
      ".write-.tmp", ".write-A B.tmp", ".write-1.tmp~", ".write-12345678901234.tmp", "x",
    ]
    for name in others { try folder.write([1], to: name) }
    try folder.makeFolder(".write-deep.tmp/folder")
    symlink("x", folder.file(".write-link.tmp"))
    try AtomicFile.write(Data([1]), to: folder.file("new"), overwrite: false)
    #expect(
      try folder.names() == (others + [".write-deep.tmp", ".write-link.tmp", "new"]).sorted())
  }

  @Test("Those of a program that still writes stay")
  func locked() throws {
    let named = try AtomicFileWriter(folder.file("a"), overwrite: false, isNamed: true)
    let frames = try AtomicFolder(folder.file("frames"), overwrite: false) { _ in true }
    try frames.write(Data([1]), to: "1.png")
    #expect(try folder.names().count == 2)
    // By another name the folder is new, so that what is abandoned is looked for again.
    try AtomicFile.write(Data([1]), to: folder.path + "/./b", overwrite: false)
    try frames.finish()
    try named.finish()
    #expect(try folder.names() == ["a", "b", "frames"])
  }

  #if os(Linux)
    @Test("On Linux an unfinished file has no name")
    func unnamed() throws {
      let writer = try AtomicFileWriter(folder.file("a"), overwrite: false)
      try writer.append([1])
      #expect(try folder.names() == [])
      try writer.finish()
      #expect(try folder.names() == ["a"])
    }
  #endif

  @Test("A file that appears meanwhile is not replaced")
  func appearing() throws {
    for isNamed in [false, true] {
      let path = folder.file("a-\(isNamed)")
      let writer = try AtomicFileWriter(path, overwrite: false, isNamed: isNamed)
      try writer.append([1])
      try folder.write([2], to: "a-\(isNamed)")
      #expect(throws: FileError.self) { try writer.finish() }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([2]))
    }
    #expect(try folder.names().filter { !$0.hasPrefix(".write") } == ["a-false", "a-true"])
  }

  @Test("A file that appears meanwhile is replaced where that was asked for")
  func replacing() throws {
    for isNamed in [false, true] {
      let path = folder.file("a")
      let writer = try AtomicFileWriter(path, overwrite: true, isNamed: isNamed)
      try writer.append([1])
      try folder.write([2, 2], to: "a")
      try writer.finish()
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1]))
    }
    #expect(try folder.names() == ["a"])
  }
}
