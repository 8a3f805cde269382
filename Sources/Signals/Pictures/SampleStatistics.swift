import CImageCodecs

/// The range of a picture's samples, without alpha.
public struct SampleStatistics: Sendable, Equatable, Codable {
  /// The type of the samples.
  public var type: SampleType
  /// Bits that carry something: 12 of 16 where the file says so.
  public var significantBits: Int
  /// The smallest finite sample.
  public var smallest: Double
  /// The largest finite sample.
  public var largest: Double
  /// A thousandth of the samples lies below it.
  public var lowPercentile: Double
  /// A thousandth of the samples lies above it.
  public var highPercentile: Double
  /// Samples that are NaN or infinite.
  public var notFinite: Int

  /// Statistics from their values.
  public init(
    type: SampleType, significantBits: Int, smallest: Double, largest: Double,
    lowPercentile: Double, highPercentile: Double, notFinite: Int = 0
  ) {
    self.type = type
    self.significantBits = significantBits
    self.smallest = smallest
    self.largest = largest
    self.lowPercentile = lowPercentile
    self.highPercentile = highPercentile
    self.notFinite = notFinite
  }

  /// Adds the statistics of another page of the same type.
  public mutating func include(_ other: SampleStatistics) {
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
    lowPercentile = min(lowPercentile, other.lowPercentile)
    highPercentile = max(highPercentile, other.highPercentile)
    notFinite += other.notFinite
  }
}

extension StoredPicture {
  /// The range of the samples and their outermost thousandths; of alpha nothing.
  ///
  /// The percentiles are exact for 8 and 16 bits, and elsewhere to a 65,536th of the range.
  public var statistics: SampleStatistics {
    if format.type == .unsigned8 { return byteStatistics }
    let type = format.type
    let colors = format.hasAlpha ? channels - 1 : channels
    let total = width * height * channels
    let found = colorRange
    return samples.withUnsafeBytes { bytes in
      // Without alpha in between, all channels in one pass.
      let passes = colors == channels ? 1 : colors
      let stride = colors == channels ? 1 : channels
      guard found.finite_count > 0 else {
        return SampleStatistics(
          type: type, significantBits: format.significantBits, smallest: 0, largest: 0,
          lowPercentile: 0, highPercentile: 0, notFinite: width * height * colors)
      }
      let whole = type.hasFullRange
      let low = found.smallest
      // With whole numbers each part holds one of them.
      let count = whole ? Int(found.largest - low) + 1 : 65_536
      let high = whole ? low + Double(count) : found.largest
      var counts = [UInt64](repeating: 0, count: count)
      for channel in 0..<passes {
        image_codecs_count_samples(
          start(of: channel, in: bytes), type.codec, total - channel, stride, low, high, &counts,
          count)
      }
      let outside = UInt64(found.finite_count / 1_000)
      let step = (high - low) / Double(count)
      let first = Self.index(after: outside, counts)
      let last = count - 1 - Self.index(after: outside, counts.reversed())
      return SampleStatistics(
        type: type, significantBits: format.significantBits, smallest: low, largest: found.largest,
        lowPercentile: low + Double(first) * step,
        highPercentile: whole ? low + Double(last) : low + Double(last + 1) * step,
        notFinite: width * height * colors - found.finite_count)
    }
  }

  /// The smallest and the largest finite sample, without alpha, and the number of finite ones.
  var colorRange: ImageCodecRange {
    let colors = format.hasAlpha ? channels - 1 : channels
    return samples.withUnsafeBytes { bytes in
      var found = ImageCodecRange(smallest: .infinity, largest: -.infinity, finite_count: 0)
      // Without alpha in between, all channels in one pass.
      for channel in 0..<(colors == channels ? 1 : colors) {
        let range = image_codecs_sample_range(
          start(of: channel, in: bytes), format.type.codec, width * height * channels - channel,
          colors == channels ? 1 : channels)
        guard range.finite_count > 0 else { continue }
        found.smallest = min(found.smallest, range.smallest)
        found.largest = max(found.largest, range.largest)
        found.finite_count += range.finite_count
      }
      return found
    }
  }

  /// The same for 8 bits, in one pass.
  private var byteStatistics: SampleStatistics {
    let colors = format.hasAlpha ? channels - 1 : channels
    var counts = [UInt64](repeating: 0, count: 256)
    samples.withUnsafeBufferPointer { bytes in
      for channel in 0..<(colors == channels ? 1 : colors) {
        image_codecs_count_bytes(
          bytes.baseAddress.map { $0 + channel }, bytes.count - channel,
          colors == channels ? 1 : channels, &counts)
      }
    }
    let outside = UInt64(width * height * colors / 1_000)
    return SampleStatistics(
      type: .unsigned8, significantBits: format.significantBits,
      smallest: Double(counts.firstIndex { $0 > 0 } ?? 0),
      largest: Double(counts.lastIndex { $0 > 0 } ?? 0),
      lowPercentile: Double(Self.index(after: outside, counts)),
      highPercentile: Double(255 - Self.index(after: outside, counts.reversed())))
  }

  /// The first place up to which more than so many are counted.
  private static func index(after outside: UInt64, _ counts: some Sequence<UInt64>) -> Int {
    var sum: UInt64 = 0
    var place = 0
    for count in counts {
      sum += count
      if sum > outside { break }
      place += 1
    }
    return place
  }

  private func start(
    of channel: Int, in bytes: UnsafeRawBufferPointer
  ) -> UnsafeRawPointer? {
    bytes.baseAddress.map { $0 + channel * format.type.byteCount }
  }
}
