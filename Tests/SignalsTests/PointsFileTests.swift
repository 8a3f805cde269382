import Files
import Signals
import TestSupport
import Testing

@Suite struct PointsFileTests {
  private func parse(
    _ text: String, _ format: PointsFormat = PointsFormat(),
    size: (width: Int, height: Int)? = nil
  ) throws -> PixelObservations {
    try PointsFile.parse(text, path: "points.csv", format, size: size).observations
  }

  private func format(_ change: (inout PointsFormat) -> Void) -> PointsFormat {
    var format = PointsFormat()
    change(&format)
    return format
  }

  @Test func readsColors() throws {
    let points = try parse("x,y,r,g,b\n3,1,255,0,51\n0.5,2.25,0,102,255\n")
    #expect(points.channels == 3 && points.count == 2)
    #expect(points.positions == [1, 3, 2.25, 0.5])
    expectClose(actual: points.values, expected: [1, 0, 0.2, 0, 0.4, 1], absolute: 1e-7)
  }

  @Test func readsGreyAndUnitValues() throws {
    let points = try parse("x,y,v\n0,0,0.25\n1,0,1", format { $0.range = .unit })
    #expect(points.channels == 1)
    #expect(points.values == [0.25, 1])
    #expect(points.positions == [0, 0, 0, 1])
  }

  @Test func acceptsHarmlessVariety() throws {
    let points = try parse("\u{FEFF}X, Y ,V\r\n\r\n 1 ,\t2, 51 \r\n\r\n")
    #expect(points.positions == [2, 1])
    expectClose(actual: points.values, expected: [0.2], absolute: 1e-7)
  }

  /// Each of these is a table of the points (x 1.5, y 2) of value 51 and (x 0, y 3) of value 102.
  @Test(
    "One table in the spellings of many programs",
    arguments: [
      "x,y,v\n1.5,2,51\n0,3,102\n",
      "x;y;v\n1,5;2;51\n0;3;102\n",
      "x\ty\tv\n1,5\t2\t51\n0\t3\t102\n",
      "x y v\n1.5 2 51\n0 3 102\n",
      "  x   y    v\n  1,5   2   51  \n  0   3  102  \n",
      "1.5,2,51\n0,3,102\n",
      "1,5 2 51\n0 3 102\n",
      "1.5\t2\t51\n0\t3\t102\n",
      "x,y,v\r1.5,2,51\r0,3,102\r",
      "x,y,v\r\n1.5,2,51\r\n\r\n0,3,102",
      "\"x\",\"y\",\"v\"\n\"1.5\",\"2\",\"51\"\n\"0\",\"3\",\"102\"\n",
      "\"x\",\"y\",\"v\"\n\"1,5\",\"2\",\"51\"\n0,3,102\n",
      "# made by an instrument\n# more\nx,y,v\n% a comment\n1.5,2,51 # good\n// another\n0,3,102\n",
      "# x y v\n1.500000000000000000e+00 2.000000000000000000e+00 5.100000000000000000e+01\n0 3 1.02e2\n",
      "# y x intensity\n2 1.5 51\n3 0 102\n",
      "Date: 3.4.2024\nChannel,Height\n\nintensity,y,x\n51,2,1.5\n102,3,0\n",
      "id,time,y,x,z\n1,12:00,2,1.5,51\n2,12:01,3,0,102\n",
      "row,col,value\n2,1.5,51\n3,0,102\n",
      "x (px),y [px],Grey\n1.5,2,51\n0,3,102\n",
      "x_um,y_um,height\num,um,nm\n1.5,2,51\n0,3,102\n",
      "x,y,temperature\n1.5,2,51\n0,3,102\n",
      "x y v\n1.5,2,51\n0,3,102\n",
      "x,y,v\n1.5,2,51,\n0,3,102,\n",
      "x,y,v\n+1.5,2.,051\n-0,3e0,1.02E+02\n",
      "x,y,v\n1.5,2,51\n,3,9\n1,nan,9\n1,2,\n1,2,NA\n1,2,N/A\n1,2,#N/A\n1,2,-\n0,3,102\n",
    ])
  func spellings(text: String) throws {
    let points = try parse(text)
    #expect(points.positions == [2, 1.5, 3, 0])
    expectClose(actual: points.values, expected: [0.2, 0.4], absolute: 1e-7)
  }

  @Test("UTF-16 of both byte orders, with a mark and without")
  func utf16() throws {
    let text = "x [µm];y [µm];𝛿\n1,5;2;51\n"
    let folder = try TemporaryFolder()
    for isBig in [false, true] {
      for mark in ["\u{FEFF}", ""] {
        let bytes = (mark + text).utf16.flatMap { unit -> [UInt8] in
          let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
          return isBig ? pair.reversed() : pair
        }
        let path = try folder.write(bytes, to: "\(isBig)\(mark.isEmpty).txt")
        let read = try PointsFile.read(path)
        #expect(read.observations.positions == [2, 1.5])
        #expect(read.columns == ["x [µm]", "y [µm]", "𝛿"])
      }
    }
  }

  @Test("Bytes that are not UTF-8 are no obstacle in names and in columns that are not read")
  func otherEncodings() throws {
    let folder = try TemporaryFolder()
    let latin: [UInt8] =
      Array("x [".utf8) + [0xB5] + Array("m],y,v,note\n1,2,51,".utf8) + [0xE9, 0x0A]
    let read = try PointsFile.read(folder.write(latin, to: "latin.csv"))
    #expect(read.observations.positions == [2, 1])
  }

  @Test("Rows without a value are skipped and counted; a missing value needs all channels")
  func missingValues() throws {
    let marked = format {
      $0.missing = -9999
      $0.range = .bounds(low: 0, high: 10)
    }
    let grey = try PointsFile.parse(
      "x,y,v\n0,0,-9999\n1,0,5\n2,0,-9999.0\n3,0,nan\n4,0,10\n", path: "", marked)
    #expect(grey.observations.positions == [0, 1, 0, 4] && grey.skippedRows == 3)
    #expect(grey.observations.values == [0.5, 1])
    let black = format { $0.missing = 0 }
    let colors = try PointsFile.parse(
      "x,y,r,g,b\n0,0,0,0,0\n1,0,255,0,0\n2,0,,0,0\n", path: "", black)
    #expect(colors.observations.values == [1, 0, 0] && colors.skippedRows == 2)
  }

  @Test("Columns by name, by number, and as the header of a table without one")
  func columns() throws {
    let text = "id,lat,lon,depth,error\n7,2,1.5,51,9\n"
    func read(_ text: String, _ names: String...) throws -> MeasuredPoints {
      try PointsFile.parse(text, path: "", format { $0.columns = names })
    }
    let wanted = try read(text, "lon", "LAT", "depth")
    #expect(
      wanted.observations.positions == [2, 1.5] && wanted.columns == ["lon", "lat", "depth"])
    expectClose(actual: wanted.observations.values, expected: [0.2], absolute: 1e-7)
    #expect(try read(text, "3", "2", "4").observations == wanted.observations)
    #expect(try read("7,2,1.5,51,9\n", "3", "2", "4").observations == wanted.observations)
    let named = try read("7,2,1.5,51,9\n", "id", "y", "x", "value", "error")
    #expect(named.observations == wanted.observations)
    // A column that is called x is x, wherever it stands in the list.
    #expect(try read("v,y,x,z\n9,2,1.5,51\n", "y", "x", "z").observations == wanted.observations)
    let colors = try read("x,y,a,b,c\n1,2,255,0,51\n", "x", "y", "c", "a", "b")
    #expect(colors.observations.channels == 3)
  }

  @Test("Ranges: bounds, the extremes, and the values that became 0 and 1")
  func ranges() throws {
    let text = "x,y,v\n0,0,-20\n1,0,15\n2,0,80\n"
    func read(_ range: PointsFormat.ValueRange, _ text: String) throws -> MeasuredPoints {
      try PointsFile.parse(text, path: "", format { $0.range = range })
    }
    let bounded = try read(.bounds(low: -20, high: 120), text)
    expectClose(
      actual: bounded.observations.values, expected: [0, 0.25, 100.0 / 140], absolute: 1e-6)
    let extremes = try read(.extremes, text)
    expectClose(actual: extremes.observations.values, expected: [0, 0.35, 1], absolute: 1e-6)
    #expect(extremes.range == -20...80)
    #expect(try read(.extremes, "x,y,v\n0,0,7\n").observations.values == [0.5])
    // Large numbers with small differences, of which single precision knows nothing.
    let large = try read(.extremes, "x,y,v\n0,0,1600000000\n1,0,1600000001\n2,0,1600000004\n")
    #expect(large.observations.values == [0, 0.25, 1])
  }

  @Test("Values that all lie in 0 to 1 are noticed where 255 is white")
  func unitValuesAreNoticed() throws {
    let text = "x,y,v\n0,0,0\n1,0,1\n2,0,0.4\n"
    #expect(try PointsFile.parse(text, path: "").seemsScaledToUnit)
    #expect(try !PointsFile.parse(text + "3,0,2\n", path: "").seemsScaledToUnit)
    #expect(try !PointsFile.parse("x,y,v\n0,0,0\n", path: "").seemsScaledToUnit)
    #expect(
      try !PointsFile.parse(text, path: "", format { $0.range = .unit }).seemsScaledToUnit)
  }

  @Test("Rounding beyond the range is clipped")
  func aHairBeyond() throws {
    let points = try parse(
      "x,y,v\n1,2,1.0000001\n1,2,1.001\n0,0,-1e-9\n", format { $0.range = .unit })
    #expect(points.values == [1, 1, 0])
    #expect(throws: PointsFileError.self) {
      try parse("x,y,v\n1,2,1.01\n", format { $0.range = .unit })
    }
  }

  @Test("Positions as lengths: of a pixel's size, or between the outermost centres")
  func lengths() throws {
    let text = "x,y,v\n0,0,1\n1.5,2,1\n-0.1,0.4,1\n"
    let sized = try parse(text, format { $0.positions = .pixelSize(x: 0.5, y: 2) }, size: (4, 2))
    expectClose(actual: sized.positions, expected: [0, 0, 1, 3, 0.2, -0.2], absolute: 1e-6)
    let extent = format {
      $0.positions = .extent(
        x: PointsFormat.Interval(first: 100, last: 104),
        y: PointsFormat.Interval(first: 6, last: 5))
    }
    let placed = try parse("x,y,v\n100,6,1\n104,5,1\n101,5.5,1\n", extent, size: (9, 3))
    #expect(placed.positions == [0, 0, 2, 8, 1, 2])
    let outside = #expect(throws: PointsFileError.self) {
      try parse("x,y,v\n104.4,5,1\n", extent, size: (9, 3))
    }
    #expect(
      outside?.description
        == "points.csv, line 2: the point x 104.4, y 5 (column 8.8, row 2.0) lies outside the "
        + "picture of 9x3; check --size, and --pixel-size or --extent")
    #expect(throws: PointsFileError.self) { try parse("x,y,v\n100,6,1\n", extent) }
  }

  @Test("The positions of pixels are what a table gives for them")
  func positionsOfPixels() throws {
    let extent = PointsFormat.Positions.extent(
      x: PointsFormat.Interval(first: 0, last: 0.8),
      y: PointsFormat.Interval(first: 48, last: 45))
    // A tenth of a unit per column, and one and a half units per row, downwards.
    let place = extent.position(ofRow: 1, column: 3, width: 9, height: 3)
    #expect(place.x == 0.3 && place.y == 46.5)
    let single = extent.position(ofRow: 0, column: 0, width: 1, height: 1)
    #expect(single.x == 0 && single.y == 48)
    let sized = PointsFormat.Positions.pixelSize(x: 0.1, y: 2)
      .position(ofRow: 5, column: 3, width: 9, height: 9)
    #expect(sized.x == 0.3 && sized.y == 10)
    let pixels = PointsFormat.Positions.pixels
      .position(ofRow: 5, column: 3, width: 9, height: 9)
    #expect(pixels.x == 3 && pixels.y == 5)
    let read = try parse(
      "x,y,v\n\(place.x),\(place.y),1\n", format { $0.positions = extent }, size: (9, 3))
    expectClose(actual: read.positions, expected: [1, 3], absolute: 1e-5)
  }

  @Test(
    "Numbers as doubles print and read them",
    arguments: [
      "0", "-0.5", "1e3", "1.25e-3", "123456789.123", "0.1", "2.718281828459045235360287",
      "1e22", "1e-30", "7e40", "00012.50", "3.0000000000000000000000001e1",
    ])
  func numbers(text: String) throws {
    let value = try #require(Double(text))
    let read = try PointsFile.parse(
      "x,y,v\n1,1,\(text)\n", path: "", format { $0.range = .extremes })
    let middle = (read.range.lowerBound + read.range.upperBound) / 2
    #expect(abs(middle - value) <= 4 * max(value.ulp, (abs(value) + 0.5).ulp), "\(middle)")
  }

  @Test(arguments: [
    ("", "points.csv: the file holds no point"),
    ("x,y,v\n", "points.csv: the file holds no point"),
    (
      "x,y,v\n1,2,\n", "points.csv: each of its 1 rows misses a position or a value"
    ),
    (
      "hello\n", "points.csv: no table of points begins; the last line of text is 'hello'"
    ),
    (
      "a,b,c,d\n1,2,3,4\n",
      "points.csv, line 2: it is not clear which of the columns a, b, c, d are x, y and the value; "
        + "name the three with --columns, such as --columns a,b,c"
    ),
    ("1,2,3,4\n", "points.csv, line 1: rows of 4 cells without a header"),
    ("x,y,v\n1,2\n", "points.csv, line 2: 3 cells are expected, got 2"),
    ("x,y,v\n1,2,3\n\n1,2,3,4\n", "points.csv, line 4: 3 cells are expected, got 4"),
    ("x,y,v\n1,5,2,51\n", "points.csv, line 2: 3 cells are expected, got 4"),
    ("x,y,v\n1,two,3\n", "points.csv, line 2: 'two' is not a number"),
    ("x,y,v\n1,2,inf\n", "points.csv, line 2: 'inf' is not a number"),
    ("x,y,v\n1,2,1e400\n", "points.csv, line 2: '1e400' is not a number"),
    ("x,y,v\n1,2,1.2.3\n", "points.csv, line 2: '1.2.3' is not a number"),
    ("x,y,v\n1,2,0x10\n", "points.csv, line 2: '0x10' is not a number"),
    ("x;y;v\n1;2;1.234,5\n", "points.csv, line 2: '1.234,5' is not a number"),
    ("x,y,v\n-1,2,3\n", "points.csv, line 2: the point x -1, y 2 lies outside any picture"),
    ("x,y,v\n1,1e9,3\n", "points.csv, line 2: the point x 1, y 1000000000 lies outside"),
    ("x,y,v\n1,2,256\n", "points.csv, line 2: a value is 256.0, expected 0 to 255"),
    ("x,y,v\n1,2,-1\n", "points.csv, line 2: a value is -1.0, expected 0 to 255"),
    ("\u{0}\u{0}\u{0}\u{0}\n", "points.csv, line 1: this is not a text file"),
  ]) func namesTheLine(text: String, message: String) {
    let error = #expect(throws: PointsFileError.self) { try parse(text) }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    #expect(error?.description.contains("\n") == false)
  }

  @Test(
    "Columns that are not there",
    arguments: [
      (["x", "y", "depth"], "x,y,v\n1,2,3\n", "the columns are x, y, v, not all of x, y, depth"),
      (["1", "2", "4"], "1,2,3\n", "--columns 1,2,4 does not fit the row of 3 cells"),
      (["0", "1", "2"], "1,2,3\n", "--columns 0,1,2 does not fit the row of 3 cells"),
      (["x", "y", "a", "v"], "1,2,3\n", "--columns x,y,a,v does not fit the row of 3 cells"),
    ]) func absentColumns(names: [String], text: String, message: String)
  {
    let error = #expect(throws: PointsFileError.self) {
      try parse(text, format { $0.columns = names })
    }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test func unitValuesEndAtOne() {
    let error = #expect(throws: PointsFileError.self) {
      try parse("x,y,v\n1,2,255\n", format { $0.range = .unit })
    }
    #expect(error?.description.contains("expected 0 to 1; leave --unit out") == true)
  }

  @Test("A file longer than one piece gives the same points as its text")
  func readsLongFiles() throws {
    let lines = (0..<60_000).map { "\($0 % 97).25, \($0 % 89),\($0 % 256)" }
    let folder = try TemporaryFolder()
    for end in ["\r\n", "\n", "\r"] {
      let text = "x,y,v" + end + lines.joined(separator: end)
      let points = try PointsFile.read(folder.write(text, to: "points.csv")).observations
      #expect(points.count == 60_000)
      #expect(points == (try parse(text)))
      let bad = try folder.write(text + end + "1,2" + end, to: "bad.csv")
      let error = #expect(throws: PointsFileError.self) { try PointsFile.read(bad) }
      #expect(error?.line == 60_002)
    }
    let text = "x,y,v\n" + lines.joined(separator: "\n")
    let wide = try folder.write(
      [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, to: "wide.csv")
    #expect(try PointsFile.read(wide).observations == parse(text))
  }

  @Test("A line that is too long is refused", arguments: ["1", " ", "\u{0}"])
  func longLines(filling: String) throws {
    let limit = PointsFile.maximumLineBytes
    let folder = try TemporaryFolder()
    for count in [limit + 1, 5 * limit] {
      let text = "x,y,v\n1,2,3\n" + String(repeating: filling, count: count)
      let path = try folder.write(text, to: "long.csv")
      let error = #expect(throws: PointsFileError.self) { try PointsFile.read(path) }
      #expect(
        error?.description.contains(", line 3: the line has more than 65536 bytes; ") == true,
        "\(String(describing: error))")
    }
    let longest = "x,y,v\n" + String(repeating: " ", count: limit - 5) + "1,2,3\n"
    #expect(try parse(longest).count == 1)
  }

  @Test func readsFiles() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x,y,v\n1,2,255\n", to: "points.csv")
    #expect(try PointsFile.read(path).observations.values == [1])
    let binary = try folder.write([0xFF, 0xFE, 0x00], to: "binary.csv")
    #expect(throws: PointsFileError.self) { try PointsFile.read(binary) }
    #expect(throws: FileError.self) { try PointsFile.read(folder.file("absent.csv")) }
  }
}
