import Signals

/// The signal to which a field was fitted, as recorded in its file: enough to write the signal again.
public enum FittedSignal: Sendable, Equatable {
  /// A picture; values -1...1 of the field correspond to 0...1 of the picture.
  case image(width: Int, height: Int, channels: Int)
  /// A sound; values of the field are multiplied by `peak`.
  case audio(sampleRate: Int, frames: Int, channels: Int, peak: Float)
  /// A clip; values as for a picture, and the number of frames per second.
  case video(width: Int, height: Int, channels: Int, frames: Int, rate: Double)
  /// The signed distance from a surface, negative inside; the frame maps its coordinates to the file's.
  case shape(ShapeFrame)

  /// The fitted signal of a picture.
  public init(_ image: Image) {
    self = .image(width: image.width, height: image.height, channels: image.channels)
  }

  /// The fitted signal of a sound.
  public init(_ sound: AudioSignal) {
    self = .audio(
      sampleRate: sound.sampleRate, frames: sound.frameCount, channels: sound.channels,
      peak: sound.peak)
  }

  /// The fitted signal of a clip; 25 frames per second if the clip does not specify a rate.
  public init(_ clip: VideoFrames) {
    self = .video(
      width: clip.info.width, height: clip.info.height, channels: clip.info.channels,
      frames: clip.frameCount, rate: clip.info.frameRate?.framesPerSecond ?? 25)
  }

  /// The numbers of coordinates and channels of a field for the signal.
  public var shape: (coordinates: Int, outputs: Int) {
    switch self {
    case .image(_, _, let channels): (2, channels)
    case .audio(_, _, let channels, _): (1, channels)
    case .video(_, _, let channels, _, _): (3, channels)
    case .shape: (3, 1)
    }
  }

  /// The number of samples along each axis, in the order of a field's coordinates.
  public var extents: [Int] {
    switch self {
    case .image(let width, let height, _): [height, width]
    case .audio(_, let frames, _, _): [frames]
    case .video(let width, let height, _, let frames, _): [frames, height, width]
    // A distance has no samples of its own; it is usually drawn in a cube of so many.
    case .shape: [256, 256, 256]
    }
  }

  /// The factor from values of the field to those of a sound; 1 for pictures and clips.
  public var peak: Float {
    if case .audio(_, _, _, let peak) = self { peak } else { 1 }
  }

  /// A description for people, such as `picture 512x384, 3 channels`.
  public var summary: String {
    let word = { (count: Int) in "\(count) channel\(count == 1 ? "" : "s")" }
    switch self {
    case .image(let width, let height, let channels):
      return "picture \(width)x\(height), \(word(channels))"
    case .audio(let rate, let frames, let channels, _):
      return "sound of \(frames) samples at \(rate) Hz, \(word(channels))"
    case .video(let width, let height, let channels, let frames, let rate):
      let speed = rate == rate.rounded() ? "\(Int(rate))" : "\(rate)"
      return
        "clip of \(frames) frames of \(width)x\(height) at \(speed) per second, \(word(channels))"
    case .shape(let frame):
      return "shape with a largest side of \(Float(frame.largestSide))"
    }
  }
}

extension FittedSignal: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, width, height, channels, sample_rate, frames, peak, frame_rate, centre, largest_side
  }

  /// Decodes a signal; rejects sizes out of range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let size = { (key: CodingKeys, limit: Int) throws -> Int in
      let value = try container.decode(Int.self, forKey: key)
      guard (1...limit).contains(value) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "\(value), expected 1 to \(limit)")
      }
      return value
    }
    let kind = try container.decode(String.self, forKey: .kind)
    let channels = kind == "shape" ? 1 : try size(.channels, 65_536)
    switch kind {
    case "image":
      self = .image(
        width: try size(.width, 1 << 31), height: try size(.height, 1 << 31), channels: channels)
    case "audio":
      let peak = try container.decode(Float.self, forKey: .peak)
      guard peak.isFinite, peak > 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: .peak, in: container, debugDescription: "\(peak), expected a positive number")
      }
      self = .audio(
        sampleRate: try size(.sample_rate, 10_000_000), frames: try size(.frames, 1 << 40),
        channels: channels, peak: peak)
    case "video":
      let rate = try container.decode(Double.self, forKey: .frame_rate)
      guard rate.isFinite, rate > 0, rate < 1e9 else {
        throw DecodingError.dataCorruptedError(
          forKey: .frame_rate, in: container, debugDescription: "\(rate), expected above 0")
      }
      self = .video(
        width: try size(.width, 1 << 31), height: try size(.height, 1 << 31), channels: channels,
        frames: try size(.frames, 1 << 31), rate: rate)
    case "shape":
      let numbers = try container.decode([Double].self, forKey: .centre)
      let side = try container.decode(Double.self, forKey: .largest_side)
      guard numbers.count == 3, numbers.allSatisfy({ abs($0) < 1e30 }), side > 1e-30, side < 1e30
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .centre, in: container,
          debugDescription: "\(numbers) and \(side), expected three numbers and a positive one")
      }
      self = .shape(
        ShapeFrame(centre: SIMD3(numbers[0], numbers[1], numbers[2]), largestSide: side))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "'\(kind)', expected image, audio, video or shape")
    }
  }

  /// Encodes the signal, with `kind` as the discriminator.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .image(let width, let height, let channels):
      try container.encode("image", forKey: .kind)
      try container.encode(width, forKey: .width)
      try container.encode(height, forKey: .height)
      try container.encode(channels, forKey: .channels)
    case .audio(let rate, let frames, let channels, let peak):
      try container.encode("audio", forKey: .kind)
      try container.encode(rate, forKey: .sample_rate)
      try container.encode(frames, forKey: .frames)
      try container.encode(channels, forKey: .channels)
      try container.encode(peak, forKey: .peak)
    case .video(let width, let height, let channels, let frames, let rate):
      try container.encode("video", forKey: .kind)
      try container.encode(width, forKey: .width)
      try container.encode(height, forKey: .height)
      try container.encode(channels, forKey: .channels)
      try container.encode(frames, forKey: .frames)
      try container.encode(rate, forKey: .frame_rate)
    case .shape(let frame):
      try container.encode("shape", forKey: .kind)
      try container.encode(
        [frame.centre.x, frame.centre.y, frame.centre.z], forKey: .centre)
      try container.encode(frame.largestSide, forKey: .largest_side)
    }
  }
}
