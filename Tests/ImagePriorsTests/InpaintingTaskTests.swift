import Foundation
import ImagePriors
import Signals
import TestSupport
import Testing

/// What is missing in pictures, masks and tables, by one rule.
@Suite struct InpaintingTaskTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ image: Image) throws -> String {
    try ImageFile.writePNG(image, to: folder.file(name), overwrite: true)
    return folder.file(name)
  }

  private func grey(_ values: [Float], width: Int = 4) -> Image {
    Image(width: width, height: values.count / width, channels: 1, values: values)
  }

  private func task(
    _ input: String, _ source: InpaintingTask.Source = .transparency, truth: String? = nil,
    missing: Double? = nil
  ) throws -> InpaintingTask {
    try InpaintingTask(
      input: input, observed: source, truth: truth, size: nil, channels: 1, seed: 1,
      missing: missing)
  }

  private func error(_ work: () throws -> InpaintingTask) -> String {
    let error = #expect(throws: InpaintingTaskError.self) { _ = try work() }
    return error?.description ?? ""
  }

  @Test("The feathered edge of an eraser is missing, whatever colour it has")
  func feather() throws {
    let path = try write(
      "f.png",
      Image(
        width: 4, height: 1, channels: 2, values: [0.2, 1, 0.9, 0.996, 0.9, 0.4, 0.9, 0]))
    let task = try task(path)
    #expect(task.mask.observed == [true, false, false, false] && task.missingCount == 3)
    expectClose(actual: task.observations.values, expected: [0.2], absolute: 1 / 255)
  }

  @Test("A whole picture of which all pixels are kept has nothing to fill in")
  func nothingHidden() throws {
    let path = try write("w.png", grey([0, 0.2, 0.4, 0.6]))
    let all = try task(path, .keep(.fraction(1)))
    let message = error {
      try all.checkHidden(path: path)
      return all
    }
    #expect(message.hasPrefix("'\(path)' has no missing pixels, and --keep keeps all of them"))
    try task(path, .keep(.count(3))).checkHidden(path: path)
  }

  @Test("The picture of a table has the table's own units where the file holds them")
  func tableUnits() throws {
    let path = folder.file("t.csv")
    try Data("x,y,v\n0,0,-5\n1,0,15\n".utf8).write(to: URL(filePath: path))
    var format = PointsFormat()
    format.range = .bounds(low: -5, high: 15)
    let task = try InpaintingTask(
      input: nil, observed: .points(path: path, format), truth: nil, size: (3, 1), channels: nil,
      seed: 1)
    let restored = Image(width: 3, height: 1, channels: 1, values: [0, 1, 0.25])
    for name in ["o.npy", "o.tif"] {
      let stored = task.stored(
        restored, keepingObserved: true, for: try PictureContainer(path: name))
      try PictureFile.write(stored, to: folder.file(name), overwrite: false)
      let read = try PictureFile.read(folder.file(name))
        .choosingRange(.fixed(try #require(ValueRange(-5, 15))), scale: nil)
      #expect(read.format.type == .float32)
      expectClose(actual: read.image.values, expected: [0, 1, 0.25], absolute: 1e-6)
    }
    #expect(
      task.stored(restored, keepingObserved: true, for: .png).format == .ordinary(channels: 1))
  }

  @Test("Transparent pixels are missing beside a mask's and are never kept or compared with")
  func transparencyAlways() throws {
    let path = try write(
      "t.png",
      Image(
        width: 4, height: 1, channels: 2, values: [0.2, 1, 0.4, 1, 0.6, 1, 0.9, 0]))
    let mask = try write("m.png", grey([0, 1, 0, 0]))
    #expect(try task(path, .mask(path: mask)).mask.observed == [true, false, true, false])
    let kept = try task(path, .keep(.fraction(1)))
    #expect(kept.mask.observed == [true, true, true, false])
    #expect(kept.known?.observed == [true, true, true, false])
    // The pixel without a truth has no error, however wrong it is.
    var restored = try #require(kept.truth)
    restored.values[3] = 0
    let quality = InpaintingQuality(
      restored, truth: try #require(kept.truth), kept.mask, known: kept.known)
    #expect(quality.all == 0 && quality.unobserved == nil && quality.structuralSimilarity == nil)
    let nothing = try write(
      "n.png", Image(width: 2, height: 1, channels: 2, values: [1, 0.5, 1, 0]))
    #expect(error { try task(nothing) }.contains("has no observed pixel"))
    #expect(error { try task(nothing, .keep(.count(1))) }.contains("has no observed pixel"))
    let whole = try write("w.png", grey([0, 0, 0, 0]))
    #expect(
      error { try task(whole, .keep(.count(1)), truth: nothing) }.contains("true picture"))
  }

  @Test("Masks: white from half on, inverted, and those that mark nothing or everything")
  func masks() throws {
    let path = try write("p.png", grey([0.1, 0.2, 0.3, 0.4]))
    let ringing = try write("r.png", grey([1, 0.49, 0.02, 0.51]))
    #expect(
      try task(path, .mask(path: ringing)).mask.observed == [false, true, true, false])
    #expect(
      try task(path, .mask(path: ringing, isInverted: true)).mask.observed
        == [true, false, false, true])
    let black = try write("b.png", grey([0, 0.008, 0, 0]))
    // Zeros and ones are truth values.
    let ones = try write("o.png", grey([0, 0.004, 0, 0]))
    #expect(try task(path, .mask(path: ones)).mask.observed == [true, false, true, true])
    let white = try write("w.png", grey([1, 1, 1, 1]))
    let nothing = error { try task(path, .mask(path: black)) }
    #expect(
      nothing.hasPrefix(
        "'\(black)' marks no pixel as missing: its brightest value is 0.8% of white"))
    #expect(error { try task(path, .mask(path: white)) }.contains("marks every pixel as missing"))
    #expect(
      error { try task(path, .mask(path: black, isInverted: true)) }
        .contains("marks every pixel as missing"))
    #expect(
      error { try task(path, .mask(path: white, isInverted: true)) }
        .contains("with --invert-mask black is missing, and it has none"))
    #expect(error { try task(path) }.contains("has no missing pixels to fill in"))
  }

  @Test("A mask and a truth of several pages give the page of the picture")
  func pages() throws {
    let stack = try folder.write(
      TIFFBuilder.stack([[0, 51, 102, 153], [10, 20, 30, 40]], width: 4), to: "stack.tif")
    let truths = try folder.write(
      TIFFBuilder.stack([[255, 255, 255, 255], [51, 102, 0, 204]], width: 4), to: "truths.tif")
    let masks = try folder.write(
      TIFFBuilder.stack([[255, 0, 0, 0], [0, 0, 255, 255]], width: 4), to: "masks.tif")
    func second(mask: String, truth: String) throws -> InpaintingTask {
      try InpaintingTask(
        input: stack, observed: .mask(path: mask), truth: truth, size: nil, channels: 1, seed: 1,
        page: 2)
    }
    let task = try second(mask: masks, truth: truths)
    #expect(task.mask.observed == [true, true, false, false])
    expectClose(
      actual: try #require(task.truth).values, expected: [0.2, 0.4, 0, 0.8], absolute: 1e-6)
    // One picture is that of every page.
    let mask = try write("one-mask.png", grey([0, 1, 0, 0]))
    let truth = try folder.write(
      TIFFBuilder.stack([[51, 51, 102, 102]], width: 4), to: "one.tif")
    let single = try second(mask: mask, truth: truth)
    #expect(single.mask.observed == [true, false, true, true])
    expectClose(
      actual: try #require(single.truth).values, expected: [0.2, 0.2, 0.4, 0.4], absolute: 1e-6)
    // A truth of fewer pages has none for the third.
    let longer = try folder.write(
      TIFFBuilder.stack([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], width: 4), to: "longer.tif")
    #expect {
      _ = try InpaintingTask(
        input: longer, observed: .keep(.count(2)), truth: truths, size: nil, channels: 1, seed: 1,
        page: 3)
    } throws: { error in
      "\(error)".hasPrefix("\(truths): page 3 was asked for, and the file has 2")
    }
  }

  @Test("A value that stands for a missing pixel, in the numbers of the file")
  func missingValue() throws {
    let path = try write("v.png", grey([0, 1 / 255, 254 / 255, 1]))
    #expect(try task(path, missing: 0).mask.observed == [false, true, true, true])
    #expect(try task(path, missing: 254).mask.observed == [true, true, false, true])
    #expect(error { try task(path, missing: -9999) }.contains("has no missing pixels"))
    let deep = try folder.write(
      PNGBuilder.file(
        width: 4, height: 1, bitDepth: 16, colorType: .grey, samples: [0, 1, 65_534, 65_535]),
      to: "deep.png")
    #expect(try task(deep, missing: 65_535).mask.observed == [true, true, true, false])
    #expect(try task(deep, missing: 0).mask.observed == [false, true, true, true])
  }

  /// Writes samples of a type, row-major `[1, width, channels]`, to a file of this name.
  private func write<Number: BitwiseCopyable>(
    _ name: String, _ samples: [Number], _ type: SampleType, channels: Int = 1
  ) throws -> String {
    let picture = StoredPicture(
      width: samples.count / channels, height: 1,
      format: PictureFormat(type: type, channels: channels),
      samples: samples.withUnsafeBytes { [UInt8]($0) })
    try PictureFile.write(picture, to: folder.file(name), overwrite: true)
    return folder.file(name)
  }

  @Test("What is missing has no part in the range, of whole numbers as of others")
  func missingHasNoPartInTheRange() throws {
    let heights = try write("h.npy", [Int32.min, 480, 559, 500], .signed32)
    for source in [InpaintingTask.Source.transparency, .keep(.fraction(1))] {
      let task = try task(heights, source, missing: Double(Int32.min))
      #expect(task.mask.observed == [false, true, true, true])
      #expect(task.source?.format.range == ValueRange(480, 559))
      expectClose(actual: task.observations.values, expected: [0, 1, 20 / 79], absolute: 1e-6)
      #expect(task.source?.beyondRangeRemark(except: task.missingPixels) == nil)
      // The gap itself is written as it was read.
      #expect(task.source?.samples.starts(with: [0, 0, 0, 0x80]) == true)
    }
    // Of 12 bits in 16, unless the number for missing pixels counts.
    let dark = try write("d.npy", [UInt16](arrayLiteral: 65_535, 7, 4_000, 9), .unsigned16)
    #expect(try task(dark, missing: 65_535).source?.format.range == ValueRange(0, 4_095))
    let real = try write("r.npy", [Float](arrayLiteral: -9_999, 2, 2.5, 3), .float32)
    #expect(try task(real, missing: -9_999).source?.format.range == ValueRange(2, 3))
    // Transparent pixels have the colour that a drawing program left there.
    let clear = try write(
      "c.tif", [Int16](arrayLiteral: -32_768, 0, 480, 32_767, 559, 32_767), .signed16, channels: 2)
    let drawn = try task(clear)
    #expect(drawn.mask.observed == [false, true, true])
    #expect(drawn.source?.format.range == ValueRange(480, 559))
  }

  @Test("The outermost thousandths are those of the measured pixels")
  func missingHasNoPartInThePercentiles() throws {
    // Half of the pixels are missing, and one in 2,000 of the others is far off.
    let samples = (0..<4_000).map { pixel -> UInt16 in
      pixel < 2_000 ? 65_535 : pixel == 2_000 ? 30_000 : UInt16(pixel % 2) * 100
    }
    let path = try write("p.npy", samples, .unsigned16)
    let task = try InpaintingTask(
      input: path, observed: .transparency, truth: nil, size: nil, channels: 1, seed: 1,
      missing: 65_535, range: .percentiles)
    #expect(task.source?.format.range == ValueRange(0, 100))
  }

  @Test("A table in lengths lies on the picture's pixels; what was read is told")
  func table() throws {
    let path = try folder.write(
      "x;y;z\n0;0;-5,5\n1,5;0,5;10\n1,5;0,5;20\n0,5;0;NA\n", to: "t.txt")
    var format = PointsFormat()
    format.positions = .pixelSize(x: 0.5, y: 0.5)
    format.range = .bounds(low: -10, high: 40)
    let task = try InpaintingTask(
      input: nil, observed: .points(path: path, format), truth: nil, size: (4, 2), channels: 1,
      seed: 1)
    #expect(task.mask.observed.indices.filter { task.mask.observed[$0] } == [0, 7])
    #expect(task.table?.skippedRows == 1 && task.table?.columns == ["x", "y", "z"])
    let picture = Image(width: 4, height: 2, channels: 1).pasting(task.observations)
    // The mean of the two readings at the last pixel.
    expectClose(
      actual: picture.values, expected: [0.09, 0, 0, 0, 0, 0, 0, 0.5], absolute: 1e-6)
    #expect(task.missingCount == 6)
  }
}
