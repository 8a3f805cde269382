import CommandSupport
import Foundation
import TestSupport
import Testing

/// The files of one command: no file is written twice, or both read and written.
@Suite struct DistinctFilesTests {
  @Test func differentFilesAreAllowed() throws {
    try DistinctFiles.check(
      [("the output", "a.png"), ("--sheet", "b.png"), ("--uncertainty", nil), ("--page", nil)],
      read: [("the picture", "c.png"), ("--truth", "c.png"), ("--mask", nil)])
  }

  @Test func aFileIsWrittenOnce() {
    #expect(
      throws: CommandFailure.usage(
        "--sheet and the output are the same file, 'z2.png'; name another one")
    ) {
      try DistinctFiles.check([("the output", "z2.png"), ("--sheet", "z2.png")])
    }
  }

  @Test func aFileThatIsReadIsNotWritten() {
    #expect(
      throws: CommandFailure.usage(
        "--sheet and --truth are the same file, 'a.png'; name another one")
    ) {
      try DistinctFiles.check(
        [("the output", "b.png"), ("--sheet", "a.png")],
        read: [("the picture", "c.png"), ("--truth", "a.png")])
    }
  }

  @Test(arguments: [
    "folder/a.png", "./folder//a.png", "folder/../folder/a.png", "link/a.png", "alias.png",
    "hanging.png",
  ])
  func spellingsOfOneFile(spelling: String) throws {
    try withTemporaryFolder { folder in
      try folder.makeFolder("folder")
      for (link, target) in [
        ("link", "folder"), ("alias.png", "folder/a.png"), ("hanging.png", "link/a.png"),
      ] {
        try FileManager.default.createSymbolicLink(
          atPath: folder.file(link), withDestinationPath: target)
      }
      for exists in [false, true] {
        if exists { try folder.write([1], to: "folder/a.png") }
        #expect(throws: CommandFailure.self) {
          try DistinctFiles.check(
            [("--sheet", folder.file(spelling))],
            read: [("the picture", folder.file("link/a.png"))])
        }
        try DistinctFiles.check(
          [("--sheet", folder.file(spelling))], read: [("the picture", folder.file("a.png"))])
      }
    }
  }
}
