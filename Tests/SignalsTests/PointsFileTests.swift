import Files
import Signals
import TestSupport
import Testing

@Suite struct PointsFileTests {
  private func parse(_ text: String, unitValues: Bool = false) throws -> PixelObservations {
    try PointsFile.parse(text, path: "points.csv", unitValues: unitValues)
  }

  @Test func readsColors() throws {
    let points = try parse("x,y,r,g,b\n3,1,255,0,51\n0.5,2.25,0,102,255\n")
    #expect(points.channels == 3 && points.count == 2)
    #expect(points.positions == [1, 3, 2.25, 0.5])
    expectClose(actual: points.values, expected: [1, 0, 0.2, 0, 0.4, 1], absolute: 1e-7)
  }

  @Test func readsGreyAndUnitValues() throws {
    let points = try parse("x,y,v\n0,0,0.25\n1,0,1", unitValues: true)
    #expect(points.channels == 1)
    #expect(points.values == [0.25, 1])
    #expect(points.positions == [0, 0, 0, 1])
  }

  @Test func acceptsHarmlessVariety() throws {
    let points = try parse("\u{FEFF}X, Y ,V\r\n\r\n 1 ,\t2, 51 \r\n\r\n")
    #expect(points.positions == [2, 1])
    expectClose(actual: points.values, expected: [0.2], absolute: 1e-7)
  }

  @Test(arguments: [
    ("", "points.csv: the file holds no point"),
    ("x,y,v\n", "points.csv: the file holds no point"),
    ("1,2,3\n", "points.csv, line 1: the header is '1,2,3', expected x,y,r,g,b or x,y,v"),
    ("\nx;y;v\n", "points.csv, line 2: the header is 'x;y;v'"),
    ("x,y,v\n1,2\n", "points.csv, line 2: 3 numbers are expected, got 2"),
    ("x,y,v\n1,2,3\n\n1,2,3,4\n", "points.csv, line 4: 3 numbers are expected, got 4"),
    ("x,y,v\n1,two,3\n", "points.csv, line 2: 'two' is not a number"),
    ("x,y,v\n1,,3\n", "points.csv, line 2: '' is not a number"),
    ("x,y,v\n1,nan,3\n", "points.csv, line 2: 'nan' is not a number"),
    ("x,y,v\n1,2,inf\n", "points.csv, line 2: 'inf' is not a number"),
    ("x,y,v\n-1,2,3\n", "points.csv, line 2: x is -1.0, outside any picture"),
    ("x,y,v\n1,1e9,3\n", "points.csv, line 2: y is 1000000000.0, outside any picture"),
    ("x,y,v\n1,2,256\n", "points.csv, line 2: a value is 256.0, expected 0 to 255"),
    ("x,y,v\n1,2,-1\n", "points.csv, line 2: a value is -1.0, expected 0 to 255"),
  ]) func namesTheLine(text: String, message: String) {
    let error = #expect(throws: PointsFileError.self) { try parse(text) }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func unitValuesEndAtOne() {
    let error = #expect(throws: PointsFileError.self) {
      try parse("x,y,v\n1,2,255\n", unitValues: true)
    }
    #expect(error?.description.contains("expected 0 to 1; leave --unit out") == true)
  }

  @Test("A file longer than one piece gives the same points as its text")
  func readsLongFiles() throws {
    let lines = (0..<60_000).map { "\($0 % 97).25, \($0 % 89),\($0 % 256)" }
    let text = "x,y,v\n" + lines.joined(separator: "\r\n")
    let folder = try TemporaryFolder()
    let points = try PointsFile.read(folder.write(text, to: "points.csv"), unitValues: false)
    #expect(points.count == 60_000)
    #expect(points == (try parse(text)))
    let bad = try folder.write(text + "\n1,2\n", to: "bad.csv")
    let error = #expect(throws: PointsFileError.self) {
      try PointsFile.read(bad, unitValues: false)
    }
    #expect(error?.line == 60_002)
  }

  @Test("A line that is too long is refused", arguments: ["1", " ", "\u{0}"])
  func longLines(filling: String) throws {
    let limit = PointsFile.maximumLineBytes
    let folder = try TemporaryFolder()
    for count in [limit + 1, 5 * limit] {
      let text = "x,y,v\n1,2,3\n" + String(repeating: filling, count: count)
      let path = try folder.write(text, to: "long.csv")
      let error = #expect(throws: PointsFileError.self) {
        try PointsFile.read(path, unitValues: false)
      }
      #expect(
        error?.description.contains(", line 3: the line has more than 65536 bytes; ") == true,
        "\(String(describing: error))")
    }
    let longest = "x,y,v\n" + String(repeating: " ", count: limit - 5) + "1,2,3\n"
    #expect(try parse(longest).count == 1)
  }

  @Test func wrongTextIsNamedByItsLine() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("x,y,v\n1,2,3\n1,\u{e9}".utf8.dropLast()), to: "p.csv")
    let error = #expect(throws: PointsFileError.self) {
      try PointsFile.read(path, unitValues: false)
    }
    #expect(error?.description.contains(", line 3: this is not a text file (UTF-8); ") == true)
  }

  @Test func readsFiles() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x,y,v\n1,2,255\n", to: "points.csv")
    #expect(try PointsFile.read(path, unitValues: false).values == [1])
    let binary = try folder.write([0xFF, 0xFE, 0x00], to: "binary.csv")
    #expect(throws: PointsFileError.self) { try PointsFile.read(binary, unitValues: false) }
    #expect(throws: FileError.self) {
      try PointsFile.read(folder.file("absent.csv"), unitValues: false)
    }
  }
}
