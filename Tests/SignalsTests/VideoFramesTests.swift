import Files
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite("Decoded clips") struct VideoFramesTests {
  private let folder: TemporaryFolder
  private let path: String
  private let frames = testFrames(6)

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.png")
    try writeClip(frames, to: path, rate: pal)
  }

  @Test("A block of frames has the frames' pixels")
  func boxes() throws {
    let store = try VideoFrames(reading: path)
    #expect(store.frameCount == 6 && store.info.frameCount == 6)
    #expect(largestDifference((0..<6).map(store.frame), frames) < 1e-6)
    let box = store.values(frames: 2..<4, rows: 1..<4, columns: 3..<6)
    var expected: [Float] = []
    for frame in frames[2..<4] {
      for row in 1..<4 {
        for column in 3..<6 {
          for channel in 0..<3 { expected.append(frame[row, column, channel]) }
        }
      }
    }
    #expect(zip(box, expected).allSatisfy { abs($0 - $1) < 1e-6 } && box.count == expected.count)
    #expect(
      store.values(ofPixels: [(2 * 5 + 1) * 7 + 3, 0])
        == Array(box[..<3]) + store.values(frames: 0..<1, rows: 0..<1, columns: 0..<1))
    #expect(store.values(frames: 1..<1, rows: 0..<5, columns: 0..<7).isEmpty)
  }

  @Test("Several threads read the same values")
  func threads() throws {
    let store = try VideoFrames(reading: path)
    let found = Parallel.map(60) { store.frame($0 % 6) }
    for (number, frame) in found.enumerated() { #expect(frame == store.frame(number % 6)) }
  }

  @Test("Only a range of frames is read")
  func ranges() throws {
    let store = try VideoFrames(reading: path, frames: 2..<5)
    #expect(store.frameCount == 3)
    #expect(largestDifference((0..<3).map(store.frame), Array(frames[2..<5])) < 1e-6)
    for range in [4..<7, -1..<2, 3..<3] {
      let error = #expect(throws: FileError.self) { try VideoFrames(reading: path, frames: range) }
      #expect(error?.advice.contains("within the clip") == true)
    }
  }

  @Test("Samples of more than 8 bits keep their precision")
  func deep() throws {
    let shots = try folder.makeFolder("deep")
    let bytes = PNGBuilder.file(
      width: 2, height: 1, bitDepth: 16, colorType: .grey, samples: [12_345, 54_321])
    try folder.write(bytes, to: "deep/1.png")
    let store = try VideoFrames(reading: shots)
    #expect(store.info.isDeep)
    let values = store.frame(0).values
    #expect(abs(values[0] - 12_345 / 65_535) < 1e-6 && abs(values[1] - 54_321 / 65_535) < 1e-6)
  }

  @Test("Limits are checked before memory is allocated")
  func limits() throws {
    func failure(_ limits: VideoLimits) -> FileError? {
      let error = #expect(throws: FileError.self) {
        try VideoFrames(reading: path, limits: limits)
      }
      #expect(error?.kind == .tooLarge && error?.advice.isEmpty == false)
      return error
    }
    #expect(failure(VideoLimits(maximumFrames: 5))?.reason.contains("6 frames") == true)
    #expect(failure(VideoLimits(maximumPixels: 34))?.reason.contains("7x5") == true)
    #expect(failure(VideoLimits(maximumStoredBytes: 6 * 105 - 1))?.reason.contains("629") == true)
    _ = failure(VideoLimits(maximumFileBytes: 50))
    #expect(
      try VideoFrames(reading: path, limits: VideoLimits(maximumStoredBytes: 630)).frameCount == 6)
  }

  @Test("Progress is reported, and its error ends the reading")
  func progress() throws {
    struct Stop: Error {}
    var counts: [Int] = []
    #expect(throws: Stop.self) {
      try VideoFrames(reading: path) {
        counts.append($0)
        if $0 == 3 { throw Stop() }
      }
    }
    #expect(counts == [1, 2, 3])
  }

  #if os(Linux)
    @Test("Memory does not grow with the clip")
    func memory() throws {
      // 200 frames of 320x240: 46 MB as bytes, 184 MB as numbers. Other tests take memory meanwhile, so the
      // smallest of a few growths counts.
      let frame = Image(width: 320, height: 240, channels: 3, filledWith: 0.5)
      var growth = Int.max
      for attempt in 0..<5 where growth > 40 << 20 {
        let before = try privateBytes()
        let long = folder.file("\(attempt).y4m")
        try writeClip([Image](repeating: frame, count: 200), to: long, rate: pal)
        let store = try VideoFrames(reading: long)
        #expect(store.frameCount == 200)
        growth = min(growth, try privateBytes() - before)
      }
      #expect(growth <= 40 << 20)
    }

    /// Memory of this process that no file stands behind, in bytes.
    private func privateBytes() throws -> Int {
      let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
      let number = try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first)
      return try #require(Int(number)) * 1024
    }
  #endif
}
