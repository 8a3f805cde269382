import Files
import Foundation
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  private func file(header: String, body: [UInt8] = []) -> Data {
    var data = Data()
    for shift in 0..<8 { data.append(UInt8(truncatingIfNeeded: header.utf8.count >> (8 * shift))) }
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: body)
    return data
  }

  @Test func aWrittenFileReadsBackEqual() throws {
    let archive = SafetensorsArchive(
      metadata: ["kind": "test", "note": "a \"quoted\" text"],
      arrays: [
        .init(
          name: "net.0.weight", shape: [2, 2],
          values: [1, -2, .infinity, .leastNormalMagnitude / 16]),
        .init(name: "bias", shape: [0], values: []),
        .init(name: "single", shape: [], values: [7]),
      ])
    let data = try archive.encoded()
    let read = try SafetensorsArchive(data: data, path: "m")
    #expect(read.metadata == archive.metadata)
    #expect(Set(read.arrays.map(\.name)) == ["net.0.weight", "bias", "single"])
    #expect(read["net.0.weight"]?.values == [1, -2, .infinity, .leastNormalMagnitude / 16])
    #expect(read["net.0.weight"]?.shape == [2, 2])
    #expect(read["bias"]?.shape == [0] && read["bias"]?.values == [])
    #expect(read["single"]?.shape == [] && read["single"]?.values == [7])
    #expect(try archive.encoded() == data)
  }

  @Test func doublesAreRead() throws {
    let value = 0.5.bitPattern
    let body = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    let data = file(header: #"{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, body: body)
    #expect(try SafetensorsArchive(data: data, path: "m")["x"]?.values == [0.5])
  }

  @Test("Parts of a file are those of the whole, in every precision")
  func parts() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("m")
    let doubles = (0..<3).flatMap { number -> [UInt8] in
      let bits = (Double(number) + 0.25).bitPattern
      return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    }
    let halves: [UInt8] = [0x00, 0x3C, 0x00, 0xC0]
    let header =
      #"{"__metadata__":{"kind":"test"},"d":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"#
      + #""h":{"dtype":"F16","shape":[2,1],"data_offsets":[24,28]}}"#
    try file(header: header, body: doubles + halves).write(to: URL(fileURLWithPath: path))
    let read = try SafetensorsFile(path, maximumBytes: 1 << 20)
    #expect(read.metadata == ["kind": "test"])
    #expect(read.shape(of: "h") == [2, 1] && read.shape(of: "x") == nil)
    #expect(try read.values(of: "d", in: 1..<3) == [1.25, 2.25])
    #expect(try read.values(of: "h", in: 0..<2) == [1, -2])
    #expect(try read.values(of: "h", in: 1..<1) == [])
    #expect(try read.values(of: "h", in: 1..<3) == nil)
    #expect(try read.values(of: "d", in: -1..<1) == nil)
    #expect(try read.values(of: "x", in: 0..<1) == nil)

    // More than are read at a time.
    let many = (0..<(1 << 20) + 7).map { Float($0) }
    try SafetensorsArchive(
      metadata: [:], arrays: [.init(name: "m", shape: [many.count], values: many)]
    )
    .encoded().write(to: URL(fileURLWithPath: path))
    let large = try SafetensorsFile(path, maximumBytes: 1 << 30)
    #expect(try large.values(of: "m", in: 3..<many.count) == Array(many[3...]))
  }

  @Test("A file that becomes shorter while it is read is refused")
  func shrinking() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("m")
    let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    try file(header: header, body: [UInt8](repeating: 0, count: 8))
      .write(to: URL(fileURLWithPath: path))
    let read = try SafetensorsFile(path, maximumBytes: 1 << 20)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: UInt64(8 + header.utf8.count + 4))
    #expect(try read.values(of: "x", in: 0..<1) == [0])
    let error = #expect(throws: SafetensorsError.self) { try read.values(of: "x", in: 0..<2) }
    #expect(error?.problem == "it became shorter while it was read")
  }

  @Test(
    "A part of a hostile file is not read",
    arguments: [
      Data(), Data([1, 2, 3]), Data("a text file, not a model at all".utf8),
      Data([255, 255, 255, 255, 255, 255, 255, 127, 1]),
    ])
  func hostileParts(data: Data) throws {
    let folder = try TemporaryFolder()
    try data.write(to: URL(fileURLWithPath: folder.file("m")))
    #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(folder.file("m"), maximumBytes: 1 << 20)
    }
    #expect(throws: FileError.self) { try SafetensorsFile(folder.file("m"), maximumBytes: -1) }
  }

  @Test(arguments: [
    (Data(), "it has 0 bytes"),
    (Data("a text file, not a model at all".utf8), "its header claims"),
    (Data([255, 255, 255, 255, 255, 255, 255, 255, 1]), "its header claims"),
    (Data([2, 0, 0, 0, 0, 0, 0, 0, 0x5B, 0x5D]), "its header is not JSON"),
  ])
  func hostileBytesAreRefused(data: Data, problem: String) {
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsArchive(data: data, path: "m")
    }
    #expect(error?.problem.contains(problem) == true)
  }

  @Test(arguments: [
    #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"x":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,4]}}"#,
    #"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
    #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,400]}}"#,
    #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
    #"{"x":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#,
    #"{"x":5}"#,
    #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0078":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"x":{"dtype":"F16","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"__metadata__":{"a":"1","a":"2"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"__metadata__":{"a":1}}"#,
    #"{}"#,
  ])
  func headersThatDoNotFitTheFileAreRefused(header: String) {
    #expect(throws: SafetensorsError.self) {
      try SafetensorsArchive(data: file(header: header, body: [0, 0, 0, 0]), path: "m")
    }
  }

  @Test("Quotes, colons and backslashes in names do not start further names")
  func unusualNamesAreRead() throws {
    let names = [#"a:"b":c"#, #"\"#, #"\\":"#, "", "x\n:y", "é"]
    let archive = SafetensorsArchive(
      metadata: ["k:": #":"\"#], arrays: names.map { .init(name: $0, shape: [], values: [1]) })
    let read = try SafetensorsArchive(data: try archive.encoded(), path: "m")
    #expect(read.arrays.map(\.name).sorted() == names.sorted())
    #expect(read.metadata == archive.metadata)
  }

  @Test("A name that two arrays share is not written", arguments: ["x", "__metadata__"])
  func sharedNamesAreNotWritten(name: String) {
    let archive = SafetensorsArchive(
      metadata: ["kind": "test"],
      arrays: ["x", "y", name].map { .init(name: $0, shape: [1], values: [1]) })
    let error = #expect(throws: SafetensorsError.self) { try archive.encoded() }
    #expect(error?.description.contains("'\(name)'") == true)
  }

  @Test("Arrays are found by name, also after changes", .timeLimit(.minutes(1)))
  func arraysAreFoundByName() {
    var archive = SafetensorsArchive(
      metadata: [:],
      arrays: (0..<400_000).map { .init(name: "\($0)", shape: [1], values: [Float($0)]) })
    // Each by a search from the start would take minutes.
    let all = (0..<400_000).allSatisfy { archive["\($0)"]?.values == [Float($0)] }
    #expect(all)
    archive.arrays.removeFirst()
    archive.arrays.append(.init(name: "new", shape: [1], values: [7]))
    #expect(archive["0"] == nil && archive["1"]?.values == [1] && archive["new"]?.values == [7])
  }

  @Test("More arrays than the limit are neither written nor read")
  func theNumberOfArraysHasALimit() {
    let count = SafetensorsArchive.mostArrays + 1
    let archive = SafetensorsArchive(
      metadata: [:], arrays: (0..<count).map { .init(name: "\($0)", shape: [0], values: []) })
    #expect(throws: SafetensorsError.self) { try archive.encoded() }
    let entries = (0..<count).map { #""\#($0)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"# }
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsArchive(
        data: file(header: "{" + entries.joined(separator: ",") + "}"), path: "m")
    }
    #expect(error?.problem.contains("over the limit of 65536") == true)
  }

  @Test("An array's name breaks no line of a message")
  func namesInMessages() {
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsArchive(data: file(header: #"{"a\nb\f":{}}"#), path: "m\n")
    }
    #expect(
      error?.description.hasPrefix(
        #"'m\n' is not a usable model: the entry of 'a\nb\u{0C}' lacks a type"#) == true,
      "\(error?.description ?? "")")
  }

  @Test("Half precision takes half the bytes and rounds once")
  func halfPrecision() throws {
    let values: [Float] = [0, -0.0, 1, -2.5, 65_504, 0x1p-24, 1.0009765625, 0.1, 1e-9]
    let archive = SafetensorsArchive(
      metadata: [:],
      arrays: [
        .init(name: "a", shape: [2], values: [0.1, 3]),
        .init(name: "h", shape: [3, 3], values: values, isHalf: true),
      ])
    let half = try #require(archive["h"])
    #expect(Array(half.values[..<7]) == Array(values[..<7]))
    #expect(half.values[7] == 0.0999755859375)
    #expect(half.values[8] == 0)
    let bytes = try archive.encoded()
    let read = try SafetensorsArchive(data: bytes, path: "m")
    #expect(read == archive)
    #expect(try read.encoded() == bytes)
    let header = String(decoding: bytes.dropFirst(8), as: UTF8.self)
    #expect(header.contains(#""h":{"data_offsets":[8,26],"dtype":"F16","shape":[3,3]}"#))
    // Values that are too large for half precision become infinite, which models refuse.
    let large = SafetensorsArchive.Array(name: "x", shape: [1], values: [70_000], isHalf: true)
    #expect(large.values == [.infinity])
  }
}
