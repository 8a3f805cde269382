import Files
import Foundation
import Reporting
import TestSupport
import Testing

/// Event files, against checksums of RFC 3720 and records of TensorBoard 2.21's own writer.
@Suite struct EventFileTests {
  private static let version =
    "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe9"
  private static let event =
    "31000000000000009d8383e90900006040fc54d94110ac022a230a0b0a046c6f7373150000003f0a140a0d6c6561726e"
    + "696e675f72617465156f12833ab06e80a8"
  private static let start = "100000000000000095fbfe180900008040fc54d94110ad023a02080184a4031a"

  private static let scalars = ScalarEvent(
    time: 1_700_000_001.5, step: 300, scalars: [("loss", 0.5), ("learning_rate", 0.001)])

  private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  @Test func checksumsAreThoseOfTheStandard() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46dd_794e)
    #expect(CRC32C.checksum((0..<32).map { UInt8(31 - $0) }) == 0x113f_db5c)
    #expect(CRC32C.checksum([]) == 0)
    #expect(CRC32C.masked([]) == 0xa282_ead8)
  }

  @Test func recordsAreThoseOfTensorBoard() {
    #expect(hexadecimal(ScalarEvent.version(time: 1_700_000_000.25)) == Self.version)
    #expect(hexadecimal(Self.scalars.record) == Self.event)
    #expect(hexadecimal(ScalarEvent.start(time: 1_700_000_002, step: 301)) == Self.start)
  }

  @Test func theFileGrowsByWholeRecords() throws {
    let folder = try TemporaryFolder()
    var now = 1_700_000_000.25
    let file = try EventFile(folder: folder.file("logs/first"), clock: { now })
    #expect(try FileManager.default.contentsOfDirectory(atPath: file.folder).isEmpty)
    try file.flush()
    #expect(file.path == nil)
    try file.add(Self.scalars)
    #expect(file.path == nil, "the first event waits for others")
    try file.flush()
    let path = try #require(file.path)
    #expect(path == folder.file("logs/first/events.out.tfevents.1700000000.siren"))
    func contents() throws -> String {
      hexadecimal(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    #expect(try contents() == Self.version + Self.event)
    try file.add(Self.scalars)
    #expect(try contents() == Self.version + Self.event)
    now = 1_700_000_002.75
    try file.add(Self.scalars)
    #expect(try contents() == Self.version + Self.event + Self.event + Self.event)
    now = 1_700_000_002
    try file.start(at: 301)
    try file.flush()
    #expect(try contents().hasSuffix(Self.start))
  }

  @Test func filesOfOneSecondHaveDifferentNames() throws {
    let folder = try TemporaryFolder()
    let paths = try (0..<3).map { _ in
      let file = try EventFile(folder: folder.path, clock: { 1_700_000_000 })
      try file.add(Self.scalars)
      try file.flush()
      return try #require(file.path)
    }
    #expect(paths == paths.sorted() && Set(paths).count == 3)
    #expect(try folder.names().count == 3)
  }

  @Test func foldersThatCannotBeUsedAreRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("text", to: "file")
    let error = #expect(throws: FileError.self) { try EventFile(folder: file) }
    #expect(error?.description == "\(file): this is a file, and a folder is needed; name a folder")
    let inside = #expect(throws: FileError.self) { try EventFile(folder: file + "/logs") }
    #expect(inside?.description.contains("the folder cannot be created") == true)
  }

  @Test func aFolderThatVanishesIsReportedAndTriedAgain() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(folder: folder.file("logs"), clock: { 1_700_000_000 })
    try file.add(Self.scalars)
    try FileManager.default.removeItem(atPath: file.folder)
    let error = #expect(throws: FileError.self) { try file.flush() }
    #expect(error?.description.contains("no file can be created in it") == true)
    try folder.makeFolder("logs")
    try file.add(Self.scalars)
    try file.flush()
    let path = try #require(file.path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    // The first event was lost.
    #expect(hexadecimal(bytes).hasSuffix(Self.event) && bytes.count == 40 + 65)
  }

  @Test func aFullDiskLeavesWholeRecords() throws {
    let folder = try TemporaryFolder()
    // The number of bytes for which there is room.
    var room = 40 + 65 + 20
    let file = try EventFile(
      folder: folder.path, clock: { 1_700_000_000.25 },
      write: { descriptor, bytes, count in
        guard room > 0 else {
          errno = ENOSPC
          return -1
        }
        let written = systemWrite(descriptor, bytes, min(count, room))
        room -= written
        return written
      })
    try file.add(Self.scalars)
    try file.flush()
    try file.add(Self.scalars)
    let error = #expect(throws: FileError.self) { try file.flush() }
    let path = try #require(file.path)
    #expect(
      error?.description
        == "\(path): it cannot be written (no space left on device); check the free space")
    func contents() throws -> String {
      hexadecimal(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    #expect(try contents() == Self.version + Self.event)
    room = 1_000
    try file.start(at: 301)
    try file.flush()
    let start = hexadecimal(ScalarEvent.start(time: 1_700_000_000.25, step: 301))
    #expect(try contents() == Self.version + Self.event + start)
  }

  @Test func aFileThatCouldNotBeginIsRemoved() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(
      folder: folder.path, clock: { 0 },
      write: { _, _, _ in
        errno = ENOSPC
        return -1
      })
    try file.add(Self.scalars)
    #expect(throws: FileError.self) { try file.flush() }
    #expect(try folder.names().isEmpty && file.path == nil)
  }
}
