import ImagePriors
import PriorPipelines
import Signals
import TestSupport
import Testing

/// Large pictures in which little is missing are restored around what is missing.
@Suite("Regions of missing pixels") struct MissingRegionTests {
  private static let side = 640

  private func mask(missing: [(rows: Range<Int>, columns: Range<Int>)]) -> PixelMask {
    var mask = PixelMask(
      width: Self.side, height: Self.side,
      observed: [Bool](repeating: true, count: Self.side * Self.side))
    for (rows, columns) in missing {
      for row in rows {
        for column in columns { mask.observed[row * Self.side + column] = false }
      }
    }
    return mask
  }

  private func picture(channels: Int) -> Image {
    var image = Image(width: Self.side, height: Self.side, channels: channels)
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        for channel in 0..<channels {
          image[row, column, channel] =
            0.5 + 0.002 * Float((row * 7 + column * 13) % 97) + 0.1 * Float(channel)
        }
      }
    }
    return image
  }

  @Test("Holes that touch squares of each other are one region, with its surroundings")
  func regions() throws {
    let mask = mask(missing: [(60..<70, 60..<70), (600..<640, 630..<640)])
    let regions = try #require(MissingRegion.all(in: mask))
    #expect(regions.map(\.rows) == [0..<256, 448..<640])
    #expect(regions.map(\.columns) == [0..<256, 448..<640])
    #expect(regions.map(\.missing.count) == [100, 400])
    #expect(regions.flatMap(\.missing).allSatisfy { !mask.observed[$0] })
  }

  @Test("Pictures of which much is missing, and small ones, are restored as a whole")
  func whole() {
    #expect(MissingRegion.all(in: mask(missing: [(0..<500, 0..<500)])) == nil)
    let random = PixelMask.random(
      width: Self.side, height: Self.side, keeping: Self.side * Self.side / 10, seed: 1)
    #expect(MissingRegion.all(in: random) == nil)
    var small = PixelMask(width: 64, height: 64, observed: [Bool](repeating: true, count: 4096))
    small.observed[5] = false
    #expect(MissingRegion.all(in: small) == nil)
  }

  @Test("A region has the values that the whole picture has", arguments: [1, 3])
  func values(channels: Int) throws {
    let mask = mask(missing: [(100..<103, 200..<204), (300..<301, 639..<640), (0..<2, 0..<2)])
    let image = picture(channels: channels)
    let observations = mask.observations(of: image)
    let prior = InterpolationPrior(.linear)
    let part = try #require(try prior.inpaintMissing(observations, mask))
    let whole = try prior.inpaint(observations, width: Self.side, height: Self.side).pasted
    expectClose(actual: part.values, expected: whole.values, absolute: 1e-5)

    let task = InpaintingTask(
      width: Self.side, height: Self.side, observations: observations, mask: mask, truth: nil)
    var settings = InpaintingSettings()
    settings.onlyMissing = true
    let inpainted = try PictureInpainter(prior, model: "linear", settings).inpaint(task)
    #expect(inpainted.pasted == part && inpainted.rendered == part)
    settings.onlyMissing = false
    #expect(try PictureInpainter(prior, model: "linear", settings).inpaint(task).pasted == whole)
  }
}
