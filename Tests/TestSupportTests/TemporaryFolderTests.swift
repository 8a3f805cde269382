import Foundation
import TestSupport
import Testing

@Suite struct TemporaryFolderTests {
  @Test func removesItselfWithItsContent() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let path = try #require(folder?.path)
    try folder?.makeFolder("a/b")
    try folder?.write("text", to: "a/b/c.txt")
    #expect(try folder?.names() == ["a"])
    #expect(FileManager.default.fileExists(atPath: path + "/a/b/c.txt"))
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func isThereUntilTheBodyEnds() throws {
    var path = ""
    try withTemporaryFolder { folder in
      path = folder.path
      #expect(FileManager.default.fileExists(atPath: folder.path))
    }
    #expect(!path.isEmpty && !FileManager.default.fileExists(atPath: path))
  }

  @Test func twoFoldersDiffer() throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    #expect(first.path != second.path)
  }
}
