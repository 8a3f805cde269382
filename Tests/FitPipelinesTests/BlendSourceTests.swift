import FitPipelines
import Fitting
import Foundation
import Signals
import TestSupport
import Testing

@Suite("Pictures to blend") struct BlendSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ image: Image, _ name: String) throws -> String {
    let path = folder.file(name)
    try ImageFile.writePNG(image, to: path, overwrite: true)
    return path
  }

  /// A grey frame of 12x9 pixels and a picture of 4x3, white, with a transparent first row if asked.
  private func pair(cutOut: Bool = false) throws -> (String, String) {
    var second = Image(width: 4, height: 3, channels: 2, filledWith: 1)
    if cutOut { for pixel in 0..<4 { second.values[2 * pixel + 1] = 0 } }
    return (
      try file(Image.pattern(width: 12, height: 9, channels: 1), "a.png"), try file(second, "b.png")
    )
  }

  @Test("A placed picture changes its visible pixels alone, and samples outside stay bit for bit")
  func placed() throws {
    let (a, b) = try pair(cutOut: true)
    var placement = BlendSource.Placement()
    placement.corner = (column: 5, row: 2)
    let source = try BlendSource(a, b, placement)
    let mask = try #require(source.mask)
    let expected = (0..<108).filter { (3...4).contains($0 / 12) && (5...8).contains($0 % 12) }
    #expect(mask.indices.filter { mask[$0] } == expected)
    let solution = Image(width: 12, height: 9, channels: 1, filledWith: 0.5)
    let first = try ImageFile.read(a)
    for picture in [
      source.composite(solution), source.finished(solution), source.stored(solution).image,
    ] {
      for pixel in 0..<108 where !mask[pixel] {
        #expect(picture.values[pixel] == first.values[pixel])
      }
      for pixel in expected { #expect(abs(picture.values[pixel] - 0.5) < 0.003) }
    }
  }

  @Test("A share mixes whole pictures, whatever is transparent")
  func mixed() throws {
    let (a, b) = try pair(cutOut: true)
    var placement = BlendSource.Placement()
    placement.stretches = true
    placement.share = 1
    placement.size = (width: 6, height: 5)
    let source = try BlendSource(a, b, placement)
    #expect(source.mask == nil && source.shape.width == 6 && source.shape.height == 5)
    // All of the gradient is that of the second picture.
    let target = try ImageFile.read(b).resized(width: 6, height: 5).composited(onto: 1)
    expectClose(
      actual: source.problem.classicalSolution.values, expected: target.values, absolute: 1e-3)
  }

  /// Writes a grey picture of 6x5 pixels with all samples of one value except one.
  private func grey(_ base: Double, peak: Double, _ type: SampleType, _ name: String) throws
    -> String
  {
    var format = PictureFormat(type: type, channels: 1)
    format.range = try #require(ValueRange(0, 1))
    var image = Image(width: 6, height: 5, channels: 1, filledWith: Float(base))
    image.values[14] = Float(peak)
    let path = folder.file(name)
    try PictureFile.write(StoredPicture(image, as: format), to: path, overwrite: true)
    return path
  }

  @Test(
    "Both pictures have one unit, in which neither is cut off",
    arguments: [
      (SampleType.float32, -100.0, 100.0, 5.0, 45.0), (.float32, 0, 1, -20, 500),
      (.unsigned16, 0, 4_000, 20_000, 21_000), (.unsigned16, 0, 60_000, 100, 900),
    ])
  func unit(type: SampleType, low: Double, high: Double, base: Double, peak: Double) throws {
    let first = try grey(low, peak: high, type, "first.npy")
    let second = try grey(base, peak: peak, type, "second.npy")
    var placement = BlendSource.Placement()
    placement.share = 1
    let source = try BlendSource(first, second, placement)
    #expect(source.notes == [])
    // All of the gradient is that of the second picture, so its peak is as high in the first one's unit.
    let values = source.problem.classicalSolution.values
    let range = source.format.range
    #expect(range.low <= min(low, base) && range.high >= max(high, peak))
    let height = Double(values[14] - values[0]) * (range.high - range.low)
    #expect(abs(height - (peak - base)) < 0.01 * (peak - base), "\(height)")
  }

  @Test("Types of samples that may differ in unit are named, and frames that are not read")
  func unknownUnit() throws {
    let float = try grey(-100, peak: 100, .float32, "float.npy")
    let short = try grey(0, peak: 4_000, .unsigned16, "short.npy")
    let byte = try grey(0, peak: 200, .unsigned8, "byte.npy")
    let full = try grey(0, peak: 60_000, .unsigned16, "full.npy")
    var placement = BlendSource.Placement()
    placement.share = 0.5
    #expect(
      try BlendSource(float, short, placement).notes == [
        "'\(float)' is float32 grey, of which -100:100 become 0 to 1, and '\(short)' is 16-bit grey, of which "
          + "0:4095 do; convert one of them to the other's type to blend them in one unit"
      ])
    #expect(try BlendSource(byte, short, placement).notes.count == 1)
    #expect(try BlendSource(byte, full, placement).notes == [])
    let moving = try folder.write(
      PNGBuilder.file(
        width: 6, height: 5, bitDepth: 8, colorType: .grey, samples: .init(repeating: 9, count: 30),
        extra: [("acTL", [0, 0, 0, 3, 0, 0, 0, 0])]), to: "moving.png")
    #expect(
      try BlendSource(byte, moving, placement).notes
        == ["\(moving): this is the first picture of an animation of 3 frames"])
  }

  @Test("Pictures that do not fit together are refused with the reason")
  func refusals() throws {
    let (a, b) = try pair()
    #expect(
      throws: BlendSourceError.otherSize(path: b, size: "4x3", first: a, expected: "12x9")
    ) { try BlendSource(a, b, BlendSource.Placement()) }
    var placement = BlendSource.Placement()
    placement.corner = (column: 40, row: 2)
    #expect(
      throws: BlendSourceError.invisible(
        path: b, size: "4x3", column: 40, row: 2, frame: "12x9")
    ) { try BlendSource(a, b, placement) }
    placement.corner = (column: 0, row: 0)
    #expect(
      throws: BlendSourceError.uniform(isMarked: true, mask: nil, first: a, second: a)
    ) { try BlendSource(a, a, placement) }
    let mask = try file(Image(width: 12, height: 9, channels: 1), "black.png")
    placement.mask = mask
    #expect(
      throws: BlendSourceError.uniform(isMarked: false, mask: mask, first: a, second: b)
    ) { try BlendSource(a, b, placement) }
    placement.mask = try file(Image(width: 2, height: 2, channels: 1), "small.png")
    #expect {
      try BlendSource(a, b, placement)
    } throws: {
      "\($0)".hasPrefix(
        "the mask '\(placement.mask ?? "")' is 2x2, expected the size of '\(a)', 12x9, or of")
    }
  }
}
