import Files
import Foundation
import Numerics
import Signals
import TestSupport

extension FuzzTarget {
  /// Pictures large enough to reach everything, small enough for thousands a second.
  private static let imageLimits = ImageLimits(maximumPixels: 1 << 18, maximumBytes: 1 << 20)

  static let pictures: [FuzzTarget] = [
    picture("png", repair: Checksums.png) {
      try [colour(5, 4), colour(1, 1)] + Fixtures.files("png")
    },
    picture("jpeg") { try Fixtures.files("jpg") },
    picture("tiff") { try Fixtures.files("tif") },
    picture("webp") { try Fixtures.files("webp") },
    picture("npy") { try Fixtures.files("npy") },
    picture("npz", repair: Checksums.zip) { try Fixtures.files("npz") },
    // A mask is a picture whose light pixels are observed, or the pixels with a value.
    FuzzTarget("mask", seeds: { try [colour(5, 4)] + Fixtures.files("png", "tif") }) { bytes in
      let picture = try PictureFile.decode(bytes, path: "mask", limits: imageLimits)
      let mask = PixelMask.readMaskPicture(picture.image, isInverted: bytes.count % 2 == 0)
      let measured = PixelMask.measured(in: picture.image)
      precondition(mask.width == measured.width && mask.height == measured.height)
    },
  ]

  private static func picture(
    _ name: String, repair: (@Sendable ([UInt8]) -> [UInt8])? = nil,
    seeds: @escaping @Sendable () throws -> [[UInt8]]
  ) -> FuzzTarget {
    FuzzTarget(name, seeds: seeds, repair: repair) { bytes in
      _ = try ImageFile.header(ofBytes: bytes, path: name)
      let pages = PictureFile.stack(of: bytes).pages
      for page in Set([1, 2, pages.last ?? 1]).sorted() {
        let picture: StoredPicture
        do {
          picture = try PictureFile.decode(bytes, page: page, path: name, limits: imageLimits)
        } catch {
          if page == 1 { throw error }
          continue
        }
        precondition(
          picture.image.values.count == picture.width * picture.height * picture.channels)
      }
    }
  }

  private static func colour(_ width: Int, _ height: Int) -> [UInt8] {
    PNGBuilder.file(
      width: width, height: height, bitDepth: 8, colorType: .rgb,
      samples: (0..<3 * width * height).map { $0 * 4 % 256 })
  }

  static let tables: [FuzzTarget] = [
    FuzzTarget(
      "points",
      seeds: {
        [
          "x,y,value\n1,2,30\n4,5,60\n", "1 2 30\n4 5 60\n", "x;y;r;g;b\n0;1;2;3;4\n",
          "# made\n\u{FEFF}\"X\"\t\"Y\"\t\"Grau\"\n0,5\t1,5\tNaN\n1e0\t-1\t255\r\n",
        ].map { Array($0.utf8) } + [
          [0xFF, 0xFE] + "x,y,value\n1,2,3\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        ]
      }
    ) { bytes in
      try UnnamedFile.with(bytes) { path in
        var problems: [any Error] = []
        for format in pointsFormats {
          do {
            let points = try PointsFile.read(path, format, size: (16, 12))
            precondition(points.observations.values.allSatisfy(\.isFinite))
          } catch {
            problems.append(error)
          }
        }
        if problems.count == pointsFormats.count, let first = problems.first { throw first }
      }
    }
  ]

  private static let pointsFormats: [PointsFormat] = {
    var named = PointsFormat()
    named.columns = ["1", "2", "3"]
    named.range = .extremes
    named.missing = -1
    var lengths = PointsFormat()
    lengths.positions = .extent(x: .init(first: 0, last: 5), y: .init(first: 5, last: 0))
    lengths.range = .unit
    return [PointsFormat(), named, lengths]
  }()

  static let sounds: [FuzzTarget] = [
    sound("wav"), sound("flac", repair: Checksums.flac), sound("ogg", repair: Checksums.ogg),
  ]

  private static func sound(
    _ name: String, repair: (@Sendable ([UInt8]) -> [UInt8])? = nil
  ) -> FuzzTarget {
    FuzzTarget(name, seeds: { try Fixtures.files(name) }, repair: repair) { bytes in
      let limits = AudioLimits(maximumSamples: 1 << 20, maximumBytes: 1 << 20)
      let sound = try AudioFile.decode(bytes, path: name, limits: limits)
      precondition(sound.samples.allSatisfy(\.isFinite))
    }
  }

  static let clips: [FuzzTarget] = [
    clip("y4m") {
      // The bytes of a frame of 4x4 follow from its chroma.
      [("C420jpeg", 24), ("Cmono", 16), ("C444", 48), ("C420p10", 48), ("C411", 24)].map {
        (chroma, count) in
        let frame =
          Array("FRAME\n".utf8) + (0..<count).map { UInt8(chroma == "C420p10" ? $0 % 2 : 5 * $0) }
        return Array("YUV4MPEG2 W4 H4 F25:1 Ip A1:1 \(chroma)\n".utf8) + frame + frame
      }
    },
    clip("apng", repair: Checksums.png) {
      try withTemporaryFolder { folder in
        let path = folder.file("clip.png")
        guard let rate = FrameRate(25) else { return [] }
        let writer = try VideoWriter(path, width: 5, height: 4, channels: 3, frameRate: rate)
        for frame in 0..<3 {
          let values = (0..<60).map { Float(($0 + frame) % 7) / 7 }
          try writer.write(Image(width: 5, height: 4, channels: 3, values: values))
        }
        try writer.finish()
        return [[UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))]
      }
    },
  ]

  private static func clip(
    _ name: String, repair: (@Sendable ([UInt8]) -> [UInt8])? = nil,
    seeds: @escaping @Sendable () throws -> [[UInt8]]
  ) -> FuzzTarget {
    FuzzTarget(name, seeds: seeds, repair: repair) { bytes in
      try UnnamedFile.with(bytes) { path in
        let limits = VideoLimits(
          maximumFrames: 64, maximumPixels: 1 << 14, maximumFileBytes: 1 << 20,
          maximumStoredBytes: 1 << 24)
        // No folder of programs, so that nothing is started.
        let reader = try VideoReader(path, limits: limits, programs: ProgramFolders([]))
        try reader.skip(1)
        while let frame = try reader.nextFrame() {
          precondition(frame.width == reader.info.width && frame.height == reader.info.height)
        }
      }
    }
  }
}
