import Files
import Foundation
import TestSupport
import Testing

@Suite("Files and folders written in pieces") struct AtomicWritersTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A file appears only when it is finished, and then whole")
  func pieces() throws {
    let path = folder.file("a")
    do {
      let writer = try AtomicFileWriter(path, overwrite: false)
      try writer.append([1, 2, 3, 4])
      try writer.append([5, 6])
      try writer.replace([9, 8], at: 1)
      try writer.append([7])
      #expect(try !folder.names().contains("a"))
      try writer.finish()
    }
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == [1, 9, 8, 4, 5, 6, 7])
    #expect(try folder.names() == ["a"])
  }

  @Test("An unfinished file keeps the old one and leaves no other")
  func unfinished() throws {
    let path = try folder.write("old", to: "a")
    do {
      let writer = try AtomicFileWriter(path, overwrite: true)
      try writer.append([1])
    }
    #expect(try folder.names() == ["a"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
    #expect(throws: FileError.self) { try AtomicFileWriter(path, overwrite: false) }
  }

  @Test("A folder appears whole, and replaces only files of its own kind")
  func folders() throws {
    let path = folder.file("frames") + "/"
    let isReplaceable = { (name: String) in name.hasSuffix(".png") }
    func write(_ names: [String], overwrite: Bool) throws {
      let writer = try AtomicFolder(path, overwrite: overwrite, isReplaceable: isReplaceable)
      for name in names { try writer.write(Data(name.utf8), to: name) }
      #expect(try folder.names().filter { $0.hasPrefix(".write") }.count == 1)
      try writer.finish()
    }
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
    try write(["1.png", "2.png"], overwrite: false)
    #expect(try names() == ["1.png", "2.png"])
    #expect(throws: FileError.self) { try write(["3.png"], overwrite: false) }
    try write(["3.png"], overwrite: true)
    #expect(try names() == ["3.png"])
    try folder.write("mine", to: "frames/notes.txt")
    let error = #expect(throws: FileError.self) { try write(["4.png"], overwrite: true) }
    #expect(error?.reason.contains("notes.txt") == true)
    #expect(try names() == ["3.png", "notes.txt"])
    #expect(try folder.names() == ["frames"])
  }

  @Test("A link to a folder is followed and stays", arguments: ["frames", "link"])
  func linkedFolders(_ first: String) throws {
    // The second link leads to the first, and ends in a slash.
    try folder.makeFolder("elsewhere")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "elsewhere/second")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("elsewhere/second"), withDestinationPath: "../frames/")
    func write(_ names: [String], to name: String, overwrite: Bool) throws {
      let isReplaceable = { (name: String) in name.hasSuffix(".png") }
      try AtomicFolder.check(
        folder.file(name), overwrite: overwrite, isReplaceable: isReplaceable)
      let writer = try AtomicFolder(
        folder.file(name), overwrite: overwrite, isReplaceable: isReplaceable)
      for name in names { try writer.write(Data(name.utf8), to: name) }
      try writer.finish()
    }
    func names(_ name: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.file(name)).sorted()
    }
    // The folder is there already, or the link leads to nothing yet.
    try write(["1.png", "2.png"], to: first, overwrite: false)
    #expect(try names("frames") == ["1.png", "2.png"])
    #expect(throws: FileError.self) { try write(["3.png"], to: "link", overwrite: false) }
    try write(["3.png"], to: "link/", overwrite: true)
    #expect(try names("frames") == ["3.png"])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
        == "elsewhere/second")
    #expect(try names("elsewhere") == ["second"])
    try folder.write("mine", to: "frames/notes.txt")
    #expect(throws: FileError.self) { try write(["4.png"], to: "link", overwrite: true) }
    #expect(try names("frames") == ["3.png", "notes.txt"])
    // No temporary folder and no temporary link is left.
    #expect(try folder.names() == ["elsewhere", "frames", "link"])
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("root"), withDestinationPath: "/")
    let root = #expect(throws: FileError.self) { try write(["1.png"], to: "root", overwrite: true) }
    #expect(root?.reason == "this is not the name of a folder to write")
  }

  @Test("A scratch file keeps what is written, and a full disk is an error")
  func scratch() throws {
    let file = try ScratchFile()
    try [UInt8](0..<200).withUnsafeBytes { try file.append($0) }
    #expect(try file.mapped().withBytes { Array($0) } == [UInt8](0..<200))
    #expect(file.end(upTo: 3) == [197, 198, 199])
    #if os(Linux)
      let full = ScratchFile(descriptor: open("/dev/full", O_RDWR))
      let error = #expect(throws: FileError.self) {
        try [UInt8](0..<200).withUnsafeBytes { try full.append($0) }
      }
      #expect(error?.kind == .unwritable && error?.advice.contains("TMPDIR") == true)
    #endif
  }
}
